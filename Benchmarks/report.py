"""Prints figures as they are measured, each with its target."""


class Report:
    def __init__(self) -> None:
        self.missed: list[str] = []
        self.figures = 0
        self.title = ""

    @property
    def all_met(self) -> bool:
        return not self.missed

    @property
    def verdict(self) -> str:
        if self.all_met:
            return f"all {self.figures} targets met"
        return "MISSED:\n  " + "\n  ".join(self.missed)

    def section(self, title: str) -> None:
        self.title = title.split(":")[0]
        print(f"\n{title}", flush=True)

    def note(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def figure(
        self, name: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None
    ) -> None:
        met = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        self.figures += 1
        if not met:
            self.missed.append(f"{self.title}: {name}")
        target = f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}"
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        print(f"  {name:<72} {shown:>9} {unit:<8} {target:<9} {'met' if met else 'MISSED'}", flush=True)

    def failure(self, part: str, reason: str) -> None:
        """A part that gave no figures."""
        self.missed.append(f"{part}: {reason.splitlines()[0] if reason else 'failed'}")
        print(f"  {part} FAILED: {reason}", flush=True)
