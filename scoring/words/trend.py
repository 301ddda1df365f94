"""Which way a score goes: the Theil-Sen slope of monthly points, with Sen's interval (docs/method.md#words)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from catalog.statistics import NORMAL_95, slopes
from scoring.words.phrases import phrases

GROWING, DECLINING, STABLE = "growing", "declining", "stable"


@dataclass(frozen=True)
class Trend:
    """The slope in points a year with its 95 % interval, of so many monthly points; no word where they are too few."""

    word: str | None
    points: int
    slope: float | None = None
    lo: float | None = None
    hi: float | None = None


def trend(monthly: Sequence[float | None]) -> Trend:
    """Return the trend of monthly scores, the oldest first; a month without a score is None.

    The interval is Sen's: of the sorted slopes of all pairs, those as far from the middle as Kendall's S strays in
    19 of 20 series without a trend; ties count. A word other than stable needs an interval without 0.
    """
    known = [(month, score) for month, score in enumerate(monthly) if score is not None]
    if len(known) < phrases().limit.least_months:
        return Trend(None, len(known))
    yearly = slopes(known, unit=12)
    away = NORMAL_95 * math.sqrt(_variance([score for _, score in known]))
    low, high = math.floor((len(yearly) - away) / 2), math.ceil((len(yearly) + away) / 2)
    lo, hi = yearly[max(low - 1, 0)], yearly[min(high, len(yearly) - 1)]
    word = GROWING if lo > 0 else DECLINING if hi < 0 else STABLE
    return Trend(word, len(known), median(yearly), lo, hi)


def _variance(scores: Sequence[float]) -> float:
    """Return the variance of Kendall's S where nothing moves; equal scores strayed less."""
    count = len(scores)
    ties = [scores.count(score) for score in set(scores)]
    whole = count * (count - 1) * (2 * count + 5)
    return (whole - sum(tie * (tie - 1) * (2 * tie + 5) for tie in ties)) / 18


@dataclass(frozen=True)
class Change:
    """From one score to the next, in points; no material change where it is less than half of the 5-95 % interval."""

    before: float
    after: float
    half_width: float

    @property
    def difference(self) -> float:
        """What it moved by."""
        return self.after - self.before

    @property
    def is_material(self) -> bool:
        """Whether it moved by at least half of the interval."""
        return abs(self.difference) >= self.half_width


def change(monthly: Sequence[float | None], lo: float, hi: float) -> Change | None:
    """Return the change of the last month, the interval being that of the last score; None where one is not known."""
    before, after = ([None, None, *monthly])[-2:]
    return None if before is None or after is None else Change(before, after, (hi - lo) / 2)
