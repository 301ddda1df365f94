"""The day that tests are of: a process that begins before midnight stays of that day, in its worlds and its runs."""

import secrets
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

from catalog.moments import midnight
from flows.clock import utc_now
from flows.stages.land import RunStart

NOW = utc_now()
TODAY = midnight(NOW.date())
IN_LOS_ANGELES = NOW.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/Los_Angeles")).date()
"""The day there, by which GitHub's star history counts."""
_AFTER = count()


def begin(kind: str = "nightly", later: timedelta = timedelta(0)) -> RunStart:
    """Begin a run of this day, or so much later, after those begun before it."""
    moment = NOW + later + timedelta(microseconds=next(_AFTER))
    return RunStart(kind, f"{moment:%Y%m%dT%H%M%S}-{kind}-{secrets.token_hex(3)}", moment)
