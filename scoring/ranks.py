"""How likely each rank is: how often a subject came first, second ... among those of its kind."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.scenario import Array

ALWAYS_KEPT = 10
FEW = 100
"""Up to so many peers it costs less to compare each with each, all draws at once, than to sort each draw."""
LEAST_KEPT = 0.01


def rank_shares(lower: Array, upper: Array, kinds: Sequence[str]) -> list[tuple[int, Array]]:
    """Return how many cases of its kind there are, and how often each case came first, second ... among them.

    Totals are draw x case. A subject stands behind every other that could be better, so that nothing unseen, of its own
    or of others, puts it ahead; of equals the first comes first. What is not worth keeping of the shares is 0.
    """
    found: dict[int, tuple[int, Array]] = {}
    for kind in dict.fromkeys(kinds):
        peers = np.flatnonzero(np.asarray(kinds) == kind)
        found |= zip(peers.tolist(), _shares(lower[:, peers], upper[:, peers]), strict=True)
    return [found[place] for place in range(len(kinds))]


def rank_rows(cases: pl.DataFrame, ranks: Sequence[tuple[int, Array]]) -> pl.DataFrame:
    """Return rank and probability per case: the first ten ranks, and of the others those likely from 1 % on."""
    kept = [_kept(shares) for _, shares in ranks]
    places = np.concatenate([np.repeat(0, 0), *kept])
    shares = np.concatenate([np.zeros(0), *(one[kept[place]] for place, (_, one) in enumerate(ranks))])
    whose = cases[np.repeat(np.arange(len(kept)), [len(one) for one in kept])]
    return whose.with_columns(rank=pl.Series(places + 1, dtype=pl.Int64), probability=pl.Series(shares))


def is_kept() -> pl.Expr:
    """Return which rows of a rank and its probability are kept."""
    return (pl.col("rank") <= ALWAYS_KEPT) | (pl.col("probability") >= LEAST_KEPT)


def _kept(shares: Array) -> NDArray[np.intp]:
    return np.flatnonzero((np.arange(len(shares)) < ALWAYS_KEPT) | (shares >= LEAST_KEPT))


def _shares(lower: Array, upper: Array) -> Iterator[tuple[int, Array]]:
    """Yield of each peer how many there are, and its shares of the ranks down to the last that is kept."""
    draws, peers = lower.shape
    before = _before if peers > FEW else _before_few
    for places in before(lower, upper).T:
        shares = np.bincount(places, minlength=min(peers, ALWAYS_KEPT)) / draws
        yield peers, shares[: _kept(shares)[-1] + 1]


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
