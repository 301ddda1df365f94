"""GH Archive: every public event of GitHub in a file an hour; the deep past of repositories, a day at a time.

It answers for past days only, and is asked only where it is named: a day takes 24 files of up to 130 MB.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from catalog.gharchive import HOURS
from catalog.subject import Subject
from collectors.errors import GoneError, NotSupportedError
from collectors.gharchive.event import Event, Wanted
from collectors.gharchive.hour import Hour
from collectors.past import Past, Step, day_by_day
from collectors.source import Address, Source, metrics_of
from collectors.transport.download import File
from collectors.upstream import Found, Upstream

METRICS = metrics_of(
    "gharchive", "stars_gained_1d", "forks_gained_1d", "issues_opened_1d", "issues_closed_1d", "pushes_1d"
)


class Readers(Protocol):
    """Who reads a file: processes of this machine, or this process itself."""

    def read(self, path: Path, wanted: Wanted) -> Hour:
        """Read one hour."""


@dataclass(frozen=True)
class HourRead:
    """What one hour of a day told: its state (read, absent, truncated, corrupt, empty), its file, and its events."""

    hour: int
    state: str
    size_bytes: int | None = None
    etag: str = ""
    sha256: str | None = None
    unreadable: int = 0
    events: Sequence[Event] = field(default=())

    def described(self) -> dict[str, Any]:
        """Return what a manifest says of the hour: its file, and how many events it held."""
        names = ("hour", "state", "size_bytes", "etag", "sha256", "unreadable")
        return {name: getattr(self, name) for name in names} | {"events": len(self.events)}


def wanted_of(subjects: Iterable[Subject]) -> Wanted:
    """Return what identifies the repositories of some subjects, today and formerly."""
    asked = tuple(subjects)
    return Wanted(
        {one.github_id: one.id for one in asked if one.github_id},
        {name.lower(): one.id for one in asked for name in one.github_names},
    )


def read_day(day: date, wanted: Wanted, upstream: Upstream, readers: Readers) -> list[HourRead]:
    """Bring and read the 24 hours of a day, several at a time; raise SourceError where a file may yet be had.

    A file that is brought lies in the upstream's folder only while it is read.
    """

    def read(hour: int) -> HourRead:
        return _read(hour, f"{upstream.base_url}/{day}-{hour}.json.gz", wanted, upstream, readers)

    with ThreadPoolExecutor(HOURS if is_here(upstream.base_url) else upstream.max_concurrency) as pool:
        return list(pool.map(read, range(HOURS)))


def _read(hour: int, url: str, wanted: Wanted, upstream: Upstream, readers: Readers) -> HourRead:
    """Read one hour; one that is not whole is brought once more before it is called so."""
    if upstream.folder is None:
        raise ValueError("files need a folder to lie in while they are read")
    try:
        if is_here(url):
            return _read_hour(hour, _in_place(url), wanted, readers)
        found = _fetched_hour(hour, url, wanted, upstream, readers)
        return found if found.state == "read" else _fetched_hour(hour, url, wanted, upstream, readers)
    except GoneError:
        return HourRead(hour, "absent")


def _fetched_hour(hour: int, url: str, wanted: Wanted, upstream: Upstream, readers: Readers) -> HourRead:
    file = upstream.http.download(url, (upstream.folder or Path()) / f"{hour}")
    try:
        return _read_hour(hour, file, wanted, readers)
    finally:
        file.path.unlink(missing_ok=True)


def _read_hour(hour: int, file: File, wanted: Wanted, readers: Readers) -> HourRead:
    found, size = readers.read(file.path, wanted), file.path.stat().st_size
    return HourRead(hour, found.state, size, file.etag, file.sha256 or None, found.unreadable, found.events)


def is_here(url: str) -> bool:
    """Return whether an address is a file of this machine: a mirror is read in place."""
    return urlsplit(url).scheme == "file"


def is_on_offer(base_url: str, day: date) -> bool:
    """Return whether a day may be asked for: a mirror offers the days of which it has a file."""
    return not is_here(base_url) or any(_place(f"{base_url}/{day}-{hour}.json.gz").is_file() for hour in range(HOURS))


def _place(url: str) -> Path:
    return Path(url2pathname(urlsplit(url).path))


def _in_place(url: str) -> File:
    path = _place(url)
    if not path.is_file():
        raise GoneError(f"{path.name} is not in the mirror")
    return File(path, "", url)


def collect(_subjects: Sequence[Subject], _upstream: Upstream, _valid_at: datetime) -> Iterator[Found]:
    """Yield nothing: the archive says nothing of tonight."""
    yield from ()


def _ask_past(step: Step, _upstream: Upstream) -> Iterator[Sequence[Found]]:
    raise NotSupportedError(f"days of {step.source} are read into parts first, by processes of their own")


source = Source(
    name="gharchive",
    collect=collect,
    metrics=(),
    costs=lambda _subjects, _memory, _has_token: (),
    past=Past(day_by_day("gharchive", "gh archive", lambda _subjects: HOURS), _ask_past),
    sometimes=METRICS,
    address=Address("gharchive_url", "https://data.gharchive.org"),
    is_optional=True,
)
