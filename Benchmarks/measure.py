"""Measures running services against other servers on the same machine, in the same run."""

import argparse
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import traceback

import accounts
import counts
import idle
import intake
import rules
import scoring
import suite
import unary
from report import Report

# Each part, and the seconds after which it counts as failed.
SECTIONS = {
    "counts": (counts.measure, 900), "rules": (rules.measure, 300), "accounts": (accounts.measure, 120),
    "unary": (unary.measure, 300), "intake": (intake.measure, 300), "scoring": (scoring.measure, 60 + 5 * scoring.SECONDS_MAX),
    "suite": (suite.measure, 900), "idle": (idle.measure, 120),
}


def machine() -> str:
    model = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def out_of_time(number: int, frame: object) -> None:
    raise TimeoutError("not done in time")


def run(name: str, report: Report, programs: pathlib.Path, tools: pathlib.Path) -> None:
    """One part; where it fails, its processes are ended, and the others go on."""
    measure, seconds = SECTIONS[name]
    signal.alarm(seconds)
    try:
        with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
            measure(report, programs, tools, pathlib.Path(folder))
    except (Exception, SystemExit) as failure:
        if not isinstance(failure, (SystemExit, TimeoutError, subprocess.SubprocessError)):
            traceback.print_exc()
        report.failure(name, f"{failure}")
    finally:
        signal.alarm(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the release build")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of granian")
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="default: all")
    arguments = parser.parse_args()
    report = Report()
    print(machine(), flush=True)
    print(f"load before: {os.getloadavg()[0]:.2f}", flush=True)
    signal.signal(signal.SIGALRM, out_of_time)
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for name in arguments.sections or SECTIONS:
        run(name, report, arguments.programs, arguments.tools)
    print(f"\n{report.verdict}", flush=True)
    return 0 if report.all_met else 1


if __name__ == "__main__":
    sys.exit(main())
