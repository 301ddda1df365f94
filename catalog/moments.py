"""Moments and days: everything is naive UTC, and "as of D" means before D 00:00."""

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere
"""The first moment that a figure can be about; what holds at all times is dated so."""
AHEAD = timedelta(days=1)
"""Where it is tomorrow already, tomorrow is a day like any other."""


def naive_utc(moment: datetime) -> datetime:
    """Return a moment as naive UTC; one without an offset is UTC, whatever the zone of this machine."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def seconds_since_1970(moment: datetime) -> float:
    """Return a naive UTC moment as the times of files are told, whatever the zone of this machine."""
    return moment.replace(tzinfo=UTC).timestamp()


def midnight(day: date) -> datetime:
    """Return the first moment of a day, or of the day of a moment; windows end there.

    See docs/method.md#from-an-answer-to-a-score.
    """
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC everywhere
