"""The marks of one case in every draw: of what is answered about its value, of what is open between its ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.drawn_answers import DrawnAnswers
from scoring.rubric import Rubric
from scoring.scenario import Array, has_norm, scaled


@dataclass(frozen=True)
class DrawnMarks:
    """Drawn marks of one case (criterion x draw): the unseen anywhere, at its lower, and at its higher end.

    Ends that do not differ are one array; under a rubric without a floor all three are.
    """

    anywhere: Array
    lower: Array
    upper: Array

    @property
    def by_end(self) -> Sequence[Array]:
        """The ends that differ: all three, or the first alone."""
        is_one = self.lower is self.anywhere and self.upper is self.anywhere
        return (self.anywhere,) if is_one else (self.anywhere, self.lower, self.upper)


@dataclass(frozen=True)
class Judge:
    """The norms, and the stretched goalposts (criterion x draw), by which drawn values are marked."""

    lo: Array
    distance: Array
    is_ordinal: NDArray[np.bool_]
    ordinal: tuple[float, ...]
    is_monotone: bool

    @classmethod
    def of(cls, frame: pl.DataFrame, stretch: Array, rubric: Rubric) -> "Judge":
        """Read the goalposts of a rubric's frame, stretched in each draw."""
        lo, hi = (scaled(frame, frame[name].fill_null(np.nan).to_numpy()) for name in ("lo", "hi"))
        distance = np.ascontiguousarray(((hi - lo) * stretch).T)
        return cls(lo[:, None], distance, has_norm(frame, "ordinal"), rubric.ordinal, rubric.is_monotone)

    def marks(self, own: DrawnAnswers, normal: Array, even: Array) -> DrawnMarks:
        """Return the marks of one case, given a normal deviate and a share of 1 for each criterion and draw."""
        fresh, is_open = np.flatnonzero(own.is_fresh), ~own.is_fresh & own.applies
        anywhere = np.zeros(self.distance.shape)
        anywhere[fresh] = plain = self._plain(own, fresh, own.spread * own.growth, normal, even)
        anywhere[fresh] *= own.factor[fresh, None]
        vague, rows = own.best_factor[fresh] != own.factor[fresh], np.flatnonzero(is_open)
        low, high = own.low[rows, None], own.high[rows, None]
        if not self.is_monotone:
            anywhere[rows] = low + even[rows] * (high - low)
            return DrawnMarks(anywhere, anywhere, anywhere)
        low, low_at_best = self._lows(own, rows, normal, even)
        anywhere[rows] = low + even[rows] * (high - low)
        if not len(rows) and not vague.any():
            return DrawnMarks(anywhere, anywhere, anywhere)
        lower, upper = anywhere.copy(), anywhere.copy()
        lower[rows], upper[rows] = low, low_at_best + (high - low_at_best)
        upper[fresh[vague]] = plain[vague] * own.best_factor[fresh[vague], None]
        return DrawnMarks(anywhere, lower, upper)

    def _lows(self, own: DrawnAnswers, rows: NDArray[np.intp], normal: Array, even: Array) -> tuple[Array, Array]:
        """Return the lower ends of open answers, by the state of what backs them as known, and at its best.

        What grew stale counts no more than at any younger age: silence lifts no end.
        """
        low = np.repeat(own.low[rows, None], self.distance.shape[1], axis=1)
        low_at_best = low.copy()
        is_stale = own.is_stale[rows]
        if is_stale.any():
            stale = rows[is_stale]
            old, young = (self._plain(own, stale, some, normal, even) for some in (own.spread * own.growth, own.spread))
            for ends, factor in ((low, own.factor), (low_at_best, own.best_factor)):
                answered = np.minimum(old * factor[stale, None], young * factor[stale, None])
                ends[is_stale] = np.minimum(answered, ends[is_stale])
        return low, low_at_best

    def _plain(self, own: DrawnAnswers, rows: NDArray[np.intp], spread: Array, normal: Array, even: Array) -> Array:
        """Return the marks of known answers about their values, what backs them left aside."""
        found = np.empty((len(rows), self.distance.shape[1]))
        is_judged = self.is_ordinal[rows]
        judged, measured = rows[is_judged], rows[~is_judged]
        if len(judged):
            found[is_judged] = self._judged(own, judged, even)
        if len(measured):
            share = normal[measured] * spread[measured, None]
            share += own.value[measured, None]
            share -= self.lo[measured]
            share /= self.distance[measured]
            np.clip(share, 0, 1, out=share)
            share *= 10
            found[~is_judged] = share
        return found

    def _judged(self, own: DrawnAnswers, rows: NDArray[np.intp], even: Array) -> Array:
        """Return the marks of judgements, some of them a level off."""
        levels = np.clip(own.level[rows, None] + [-1, 0, 1], 0, len(self.ordinal) - 1)
        below, at, above = (np.interp(levels, np.arange(len(self.ordinal)), self.ordinal)[:, [one]] for one in range(3))
        moves, some = own.moves[rows, None], even[rows]
        return np.where(some < moves / 2, below, np.where(some > 1 - moves / 2, above, at))
