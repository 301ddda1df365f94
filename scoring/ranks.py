"""How likely each rank is: how often a subject came first, second ... among those of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.drawn_totals import DrawnTotals
from scoring.scenario import Array

ALWAYS_KEPT = 10
FEW = 100
"""Up to so many peers it costs less to compare each with each, all draws at once, than to sort each draw."""
LEAST_KEPT = 0.01
DRAWS_AT_ONCE = 250


@dataclass(frozen=True)
class RankShares:
    """How many cases of its kind there are, and how often a case came to each rank (from 0) that is worth keeping."""

    peers: int
    ranks: NDArray[np.intp]
    shares: Array

    @property
    def first(self) -> float:
        """How often it came first; the first ten ranks are always kept."""
        return float(self.shares[0])


def rank_shares(totals: DrawnTotals, kinds: Sequence[str | None]) -> list[RankShares]:
    """Return how often each case that has a kind came first, second ... among those of its kind.

    A subject stands behind every other that could be better, so that nothing unseen, of its own or of others, puts it
    ahead; of equals the first comes first.
    """
    found: dict[int, RankShares] = {}
    for kind in dict.fromkeys(one for one in kinds if one is not None):
        peers = np.flatnonzero(np.asarray(kinds) == kind)
        before = _ranks(totals, peers)
        found |= {place: _shares(before[:, column], len(peers)) for column, place in enumerate(peers.tolist())}
    return [found[place] for place in sorted(found)]


def rank_rows(cases: pl.DataFrame, ranks: Sequence[RankShares]) -> pl.DataFrame:
    """Return rank and probability per case: the first ten ranks, and of the others those likely from 1 % on."""
    places = np.concatenate([np.repeat(0, 0), *(one.ranks for one in ranks)])
    shares = np.concatenate([np.zeros(0), *(one.shares for one in ranks)])
    whose = cases[np.repeat(np.arange(len(ranks)), [len(one.ranks) for one in ranks])]
    return whose.with_columns(rank=pl.Series(places + 1, dtype=pl.Int64), probability=pl.Series(shares))


def is_kept() -> pl.Expr:
    """Return which rows of a rank and its probability are kept."""
    return (pl.col("rank") <= ALWAYS_KEPT) | (pl.col("probability") >= LEAST_KEPT)


def _shares(places: NDArray[np.int32], peers: int) -> RankShares:
    shares = np.bincount(places, minlength=min(peers, ALWAYS_KEPT)) / len(places)
    kept = np.flatnonzero((np.arange(len(shares)) < ALWAYS_KEPT) | (shares >= LEAST_KEPT))
    return RankShares(peers, kept, shares[kept])


def _ranks(totals: DrawnTotals, peers: NDArray[np.intp]) -> NDArray[np.int32]:
    """Count, in each draw for each peer, the others that stand before it; some draws at a time."""
    count, draws = _before if len(peers) > FEW else _before_few, len(totals.lower)
    found = np.empty((draws, len(peers)), np.int32, order="F")
    for start in range(0, draws, DRAWS_AT_ONCE):
        some = slice(start, start + DRAWS_AT_ONCE)
        found[some] = count(*totals.ends(some, peers))
    return found


def _before_few(lower: Array, upper: Array) -> NDArray[np.int32]:
    """Count the same as `_before`, peer by peer."""
    found = np.zeros(lower.shape, np.int32)
    for peer in range(lower.shape[1]):
        other = upper[:, peer : peer + 1]
        before = other > lower
        before[:, peer] = False
        before[:, peer + 1 :] |= other == lower[:, peer + 1 :]
        found += before
    return found


def _before(lower: Array, upper: Array) -> NDArray[np.int32]:
    """Count, in each draw for each peer, the others that stand before it."""
    found = np.empty(lower.shape, np.int32)
    for draw, (mine, others) in enumerate(zip(lower, upper, strict=True)):
        ordered = np.sort(others)
        last = np.searchsorted(ordered, mine, "right")
        found[draw] = np.count_nonzero(~np.isnan(others)) - last - (others > mine)
        is_equal = (last > 0) & (ordered[last - 1] == mine)
        is_alone = (others == mine) & ((last < 2) | (ordered[np.maximum(last - 2, 0)] != mine))
        if (is_equal & ~is_alone).any():
            found[draw] += _equals_before(mine, others, np.flatnonzero(is_equal & ~is_alone))
    found[np.isnan(lower)] = 0
    return found


def _equals_before(mine: Array, others: Array, some: NDArray[np.intp]) -> NDArray[np.int32]:
    """Count, for some peers, the equals that come earlier."""
    found, order = np.zeros(len(mine), np.int32), np.argsort(others, kind="stable")
    ordered = others[order]
    first, last = (np.searchsorted(ordered, mine, side) for side in ("left", "right"))
    for own in some:
        found[own] = np.searchsorted(order[first[own] : last[own]], own)
    return found
