"""Prints figures as they are measured, each with its target."""


class Report:
    def __init__(self) -> None:
        self.all_met = True

    def section(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def note(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def figure(
        self, name: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None
    ) -> None:
        met = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        self.all_met = self.all_met and met
        target = f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}"
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        print(f"  {name:<58} {shown:>9} {unit:<8} {target:<9} {'met' if met else 'MISSED'}", flush=True)
