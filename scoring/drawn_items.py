"""The ends of every dimension and figure of a day, and how often each lies above all others of its kind.

It is fed one drawn case after the other and keeps, of each kind, the two best of every draw so far; of a case only the
draws in which it lay above all before it. What those after it put behind them falls away at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.quantile import HI, LO, quantile, quantiles
from scoring.scenario import DRAWS, Array

MOST_HELD = 500_000


@dataclass
class Leaders:
    """Of one kind, the best and the second best of everything in every draw (item x draw), and whose the best is."""

    best: Array
    second: Array
    winner: NDArray[np.int32]

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> "Leaders":
        """Begin with nobody."""
        return cls(np.full(shape, -np.inf), np.full(shape, -np.inf), np.full(shape, -1, np.int32))

    def add(self, place: int, items: NDArray[np.intp] | slice, high: Array) -> None:
        """Compare some items of a case with the leaders."""
        best, second, winner = self.best[items], self.second[items], self.winner[items]
        np.maximum(second, np.minimum(high, best), out=second)
        winner[high > best] = place
        np.maximum(high, best, out=best)
        if not isinstance(items, slice):  # of a slice these are the leaders themselves
            self.best[items], self.second[items], self.winner[items] = best, second, winner

    def best_of_others(self, place: NDArray[np.int32], at: NDArray[np.intp]) -> Array:
        """Return for each case the best of the others at a place among items and draws, counted through."""
        is_best = self.winner.take(at) == place
        found: Array = self.best.take(at)
        found[is_best] = self.second.take(at[is_best])
        return found


@dataclass
class Ahead:
    """The draws of one kind in which a case may lie above all others: whose, where, and how high."""

    leaders: Leaders
    place: list[NDArray[np.int32]] = field(default_factory=list)
    at: list[NDArray[np.intp]] = field(default_factory=list)
    low: list[Array] = field(default_factory=list)
    held: int = 0

    def add(self, place: int, known: NDArray[np.bool_], low: Array) -> None:
        """Hold the draws of known items of a case that lie above all cases before it."""
        is_ahead = low > self.leaders.best
        is_ahead[~known] = False
        at = np.flatnonzero(is_ahead)
        self.place.append(np.full(len(at), place, np.int32))
        self.at.append(at)
        self.low.append(low.ravel()[at])
        self.held += len(at)
        if self.held > MOST_HELD:
            self.sift()

    def sift(self) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """Let go of what has fallen behind; return whose the others are, and where."""
        if not self.held:
            return np.zeros(0, np.int32), np.zeros(0, np.intp)
        place, at, low = np.concatenate(self.place), np.concatenate(self.at), np.concatenate(self.low)
        is_ahead = low > self.leaders.best_of_others(place, at)
        place, at, low = place[is_ahead], at[is_ahead], low[is_ahead]
        self.place, self.at, self.low, self.held = [place], [at], [low], len(low)
        return place, at


@dataclass
class DrawnItems:
    """What words need of the draws of a day: of each case and item its ends, and how often it lies above all others.

    `known` (case x item) says whose score is known. Others count whose score is known; where the unseen has ends of
    its own (`is_open`), all others do, at their best.
    """

    kinds: Sequence[str]
    known: NDArray[np.bool_]
    is_open: bool
    lo: Array = field(init=False)
    hi: Array = field(init=False)
    of_kind: dict[str, Ahead] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        self.lo, self.hi = np.full((2, *self.known.shape), np.nan)
        shape = (self.known.shape[1], DRAWS)
        self.of_kind = {kind: Ahead(Leaders.of(shape)) for kind in dict.fromkeys(self.kinds)}

    def add(self, place: int, low: Array, high: Array) -> None:
        """Take the draws (item x draw) of a case with what is unseen at its lower and at its higher end."""
        known = np.flatnonzero(self.known[place])
        rivals = slice(None) if self.is_open else known
        if low is high:
            lo, hi = quantiles(low, (LO, HI))
            self.lo[place, known], self.hi[place, rivals] = lo[known], hi[rivals]
        else:
            self.lo[place, known] = quantile(low[known], LO)
            self.hi[place, rivals] = quantile(high[rivals], HI)
        ahead = self.of_kind[self.kinds[place]]
        ahead.add(place, self.known[place], low)
        ahead.leaders.add(place, rivals, np.fmax(high[rivals], -1.0))  # what is not known comes last

    def p_first(self) -> Array:
        """Return of each case and known item the share of the draws in which it lies above all others of its kind."""
        found = np.where(self.known, 0.0, np.nan)
        for ahead in self.of_kind.values():
            place, at = ahead.sift()
            times = np.bincount(place * found.shape[1] + at // DRAWS, minlength=found.size)
            found += times.reshape(found.shape)
        return found / DRAWS
