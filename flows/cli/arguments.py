"""What several commands take: their options, and how days and moments are written."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import InputError
from catalog.metric import METRICS, family
from catalog.moments import AHEAD, EPOCH, midnight, naive_utc
from catalog.names import did_you_mean
from flows.clock import end_of_today, utc_now

if TYPE_CHECKING:
    from flows.settings import Settings


EMPTY_OPTION = re.compile("--[a-z-]+=")


def _let_it_be_wide(*, wide: bool) -> bool:
    from flows.cli.show import Width

    Width.is_free = wide
    return wide


def _use_gh(*, is_asked: bool) -> bool:
    if is_asked:
        from flows.gh import lend_token

        lend_token()
    return is_asked


def subjects_like(incomplete: str) -> list[str]:
    """Return the ids of subjects that begin so, for the shell; none where the catalog cannot be read."""
    try:
        return [one.id for one in load_settings().followed.subjects if one.id.startswith(incomplete)]
    except InputError:
        return []


def sources_like(incomplete: str) -> list[str]:
    """Return the names of sources that begin so, for the shell."""
    from collectors.source import sources

    return [name for name in sources() if name.startswith(incomplete)]


def metrics_like(incomplete: str) -> list[str]:
    """Return the names of metrics that begin so, for the shell."""
    return [name for name in METRICS if name.startswith(incomplete)]


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Wide = Annotated[
    bool, typer.Option("--wide", help="Show every column, however wide the terminal is.", callback=_let_it_be_wide)
]
Gh = Annotated[bool, typer.Option("--gh", help="Take GitHub's token from the gh command.", callback=_use_gh)]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 when anything that was asked for is missing.")]
Subject = Annotated[
    str, typer.Argument(help="Id, name, package or address of a subject.", autocompletion=subjects_like)
]
Subjects = Annotated[
    list[str] | None,
    typer.Option("--subject", help="Only this subject; may be given again.", autocompletion=subjects_like),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source; may be given again.", autocompletion=sources_like),
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="D", help="Count what was true before this day (UTC).")]
Rubric = Annotated[str | None, typer.Option("--rubric", metavar="ID", help="Rubric; the default is that of the day.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="T", help="Count only what was known at this moment (UTC).")
]


def load_settings() -> "Settings":
    """Read the settings; what reads them is imported only then, so that help comes at once."""
    from flows import settings

    return settings.load_settings()


def refuse_empty(typed: Sequence[str]) -> None:
    """Raise InputError where an empty text stands for a value: it would be read as "not given", or as this folder."""
    for before, word in pairwise(["", *typed]):
        if not word or EMPTY_OPTION.fullmatch(word):
            option = word.removesuffix("=") or (before if before.startswith("-") else "")
            of = f"{option} is given an empty text" if option else "an empty text stands among the arguments"
            raise InputError(f"{of}; write a value, or leave it out (is a variable of the shell not set?)")


def ids_of(settings: "Settings", typed: Iterable[str] | None) -> list[str]:
    """Return the ids of the subjects that a person named; raise InputError for one that nobody is called."""
    if not typed:
        return []
    followed = settings.followed
    return list(dict.fromkeys(followed.find(one).id for one in typed))


def metric_of(typed: str) -> str:
    """Return the name of a metric; raise InputError with what may have been meant."""
    if typed in METRICS or family(typed) in METRICS:
        return typed
    near = did_you_mean(typed, METRICS) or "; see: speedscore metrics"
    raise InputError(f"no metric is called {typed!r}{near}")


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
        known = _possible(naive_utc(found), text)
    except OverflowError:
        raise InputError(f"{text!r} lies beyond the calendar; write it like 2024-01-31T12:00:00") from None
    if known > (now := utc_now()):
        told = f"name a moment up to now, {now:%Y-%m-%dT%H:%M:%S} UTC, or leave it out"
        raise InputError(f"nobody knows yet what will be known at {text!r}; {told}")
    return known


def _possible(found: datetime, text: str) -> datetime:
    """Return a moment that may have come, somewhere on earth, and not before there was anything to measure."""
    latest = end_of_today() + AHEAD
    if found > latest:
        raise InputError(f"{text!r} lies in the future, of which nothing is known; name a day up to {latest:%Y-%m-%d}")
    if found < EPOCH:
        raise InputError(f"{text!r} lies before {EPOCH:%Y-%m-%d}, the first day that can be asked for")
    return found
