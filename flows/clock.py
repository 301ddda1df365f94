"""The one clock."""

from datetime import UTC, date, datetime, timedelta


def utc_now() -> datetime:
    """Return this moment as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def end_of_today() -> datetime:
    """Return the first moment of tomorrow: a score as of then counts what was measured today."""
    return midnight(utc_now().date() + timedelta(days=1))


def midnight(day: date) -> datetime:
    """Return the first moment of a day: "as of D" means before D 00:00 UTC."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC everywhere
