"""Read days of GH Archive into parts: a day is the unit of work, on all cores or wherever it is sent."""

import logging
import os
import shutil
import ssl
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import httpx
from filelock import FileLock

from catalog.gharchive import HOURS, bytes_of
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.wording import many
from collectors.errors import ConnectError, IncompleteError, SetupError, SourceError
from collectors.gharchive.day import observations, tally
from collectors.gharchive.event import Wanted
from collectors.gharchive.hour import Hour, read_hour
from collectors.gharchive.source import Readers, is_here, is_on_offer, read_day, wanted_of
from collectors.gharchive.workers import Workers
from collectors.past import Step
from collectors.transport.http import Http
from collectors.transport.pace import Pace
from collectors.transport.wire import Limits
from collectors.upstream import Upstream
from flows.certificates import trusted
from flows.clients import client
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.seam import AGENT
from warehouse.archive_parts import Part, place, read_part, write_part

log = logging.getLogger(__name__)

ARCHIVE = "gharchive"
DAYS_AT_ONCE = 2
"""So that the cores have work while the last hours of a day are read."""
FAILURES_IN_A_ROW = 3


@dataclass(frozen=True)
class Work:
    """A day to be read, with all that a machine needs to know of it; `folder` is one that all machines share."""

    day: date
    wanted: Wanted
    base_url: str
    folder: Path
    limits: Limits
    max_concurrency: int

    @property
    def manifest(self) -> Path:
        """Where the manifest of the day lies once it has been read."""
        return place(self.folder / "parts", self.day, self.wanted.described())


@dataclass(frozen=True)
class Done:
    """What came of a day: how many requests it took, or the error for which there is no part."""

    work: Work
    requests: int = 0
    error: SourceError | None = None


Landable = Observation | Rows
ReadDays = Callable[[Iterable[Work]], Iterator[Done]]


class Here:
    """Reads a file in this process: for workers of a cluster, of which each is one core."""

    def read(self, path: Path, wanted: Wanted) -> Hour:
        """Read one hour."""
        return read_hour(path, wanted)


def works(settings: Settings, step: Step) -> list[Work]:
    """Return the days of a step as pieces of work, in their order; of a mirror, those that it has."""
    base_url, folder = settings.gharchive_url.rstrip("/"), settings.home_dir.resolve() / "gharchive"
    limits = Limits(settings.timeout_s, settings.deadline_s)
    wanted, days = wanted_of(step.subjects), (day.date() for day in step.days)
    offered = (day for day in days if is_on_offer(base_url, day))
    return [Work(day, wanted, base_url, folder, limits, settings.max_concurrency) for day in offered]


def priced(settings: Settings, step: Step) -> Step:
    """Return the step with what it takes: a day whose part lies on disk takes nothing."""
    found = works(settings, step)
    left, offered = [work for work in found if not work.manifest.exists()], {work.day for work in found}
    days = tuple(day for day in step.days if day.date() in offered)
    return replace(step, days=days, calls=HOURS * len(left), size_bytes=sum(bytes_of(work.day) for work in left))


def do(work: Work, readers: Readers) -> Done:
    """Read a day into its part, unless it lies there; two that are sent the same day do it once."""
    scratch = work.folder / "reading" / f"{work.day}"
    scratch.mkdir(parents=True, exist_ok=True)
    with FileLock(scratch.with_suffix(".lock")):
        if read_part(work.manifest):
            return Done(work)
        try:
            http = _seam(work)
        except SetupError as error:
            return Done(work, error=error)
        try:
            upstream = Upstream(http, work.base_url, folder=scratch, max_concurrency=work.max_concurrency)
            hours = read_day(work.day, work.wanted, upstream, readers)
        except SourceError as error:
            return Done(work, http.requests, error)
        finally:
            http.close()
        rows = tally(work.day, hours, work.wanted)
        write_part(work.manifest.parent, work.day, work.wanted.described(), [hour.described() for hour in hours], rows)
        shutil.rmtree(scratch, ignore_errors=True)
        return Done(work, http.requests)


def do_here(work: Work) -> Done:
    """Read a day into its part in this process alone."""
    return do(replace(work, max_concurrency=1), Here())


def on_all_cores(days: Iterable[Work]) -> Iterator[Done]:
    """Read days with a process a core, two days at once, and give each as soon as it is done."""
    left, running = map(_thrifty, days), set[Future[Done]]()
    with Workers(cores()) as readers, ThreadPoolExecutor(DAYS_AT_ONCE) as pool:
        while running or (running := {pool.submit(do, work, readers) for work in islice(left, DAYS_AT_ONCE)}):
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(do, work, readers) for work in islice(left, len(done))}
            yield from (one.result() for one in done)


def _thrifty(work: Work) -> Work:
    """Return the work with its share of the requests that may be under way at once."""
    return replace(work, max_concurrency=max(1, work.max_concurrency // DAYS_AT_ONCE))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pages(settings: Settings, step: Step, read_days: ReadDays, spent: Counter[str]) -> Iterator[list[Landable]]:
    """Yield what each day of a step says, and count its requests.

    A day that cannot be had now costs itself; where several in a row cannot, or the host is silent, the rest is left.
    """
    failed, in_a_row = dict[date, SourceError](), 0
    for done in read_days(works(settings, step)):
        spent[ARCHIVE] += done.requests
        if done.error is None:
            in_a_row = 0
            yield _page(settings, done.work)
            continue
        failed[done.work.day], in_a_row = done.error, in_a_row + 1
        log.warning("gharchive: %s: %s; next: %s", done.work.day, done.error, done.error.next_step)
        if isinstance(done.error, ConnectError) or in_a_row == FAILURES_IN_A_ROW:
            raise done.error
    for day, error in failed.items():
        raise IncompleteError(f"{many(len(failed), 'days')} did not come, {day} among them: {error}")


def _page(settings: Settings, work: Work) -> list[Landable]:
    part = read_part(work.manifest)
    if part is None:
        raise IncompleteError(f"the part of {work.day} is not here; do all workers share {settings.home_dir}?")
    return page_of(settings, part, set(work.wanted.names.values()))


def page_of(settings: Settings, part: Part, subjects: Collection[str]) -> list[Landable]:
    """Return what a part says of some subjects: its rows, its files, and the observations that follow."""
    base_url = settings.gharchive_url.rstrip("/")
    url = None if is_here(base_url) else f"{base_url}/{part.day}-{{0..23}}.json.gz"
    counts = [row for row in part.rows if row["subject"] in subjects]
    return [
        *(one for row in counts for one in observations(row, part.sha256, url)),
        Rows("archive_day", tuple({**row, "part_sha256": part.sha256} for row in counts)),
        Rows("archive_hour", tuple({**hour, "day": part.day, "part_sha256": part.sha256} for hour in part.hours)),
    ]


def _seam(work: Work) -> Http:
    """Return the way to the archive; without certificates where a mirror is read in place."""
    asked = _nobody() if is_here(work.base_url) else _client(work.limits)
    return Http(client=asked, now=utc_now, pace=Pace(work.max_concurrency), limits=work.limits)


def _nobody() -> httpx.Client:
    return httpx.Client(transport=httpx.BaseTransport(), trust_env=False)


def _client(limits: Limits) -> httpx.Client:
    timeout = httpx.Timeout(limits.timeout_s, connect=min(5.0, limits.timeout_s))
    return client(_certificates(), timeout=timeout, headers={"User-Agent": AGENT})


@cache
def _certificates() -> ssl.SSLContext:
    return trusted()
