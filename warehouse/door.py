"""The one door: whatever lands is about a moment that can have been, whoever brings it."""

from datetime import datetime

import polars as pl

from catalog.moments import AHEAD, EPOCH


def possible(arrived: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the rows whose valid_at lies between 1970 and a day after now (naive UTC), and those that take one back.

    What a night landed whose clock was ahead can be taken back before its day has come.
    """
    can_be = pl.col("valid_at").is_between(EPOCH, now + AHEAD)
    return arrived.filter(can_be | pl.col("reason").eq_missing("retracted"))
