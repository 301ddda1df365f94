"""The one door: whatever lands is about a moment that can have been, whoever brings it."""

from datetime import datetime, timedelta

import polars as pl

FIRST = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere; what holds at all times is dated so
AHEAD = timedelta(days=1)  # where it is tomorrow already, tomorrow is a day like any other


def possible(arrived: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the rows whose valid_at lies between 1970 and a day after now (naive UTC)."""
    return arrived.filter(pl.col("valid_at").is_between(FIRST, now + AHEAD))
