"""Scoring where it has much to do: engagement counted in memory, and a backtest of a whole store.

The store is told through the service itself: leads with ten engagements each, over a year, of which some change, merge and
qualify, under an agreement with 30 rules for what leads do. ACCORD_BENCH_LEADS says how many leads; the backtest's figure
is leads a second, of which 1,000,000 within a minute need 16,667.
"""

import json
import os
import pathlib
import statistics
import subprocess

from report import Report

AGREEMENT = pathlib.Path("Benchmarks/scoring-agreement.json")
LEADS = int(os.environ.get("ACCORD_BENCH_LEADS", "50000"))
UPDATED_LEADS, ROUNDS = 20_000, 5
# Of the making of the store, and of the backtest.
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


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Scoring: {UPDATED_LEADS:,} leads in memory, and {LEADS:,} in a store")
    updates(report, programs)
    backtest(report, programs, folder)
