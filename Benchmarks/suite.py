"""All five services in one process: a replay of 100,000 made-up leads with four engagements each."""

import pathlib
import re
import subprocess

from report import Report

LEADS, ENGAGEMENTS = 100_000, 4
PACE = re.compile(r"in ([\d.]+) s \(([\d.]+) s of processor time\); resident MiB by quarter: ([\d, ]+)")


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Whole suite in one process: {LEADS:,} leads, {LEADS * ENGAGEMENTS:,} engagements")
    command = [programs / "accord", "replay", "--generated", str(LEADS), "--engagements", str(ENGAGEMENTS)]
    command += ["--report", "funnel", "--store", folder / "store"]
    output = subprocess.run(command, check=True, capture_output=True, text=True)
    found = PACE.search(output.stderr)
    if not found:
        raise SystemExit(f"the replay does not tell its pace:\n{output.stderr}")
    elapsed, processor = float(found[1]), float(found[2])
    memory = [int(each) for each in found[3].split(",")]
    report.note(f"{elapsed:.1f} s, {processor:.1f} s of processor time, {LEADS / elapsed:,.0f} leads a second")
    report.note("resident MiB after each quarter: " + ", ".join(map(str, memory)))
    report.figure("leads per second per core", LEADS / processor, "leads/s", at_least=5_000)
    report.figure("memory: the last quarter's of the first's", memory[-1] / memory[0], "x", at_most=1.25)
