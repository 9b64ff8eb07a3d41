"""What the pure functions on the hot paths cost, in instructions and allocations, against what is committed.

Counted by callgrind, so the same build gives the same numbers on a busy machine: a rise is a change of the code, or of
the compiler. `ACCORD_BENCH_WRITE=1 Benchmarks/run counts` writes new ones to `counts.json`.
"""

import json
import os
import pathlib
import re
import subprocess

from report import Report

COMMITTED = pathlib.Path(__file__).parent / "counts.json"
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}
# The same build differs by where its data lie: by well less than this.
TOLERANCE = 1.05


def listed(program: pathlib.Path) -> list[tuple[str, int]]:
    lines = subprocess.run([program, "--list"], check=True, capture_output=True, text=True, timeout=60).stdout
    return [(name, int(count)) for name, count in (line.rsplit(" ", 1) for line in lines.splitlines())]


def count(program: pathlib.Path, folder: pathlib.Path) -> list[pathlib.Path]:
    """What was counted between the marks of each path, in order."""
    output, stripped = folder / "callgrind.out", folder / program.name
    # Valgrind does not read the compiler's debug information; names are enough.
    subprocess.run(["strip", "--strip-debug", "-o", stripped, program], check=True, timeout=60)
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--compress-strings=no"]
    command += ["--dump-before=*hotPathBegin*", "--dump-before=*hotPathEnd*", stripped]
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    if done.returncode:
        raise SystemExit(f"callgrind failed:\n{done.stderr[-2000:]}")
    dumps = sorted(folder.glob("callgrind.out.*"), key=lambda each: int(each.suffix[1:]))
    return dumps[1::2]


def figures(dump: pathlib.Path) -> tuple[int, int]:
    """Instructions and allocations."""
    instructions = allocations = 0
    called = ""
    with dump.open() as lines:
        for line in lines:
            if line.startswith("cfn="):
                called = line[4:].strip().split("@")[0].split("'")[0]
            elif line.startswith("calls=") and called in ALLOCATORS:
                allocations += int(re.match(r"calls=(\d+)", line)[1])
            elif line.startswith(("summary:", "totals:")):
                instructions = int(line.split()[1])
    return instructions, allocations


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section("Pure functions: instructions and allocations of one run, against those that are committed")
    program = programs / "HotPaths"
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    found = {}
    for (name, times), dump in zip(listed(program), count(program, folder), strict=True):
        instructions, allocations = (round(each / times) for each in figures(dump))
        found[name] = {"instructions": instructions, "allocations": allocations}
        if "ACCORD_BENCH_WRITE" in os.environ:
            continue
        if name not in committed:
            raise SystemExit(f"{COMMITTED.name} does not know {name!r}: ACCORD_BENCH_WRITE=1 Benchmarks/run counts")
        for kind, value in found[name].items():
            of_committed = ratio(value, committed[name][kind])
            report.figure(f"{name}: {value:,} {kind}", of_committed, "x", at_most=TOLERANCE)
    if "ACCORD_BENCH_WRITE" in os.environ:
        COMMITTED.write_text(json.dumps(found, indent=2) + "\n")
        report.note(f"written to {COMMITTED}")


def ratio(value: int, committed: int) -> float:
    """Of two small numbers, one more is no rise."""
    return 1.0 if abs(value - committed) <= 1 else value / max(1, committed)
