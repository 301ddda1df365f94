"""The one door: whatever lands is about a moment that can have been, whoever brings it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import polars as pl

from catalog.moments import AHEAD, EPOCH


class Door:
    """Lets rows pass whose valid_at lies between 1970 and a day after `now` (naive UTC); counts those it refused.

    Rows that take one back pass as well: a night whose clock was ahead can be undone before its day has come.
    """

    def __init__(self, now: datetime) -> None:
        """Begin to count."""
        self._until = now + AHEAD
        self.refused = 0

    def let_in(self, arrived: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield of each frame the rows that may pass."""
        can_be = pl.col("valid_at").is_between(EPOCH, self._until)
        takes_back = pl.col("reason").eq_missing("retracted")
        for frame in arrived:
            possible = frame.filter(can_be | takes_back)
            self.refused += frame.height - possible.height
            yield possible
