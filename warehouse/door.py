"""The one door: whatever lands is about a moment that can have been, whoever brings it."""

from datetime import datetime

import polars as pl

from catalog.moments import AHEAD, EPOCH


def possible(arrived: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the rows whose valid_at lies between 1970 and a day after now (naive UTC)."""
    return arrived.filter(pl.col("valid_at").is_between(EPOCH, now + AHEAD))
