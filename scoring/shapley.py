"""Exact Shapley values: what each player brings, averaged over every order in which they could have come."""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def coalitions(players: int) -> NDArray[np.bool_]:
    """Return every coalition as a row, the empty one first and the whole one last: who is in it."""
    masks = np.arange(2**players)[:, None] >> np.arange(players)[None, :]
    found: NDArray[np.bool_] = (masks & 1).astype(bool)
    return found


def shapley(worth: Array) -> Array:
    """Return each player's value from the worth of every coalition, in the order of `coalitions`."""
    players = len(worth).bit_length() - 1
    is_in = coalitions(players)
    size = is_in.sum(axis=1)
    orders = [factorial(k) * factorial(players - k - 1) / factorial(players) for k in range(players)]
    found = np.zeros(players)
    for player in range(players):
        without = np.flatnonzero(~is_in[:, player])
        gains = worth[without | 1 << player] - worth[without]
        found[player] = (np.array(orders)[size[without]] * gains).sum()
    return found
