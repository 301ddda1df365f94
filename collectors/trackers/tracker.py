"""What a tracker reader gives: what rows tell, refused rows with the reason, and rows about others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from catalog.load import Catalog
from catalog.metric import Metric
from catalog.moments import AHEAD
from catalog.observation import Observation, Reason
from catalog.subject import Subject

Row = Mapping[str, str | None]
FIRST = datetime(2008, 2, 1)  # noqa: DTZ001 - naive UTC everywhere; GitHub opened then


class Skipped(Enum):
    """A row that is fine and about somebody whom the catalog does not follow."""

    NOT_FOLLOWED = "not followed"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, or a cell of it, that cannot be used, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a row tells; `birth` is its subject and when that repository was created, where the row says so."""

    observations: list[Observation]
    birth: tuple[str, datetime] | None = None


Read = Told | Refused | Skipped


@dataclass(frozen=True)
class Tracker:
    """One kind of file: the columns that tell it, and the function that reads it.

    `read` takes the rows, where the file is, the catalog and now, and gives one result per row.
    """

    name: str
    columns: frozenset[str]
    read: Callable[[Iterable[Row], Path, Catalog, datetime], Iterator[Read]]


def subjects_by_name(catalog: Catalog) -> dict[str, Subject]:
    """Return the subject of each full repository name, present or former, in lower case."""
    return {name.lower(): subject for subject in catalog.subjects for name in subject.github_names}


def cell(metric: Metric, subject: Subject, valid_at: datetime, text: str | None, source: str) -> Observation:
    """Read one count; an empty cell is missing, not zero. Raise ValueError for what is no count."""
    if text is None or not text.strip():
        return metric.missing(subject.id, valid_at, Reason.INCOMPLETE, method="archived", source=source)
    try:
        count = number(text)
    except ValueError:
        raise ValueError(f"{metric.name}: {text!r} is not a number") from None
    if not (0 <= count < 1e12) or count != int(count):
        raise ValueError(f"{metric.name}: {text!r} is not a count")
    return metric.of(subject.id, valid_at, count, method="archived", source=source)


def number(text: str) -> float:
    """Read a number; raise ValueError for what is none, digits of other scripts and groups like 1_000 among it."""
    if not text.isascii() or "_" in text:
        raise ValueError(f"{text!r} is not in plain digits")
    return float(text)


def is_whole(text: str | None) -> bool:
    """Return whether a text is plain digits and nothing else."""
    return text is not None and text.isascii() and text.isdigit()


def day(text: str | None, now: datetime) -> datetime:
    """Read an ISO day on which GitHub can have been looked at; raise ValueError for anything else."""
    plain = text if text and text.isascii() else ""
    try:
        found = datetime.strptime(plain, "%Y-%m-%d")  # noqa: DTZ007 - naive UTC everywhere
    except ValueError:
        raise ValueError(f"{text!r} is not a date like 2022-01-06") from None
    if not FIRST <= found <= now + AHEAD:
        raise ValueError(f"nobody can have looked on {text}")
    return found
