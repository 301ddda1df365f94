"""The one door: whatever lands is about a moment that can have been, whoever brings it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import polars as pl

from catalog.moments import AHEAD, EPOCH

FIGURES = ("value", "lo", "hi")


class Door:
    """Lets rows pass whose valid_at lies between 1970 and a day after `now` (naive UTC); counts who passed, who not.

    Rows that take one back pass as well: a night whose clock was ahead can be undone before its day has come. A zero
    lands without a sign: the database takes both for equal and may give back either; a fingerprint does not.
    """

    def __init__(self, now: datetime) -> None:
        """Begin to count."""
        self._until = now + AHEAD
        self.passed, self.refused = 0, 0

    def let_in(self, arrived: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield of each frame the rows that may pass."""
        can_be = pl.col("valid_at").is_between(EPOCH, self._until)
        takes_back = pl.col("reason").eq_missing("retracted")
        for frame in arrived:
            possible = frame.filter(can_be | takes_back)
            self.passed += possible.height
            self.refused += frame.height - possible.height
            yield possible.with_columns(_unsigned(name) for name in FIGURES)


def _unsigned(name: str) -> pl.Expr:
    return pl.when(pl.col(name) == 0).then(0.0).otherwise(pl.col(name)).alias(name)
