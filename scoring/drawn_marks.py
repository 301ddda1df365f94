"""The marks of one case in every draw: of what is answered about its value, of what is open between its ends."""

from collections.abc import Iterator, Sequence
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

    Ends that do not differ are one array; under a rubric without a floor all three are. Elsewhere `is_apart` tells for
    each criterion whether its ends may differ.
    """

    anywhere: Array
    lower: Array
    upper: Array
    is_apart: NDArray[np.bool_] | None = None

    @property
    def by_end(self) -> Sequence[Array]:
        """The ends that differ: all three, or the first alone."""
        is_one = self.lower is self.anywhere and self.upper is self.anywhere
        return (self.anywhere,) if is_one else (self.anywhere, self.lower, self.upper)

    def are_apart(self, some: NDArray[np.intp]) -> bool:
        """Tell whether the ends of some criteria may differ."""
        return self.is_apart is not None and bool(self.is_apart[some].any())


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
        plain = self._plain(own, fresh, own.spread * own.growth, normal, even)
        is_vague = own.best_factor[fresh] != own.factor[fresh]
        at_best = plain[is_vague] * own.best_factor[fresh[is_vague], None]
        plain *= own.factor[fresh, None]
        anywhere = np.zeros(self.distance.shape)
        anywhere[fresh] = plain
        if not self.is_monotone:
            rows = np.flatnonzero(is_open)
            anywhere[rows] = _between(own.low[rows, None], own.high[rows, None], even[rows])
            return DrawnMarks(anywhere, anywhere, anywhere)
        if not is_open.any() and not is_vague.any():
            return DrawnMarks(anywhere, anywhere, anywhere)
        lower, upper = anywhere.copy(), anywhere.copy()
        upper[fresh[is_vague]] = at_best
        for rows, low, low_at_best in self._open(own, is_open, normal, even):
            high = own.high[rows, None]
            anywhere[rows] = _between(low, high, even[rows])
            lower[rows], upper[rows] = low, low_at_best + (high - low_at_best)
        is_apart = is_open.copy()
        is_apart[fresh[is_vague]] = True
        return DrawnMarks(anywhere, lower, upper, is_apart)

    def _open(
        self, own: DrawnAnswers, is_open: NDArray[np.bool_], normal: Array, even: Array
    ) -> Iterator[tuple[NDArray[np.intp], Array, Array]]:
        """Yield open answers with their lower ends, by the state of what backs them as known, and at its best.

        What grew stale counts no more than at any younger age: silence lifts no end.
        """
        unseen, stale = np.flatnonzero(is_open & ~own.is_stale), np.flatnonzero(is_open & own.is_stale)
        if len(unseen):
            yield unseen, own.low[unseen, None], own.low[unseen, None]
        if len(stale):
            old, young = (self._plain(own, stale, some, normal, even) for some in (own.spread * own.growth, own.spread))
            low, low_at_best = (
                np.minimum(np.minimum(old * factor[stale, None], young * factor[stale, None]), own.low[stale, None])
                for factor in (own.factor, own.best_factor)
            )
            yield stale, low, low_at_best

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


def _between(low: Array, high: Array, share: Array) -> Array:
    """Return a share of the way from one end to the other; the shares are overwritten."""
    share *= high - low
    share += low
    return share
