"""Spans of days, and the days between."""

from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from catalog.errors import InputError
from catalog.moments import midnight

STEPS = ("day", "week", "month")


class Span(NamedTuple):
    """A span of days, both ends included (naive UTC midnights)."""

    first: datetime
    last: datetime

    @classmethod
    def read(cls, first: str, last: str) -> "Span":
        """Read two ISO days."""
        return cls(datetime.fromisoformat(first), datetime.fromisoformat(last))

    def forwards(self) -> "Span":
        """Return the span; raise InputError where it runs backwards."""
        if self.last < self.first:
            told = f"--from {self.first:%Y-%m-%d} lies after --to {self.last:%Y-%m-%d}"
            raise InputError(f"{told}; turn them round")
        return self


def days_between(first: date, last: date, every: str) -> list[datetime]:
    """Return the days from first to last, a step apart; months keep the day of the month of `first`."""
    if every not in STEPS:
        raise InputError(f"--every {every!r}: choose {', '.join(STEPS)}")
    span = Span(midnight(first), midnight(last)).forwards()
    step = {"day": "1d", "week": "1w", "month": "1mo"}[every]
    return pl.datetime_range(*span, step, eager=True).to_list()
