"""Moments and days: everything is naive UTC, and "as of D" means before D 00:00."""

from datetime import date, datetime


def midnight(day: date) -> datetime:
    """Return the first moment of a day, or of the day of a moment; windows end there.

    See docs/method.md#from-an-answer-to-a-score.
    """
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC everywhere
