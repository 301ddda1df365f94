"""The one clock."""

from datetime import UTC, datetime, timedelta

from catalog.moments import midnight


def utc_now() -> datetime:
    """Return this moment as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def end_of_today() -> datetime:
    """Return the first moment of tomorrow: a score as of then counts what was measured today."""
    return midnight(utc_now().date() + timedelta(days=1))
