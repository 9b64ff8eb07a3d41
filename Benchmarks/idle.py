"""What a service needs while nothing happens, and how long it takes to start."""

import pathlib
import statistics
import time

import processes
from report import Report

STARTS = 5


def resident_mib(pid: int) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"no memory figure of process {pid}")


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section("Idle: resident memory after two seconds, and time from start to ready")
    for name in processes.SERVICES:
        times = []
        for number in range(STARTS):
            begin = time.perf_counter()
            with processes.service(programs, name, folder) as (process, _):
                times.append((time.perf_counter() - begin) * 1000)
                if number == STARTS - 1:
                    time.sleep(2)
                    resident = resident_mib(process.pid)
        report.figure(f"accord-{name}: resident", resident, "MiB", at_most=40)
        report.figure(f"accord-{name}: start, median of {STARTS} (first with a new store)", statistics.median(times), "ms", at_most=300)
