"""Quantiles of many draws: linear between the two nearest (Hyndman and Fan's type 7), as numpy.quantile's default."""

import numpy as np

from scoring.scenario import Array

MEDIAN, LO, HI = 0.5, 0.05, 0.95


def quantile(drawn: Array, share: float) -> Array:
    """Return the quantile of each row of draws (last axis); NaN for a row of NaN."""
    place = (drawn.shape[-1] - 1) * share
    below = int(place)
    part = place - below
    # Two places asked for together: looking for one alone is slow where many draws are equal, as at a goalpost.
    ordered = np.partition(drawn, [below, below + 1], axis=-1)
    low, high = ordered[..., below], ordered[..., below + 1]
    found: Array = low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)
    return found
