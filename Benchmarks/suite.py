"""All five services in one process: a replay of made-up leads with four engagements each, of two lengths."""

import pathlib
import re
import time
from typing import NamedTuple

import processes
from report import Report

ENGAGEMENTS = 4
FEW, MANY = 20_000, 100_000
# Between two lines that tell how far a replay is.
SECONDS_BETWEEN = 15
PACE = re.compile(r"(\d+) records in ([\d.]+) s \(([\d.]+) s of processor time\)")


class Replay(NamedTuple):
    records: int
    seconds: float
    processor_seconds: float
    peak_mebibytes: float


def replay(report: Report, programs: pathlib.Path, folder: pathlib.Path, leads: int) -> Replay:
    command = [programs / "accord", "replay", "--generated", str(leads), "--engagements", str(ENGAGEMENTS)]
    command += ["--report", "funnel"]
    log = folder / f"{leads}.log"
    begin = told = time.monotonic()
    peak = 0.0
    with processes.running(command, log) as process:
        while process.poll() is None:
            peak = max(peak, peak_mebibytes(process.pid))
            now = time.monotonic()
            if now > told + SECONDS_BETWEEN:
                told = now
                report.note(f"{leads:,} leads: {now - begin:.0f} s, peak so far {peak:.0f} MiB")
            time.sleep(0.2)
    found = PACE.search(log.read_text())
    if process.returncode != 0 or not found:
        raise SystemExit(f"a replay of {leads:,} leads ended with {process.returncode}:\n{log.read_text()}")
    return Replay(int(found[1]), float(found[2]), float(found[3]), peak)


def peak_mebibytes(pid: int) -> float:
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Whole suite in one process: {FEW:,} and {MANY:,} leads with {ENGAGEMENTS} engagements each")
    few, many = (replay(report, programs, folder, leads) for leads in (FEW, MANY))
    for leads, each in ((FEW, few), (MANY, many)):
        report.note(
            f"{leads:,} leads, {each.records - leads:,} engagements: {each.seconds:.1f} s, "
            f"{each.processor_seconds:.1f} s of processor time, {leads / each.processor_seconds:,.0f} leads/s/core, "
            f"peak {each.peak_mebibytes:.0f} MiB"
        )
    report.figure("leads per second per core", MANY / many.processor_seconds, "leads/s", at_least=5_000)
    report.figure(
        f"peak memory at {MANY:,} leads, of that at {FEW:,}", many.peak_mebibytes / few.peak_mebibytes, "x", at_most=1.5
    )
