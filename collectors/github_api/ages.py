"""How long ago something happened at GitHub: what is dated before GitHub was, or in days to come, is no date."""

from datetime import datetime
from typing import Any

from catalog.moments import AHEAD, naive_utc
from collectors.errors import ChangedError

OPENED = datetime(2008, 2, 1)  # noqa: DTZ001 - naive UTC everywhere; GitHub opened then
DAY_S = 86_400


def age_d(told: Any, what: str, fetched_at: datetime) -> float:
    """Return the days since a moment that an answer tells; raise ChangedError for one that cannot be.

    A moment shortly after ours is of a clock that is ahead, and none ago.
    """
    try:
        moment = naive_utc(datetime.fromisoformat(told))
    except (TypeError, ValueError, OverflowError):
        raise ChangedError(f"{what} at {told!r}; a time was expected") from None
    if not OPENED <= moment <= fetched_at + AHEAD:
        raise ChangedError(f"{what} at {told!r}, which cannot be")
    return max(0.0, (fetched_at - moment).total_seconds() / DAY_S)
