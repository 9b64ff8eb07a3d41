"""Measures running services against other servers on the same machine, in the same run."""

import argparse
import os
import pathlib
import platform
import sys
import tempfile

import idle
import intake
import suite
import unary
from report import Report

SECTIONS = {"unary": unary.measure, "intake": intake.measure, "suite": suite.measure, "idle": idle.measure}


def machine() -> str:
    model = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder of the release build")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of granian")
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="default: all")
    arguments = parser.parse_args()
    report = Report()
    print(machine(), flush=True)
    print(f"load before: {os.getloadavg()[0]:.2f}", flush=True)
    for name in arguments.sections or SECTIONS:
        with tempfile.TemporaryDirectory(prefix="accord-bench-") as folder:
            SECTIONS[name](report, arguments.programs, arguments.tools, pathlib.Path(folder))
    return 0 if report.all_met else 1


if __name__ == "__main__":
    sys.exit(main())
