"""A measured figure beside its baseline and what was asked of it, and the table of them."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

HEAD = ("item of work", "size", "turns", "seen", "unit", "baseline", "it took", "ratio", "asked")


class Asked(NamedTuple):
    """What was asked: at most so much of what was seen, or so many times the baseline."""

    most: float
    is_ratio: bool = False


class Figure(NamedTuple):
    """One line of the table; the turns of what was measured, and of its baseline, in the same unit."""

    item: str
    size: str
    seen: Sequence[float]
    unit: str
    baseline: str
    base: Sequence[float]
    asked: Asked | None = None

    @property
    def ratio(self) -> float:
        """How many times the baseline was seen; medians of both."""
        return median(self.seen) / max(median(self.base), 1e-9)

    @property
    def verdict(self) -> str:
        """What was asked, and whether it was met."""
        if self.asked is None:
            return "no figure"
        value = self.ratio if self.asked.is_ratio else median(self.seen)
        limit = f"{self.asked.most:g} times the baseline" if self.asked.is_ratio else f"{self.asked.most:g} {self.unit}"
        return f"{limit}: {'met' if value <= self.asked.most else '**missed**'}"


def figure_of(told: Sequence[object]) -> Figure:
    """Return a figure that came as JSON."""
    *plain, asked = told
    return Figure(*plain, asked=None if asked is None else Asked(*asked))  # type: ignore[misc, arg-type]


def head() -> str:
    """Return the head of the table."""
    return f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}"


def line(one: Figure) -> str:
    """Return a figure's line of the table: medians, the number of turns, the ratio, and what was asked."""
    cells = (one.item, one.size, str(len(one.seen)), number(median(one.seen)), one.unit, one.baseline)
    return f"| {' | '.join((*cells, number(median(one.base)), f'{one.ratio:.2f}', one.verdict))} |"


def number(value: float) -> str:
    """Return a number with three digits that count, or whole from a hundred on."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
