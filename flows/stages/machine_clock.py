"""The clock of this machine beside those of the sources: what lands is dated by ours, so it has to be right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

DAY_S = 86_400.0
MOST_AHEAD_S = DAY_S
"""How far our clock may be from the sources' before it is told; none is refused, clocks are moved on purpose too."""


@dataclass(frozen=True)
class MachineClock:
    """How many seconds our clock was ahead of the median source that answered live, below 0 where it was behind."""

    ahead_s: float | None
    sources: int

    @property
    def is_wrong(self) -> bool:
        """Whether our clock and the sources' lie more than a day apart."""
        return self.ahead_s is not None and abs(self.ahead_s) > MOST_AHEAD_S

    def detail(self) -> dict[str, Any]:
        """Return what a run keeps of it: nothing where no source said what time it was."""
        return {} if self.ahead_s is None else {"clock": {"ahead_s": round(self.ahead_s), "sources": self.sources}}

    def told(self, run_id: str) -> str:
        """Return one sentence: whose clock, by how much, and what to do."""
        days, side = abs(self.ahead_s or 0.0) / DAY_S, "ahead of" if (self.ahead_s or 0.0) > 0 else "behind"
        named = "source that answered" if self.sources == 1 else f"{self.sources} sources that answered"
        return (
            f"THE CLOCK OF THIS MACHINE is {days:,.1f} days {side} that of the {named}, and what landed is dated by "
            f"it; set the clock, then: speedscore undo {run_id}, and ask again"
        )


def machine_clock(ahead_s: Iterable[float | None]) -> MachineClock:
    """Return how our clock stands to the sources', of each source its seconds; None is who did not answer live."""
    told = [one for one in ahead_s if one is not None]
    return MachineClock(median(told) if told else None, len(told))


def kept_clock(detail: Mapping[str, Any]) -> MachineClock:
    """Return what a run kept of its clock."""
    kept = detail.get("clock", {})
    return MachineClock(kept.get("ahead_s"), kept.get("sources", 0))
