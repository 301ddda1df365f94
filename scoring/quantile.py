"""Quantiles of many draws: linear between the two nearest (Hyndman and Fan's type 7), as numpy.quantile's default."""

from collections.abc import Sequence

import numpy as np

from scoring.scenario import Array

MEDIAN, LO, HI = 0.5, 0.05, 0.95


def quantile(drawn: Array, share: float) -> Array:
    """Return the quantile of each row of draws (last axis); NaN for a row of NaN."""
    found: Array = quantiles(drawn, (share,))[0]
    return found


def quantiles(drawn: Array, shares: Sequence[float]) -> Array:
    """Return some quantiles (first axis) of each row of draws, found together."""
    places = [(drawn.shape[-1] - 1) * share for share in shares]
    # Two places asked for together: looking for one alone is slow where many draws are equal, as at a goalpost.
    ordered = np.partition(drawn, sorted({int(place) + more for place in places for more in (0, 1)}), axis=-1)
    return np.stack([_at(ordered, place) for place in places])


def _at(ordered: Array, place: float) -> Array:
    below = int(place)
    part = place - below
    low, high = ordered[..., below], ordered[..., below + 1]
    found: Array = low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)
    return found
