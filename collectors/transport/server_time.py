"""Moments that a source names, by its own clock: each is compared with the Date of the same answer, never with ours."""

import math
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from catalog.moments import EPOCH, naive_utc
from collectors.transport.archive import Answer

NEAR = timedelta(seconds=2)
"""How far two clocks that agree may seem apart: a Date has no parts of seconds, and an answer takes its time."""


def seconds_until(answer: Answer, moment: datetime) -> float:
    """Return how long after the answer a moment of the source's clock comes; below zero where it has been."""
    return (moment - _dated_at(answer)).total_seconds()


def _dated_at(answer: Answer) -> datetime:
    """Return what the source's clock showed when it answered; where it does not say so, or agrees with ours, ours."""
    told = read_http_date(answer.headers.get("date", ""))
    return answer.fetched_at if told is None or abs(told - answer.fetched_at) <= NEAR else told


def read_http_date(text: str) -> datetime | None:
    """Return an HTTP date as naive UTC; None for anything else."""
    try:
        return naive_utc(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        return None


def read_stamp(text: str | None) -> datetime | None:
    """Return a moment that is told in seconds since 1970; None for anything else."""
    seconds = read_number(text)
    try:
        return EPOCH + timedelta(seconds=seconds) if seconds is not None else None
    except OverflowError:
        return None


def read_number(text: str | None) -> float | None:
    """Return a finite number; None for anything else."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None
