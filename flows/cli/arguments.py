"""What several commands take: their options, and how days and moments are written."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import InputError
from catalog.moments import AHEAD, EPOCH, midnight
from flows.clock import end_of_today

if TYPE_CHECKING:
    from flows.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 when anything that was asked for is missing.")]
Subjects = Annotated[list[str] | None, typer.Option("--subject", help="Only this subject; may be given again.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be given again.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="D", help="Count what was true before this day (UTC).")]
Rubric = Annotated[str | None, typer.Option("--rubric", metavar="ID", help="Rubric; the default is that of the day.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="T", help="Count only what was known at this moment (UTC).")
]


def load_settings() -> "Settings":
    """Read the settings; what reads them is imported only then, so that help comes at once."""
    from flows import settings

    return settings.load_settings()


def day(text: str) -> datetime:
    """Read a day as its first moment; raise InputError for anything else, and for days to come."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a day; write it like 2024-01-31") from None
    return _possible(midnight(found), text)


def moment(text: str) -> datetime:
    """Read a moment as naive UTC; one without a zone is UTC; raise InputError for anything else, and for days to come."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a moment; write it like 2024-01-31T12:00:00") from None
    try:
        return _possible(found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found, text)
    except OverflowError:
        raise InputError(f"{text!r} lies beyond the calendar; write it like 2024-01-31T12:00:00") from None


def _possible(found: datetime, text: str) -> datetime:
    """Return a moment that may have come, somewhere on earth, and not before there was anything to measure."""
    latest = end_of_today() + AHEAD
    if found > latest:
        raise InputError(f"{text!r} lies in the future, of which nothing is known; name a day up to {latest:%Y-%m-%d}")
    if found < EPOCH:
        raise InputError(f"{text!r} lies before {EPOCH:%Y-%m-%d}, the first day that can be asked for")
    return found
