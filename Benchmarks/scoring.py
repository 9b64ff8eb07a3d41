"""Scoring where it has much to do: engagement counted in memory, a backtest of a whole store, and rescores of it.

The store is told through the service itself: leads with ten engagements each, over a year, of which some change, merge and
qualify, under an agreement with 30 rules for what leads do. ACCORD_BENCH_LEADS says how many leads; the backtest's figure
is leads a second, of which 1,000,000 within a minute need 16,667.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess

from report import Report

AGREEMENT = pathlib.Path("Benchmarks/scoring-agreement.json")
LEADS = int(os.environ.get("ACCORD_BENCH_LEADS", "50000"))
UPDATED_LEADS, ROUNDS = 20_000, 5
# Versions of ScoringSpeed's agreement, and what they change.
RESCORES = {4: "another threshold", 2: "other points", 3: "other points and half-lives"}
# Of the making of the store, of the backtest, and of each rescore.
SECONDS_MAX = max(300, LEADS // 1_000)


def run(programs: pathlib.Path, *arguments: object) -> dict:
    """What a command of ScoringSpeed finds."""
    command = [programs / "ScoringSpeed", *map(str, arguments)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS_MAX)
    return json.loads(output.stdout) if output.stdout else {}


def updates(report: Report, programs: pathlib.Path) -> None:
    found = run(programs, "updates", AGREEMENT, UPDATED_LEADS, ROUNDS)
    counted, advanced, recomputed = (statistics.median(found[way]) for way in ("counted", "advanced", "recomputed"))
    report.note(f"{found['engagements']:,} engagements of {UPDATED_LEADS:,} leads between each other, 30 rules")
    report.note(f"from all that the lead did, each time: {recomputed:,.0f} a second, {counted / recomputed:.1f} times as long")
    report.note(f"with an entry in the history, and when the lead will cool: {advanced:,.0f} a second")
    report.figure("engagement updates a second and core, in memory", counted, "", at_least=1_000_000)


def backtest(report: Report, programs: pathlib.Path, folder: pathlib.Path) -> None:
    store = folder / "scoring.sqlite"
    run(programs, "make", AGREEMENT, store, LEADS)
    found = run(programs, "backtest", AGREEMENT, store)
    report.note(
        f"backtest of {found['leads']:,} leads with {10 * LEADS:,} engagements: {found['seconds']:.1f} s, "
        f"{found['processorSeconds']:.1f} s of the processor, {found['processorSeconds'] / found['leads'] * 1e6:.0f} us a lead"
    )
    report.figure("leads a second of a backtest", found["leads"] / found["seconds"], "", at_least=1_000_000 / 60)
    report.figure("memory of a backtest, at most", found["memoryPeak"], "MiB", at_most=256)


def rescores(report: Report, programs: pathlib.Path, folder: pathlib.Path) -> None:
    for version, change in RESCORES.items():
        copy = shutil.copy(folder / "scoring.sqlite", folder / "rescored.sqlite")
        found = run(programs, "rescore", AGREEMENT, copy, version)
        for file in folder.glob("rescored.sqlite*"):
            file.unlink()
        report.note(
            f"rescore, {change}: {found['changed']:,} leads change, {found['processorSeconds'] / found['leads'] * 1e6:.0f} us of the "
            f"processor a lead, {found['residentMebibytesMax']} MiB, intake waits {found['intakeMillisecondsMax']:.0f} ms at most"
        )
        report.figure(f"leads a second of a rescore, {change}", found["leadsPerSecond"], "", at_least=50_000)


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Scoring: {UPDATED_LEADS:,} leads in memory, and {LEADS:,} in a store")
    updates(report, programs)
    backtest(report, programs, folder)
    rescores(report, programs, folder)
