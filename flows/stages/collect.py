"""Collect: ask one source, and leave no cell without an answer."""

import logging
import socket
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.observation import Observation, Reason
from catalog.rows import Rows
from catalog.subject import Subject
from catalog.wording import many
from collectors.errors import ChangedError, IncompleteError, SetupError, SourceError
from collectors.github_api.client import auth_of
from collectors.missing import missing, missing_cells
from collectors.source import Source, sources
from collectors.transport.http import Http
from collectors.upstream import Memory, Papers, Upstream
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.archived_links import links_of_archive
from flows.stages.chosen import tonight
from flows.stages.gathered import Gathered
from flows.stages.kept_counts import counts_of
from flows.stages.land import RunStart
from flows.stages.memory import memory
from flows.stages.pinned import pinned
from flows.stages.seam import replayable, seam
from warehouse.errors import WarehouseError
from warehouse.frame import frames
from warehouse.papers import PapersError, shares_of

log = logging.getLogger(__name__)
PROGRESS = "speedscore.progress"
progress = logging.getLogger(PROGRESS)
"""Tells whoever listens when a source is asked, and what it gave: `source` and `told` of each record."""

OPERATORS = (InputError, WarehouseError, OSError)
NETWORK = (ConnectionError, TimeoutError, socket.gaierror, socket.herror, ssl.SSLError)
"""The OSErrors that tell of a connection, not of our disk."""


@dataclass(frozen=True)
class Asked:
    """What became of one source's asking, counted: requests, cells with and without a value, and why without."""

    source: str
    requests: int
    values: int
    missing: int
    reasons: str
    clock_ahead_s: float | None = None


@dataclass(frozen=True)
class Collected:
    """What one source gave: observations, finer facts, how many requests it took.

    `clock_ahead_s` says how many seconds our clock was ahead of its hosts; None where nobody answered live.
    """

    source: str
    observations: Sequence[Observation]
    requests: int
    rows: tuple[Rows, ...] = ()
    clock_ahead_s: float | None = None

    @property
    def values(self) -> int:
        """How many cells have a value, or do not apply."""
        return len(self.observations) - self.missing

    @property
    def missing(self) -> int:
        """How many cells have no value."""
        return self._lost.total()

    @property
    def reasons(self) -> str:
        """Why cells have no value, each reason with its number of cells."""
        return ", ".join(f"{reason} {cells}" for reason, cells in sorted(self._lost.items()))

    @cached_property
    def _lost(self) -> Counter[str]:
        """The cells without a value, counted by their reasons."""
        return Counter(chain.from_iterable(part["reason"].drop_nulls() for part in frames(self.observations)))

    def counted(self) -> Asked:
        """Return the counts without the rows."""
        return Asked(self.source, self.requests, self.values, self.missing, self.reasons, self.clock_ahead_s)


def collect_source(
    name: str, settings: Settings, run_start: RunStart, subject_ids: Sequence[str], replay_id: str | None = None
) -> Collected:
    """Ask one source about its subjects; what it leaves unsaid is missing, never silent.

    A run that is replayed as itself speaks of its own moment, another's answers of the moment of that other run.
    """
    source = sources()[name]
    catalog = pinned(settings, settings.followed.only(subject_ids))
    asked = [subject for subject in catalog.subjects if subject.answers_to(name)]
    is_own = replay_id in {None, run_start.run_id}
    progress.info("asking", extra={"source": name})
    valid_at = run_start.started_at if is_own else replayable(settings, str(replay_id))
    try:
        http = seam(settings, name, run_start.run_id, replay_id)
    except SetupError as error:
        return _told(Collected(name, list(_lost(Gathered(), asked, source, valid_at, error)), 0))
    try:
        upstream, gathered = upstream_of(name, settings, http, valid_at), Gathered()
        if asked:
            _gather(source, asked, upstream, valid_at, gathered)
        gathered.take(read_papers(gathered.papers, catalog, source, valid_at))
        gathered.take(_unsaid(gathered, asked, source, valid_at))
        rows_found = (*gathered.facts, *links_of_archive(gathered.papers, settings))
        return _told(Collected(name, gathered.observations, http.requests, rows_found, http.clock_ahead_s))
    finally:
        http.close()


def _told(found: Collected) -> Collected:
    had = len(found.observations) - found.missing
    text = f"{many(found.requests, 'requests')}, {many(had, 'values')}" + (
        f", {found.missing:,} missing" if found.missing else ""
    )
    progress.info("answered", extra={"source": found.source, "told": text})
    return found


def _gather(
    source: Source, asked: Sequence[Subject], upstream: Upstream, valid_at: datetime, gathered: Gathered
) -> None:
    """Take what a source says; where it breaks off as a whole, keep what came, and why the rest is missing."""
    try:
        gathered.take(source.collect(asked, upstream, valid_at))
    except SourceError as error:
        gathered.take(_lost(gathered, asked, source, valid_at, error))


def settled(
    name: str, found: Collected | BaseException, settings: Settings, run_start: RunStart, subject_ids: Sequence[str]
) -> Collected:
    """Return what a source gave; where its collector broke down, what it would have answered tonight is missing.

    What the operator must mend (our disk, a setting, the warehouse) is no source's fault and is raised.
    """
    if isinstance(found, Collected):
        return found
    if is_operators(found):
        raise found
    source, now = sources()[name], run_start.started_at
    asked = [one for one in settings.followed.only(subject_ids).subjects if one.answers_to(name)]
    cells = source.tonight(asked, memory(settings, now), now)
    return Collected(name, list(missing_cells(cells, now, IncompleteError("the collector broke down"))), 0)


def is_operators(error: BaseException) -> bool:
    """Return whether the operator must act: a setting, the warehouse, or our own disk, but not the network."""
    return isinstance(error, OPERATORS) and not isinstance(error, NETWORK)


def plan_night(settings: Settings, subject_ids: Sequence[str], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what tonight would ask of each limit, at most; nobody is asked."""
    catalog, known = settings.followed.only(subject_ids), _recalled(settings, tonight(names))
    found = []
    for source in (sources()[name] for name in tonight(names)):
        asked = [one for one in catalog.subjects if one.answers_to(source.name)]
        has_token = bool(settings.github_credentials if source.asks_github else settings.secret_of(source.address))
        found += [{"source": source.name, **asdict(cost)} for cost in source.costs(asked, known, has_token)]
    return found


def _recalled(settings: Settings, names: Iterable[str]) -> Memory:
    """Return what the warehouse knows that any of these sources wants to know."""
    kinds = {kind for name in names for kind in sources()[name].recalls}
    return memory(settings, utc_now(), recalled=kinds)


def upstream_of(
    name: str, settings: Settings, http: Http, started_at: datetime, since: datetime | None = None
) -> Upstream:
    """Return the address and secrets of a source, and what was known of it when the run started."""
    source = sources()[name]
    given = {"token": "replayed"} if http.has_kept_queries else settings.github_credentials
    return Upstream(
        http=http,
        base_url=settings.base_url(source.address),
        token=settings.secret_of(source.address),
        auth=auth_of(given) if source.asks_github else None,
        graphql_url=settings.graphql_url,
        web_url=settings.web_url,
        folder=settings.home_dir / "raw",
        max_concurrency=settings.max_concurrency,
        memory=memory(settings, started_at, since, source.recalls),
        beside={one.setting: settings.base_url(one) for one in source.beside},
    )


def read_papers(
    found: Iterable[Observation | Papers | Rows], catalog: Catalog, source: Source, valid_at: datetime
) -> Iterator[Observation]:
    """Yield the observations, those among them that the warehouse reads from the files of the archive."""
    for one in found:
        if isinstance(one, Observation):
            yield one
        if not isinstance(one, Papers):
            continue
        try:
            yield from shares_of(counts_of(one), catalog, raw_sha256=one.raw_sha256, url=one.url)
        except PapersError as error:
            asked = [subject for subject in catalog.subjects if subject.answers_to(source.name)]
            yield from missing(asked, source.metrics, valid_at, ChangedError(str(error)))


def _unsaid(gathered: Gathered, asked: Sequence[Subject], source: Source, valid_at: datetime) -> Iterator[Observation]:
    for subject, metric in gathered.silent(asked, source.metrics):
        log.warning("%s: %s: no word on %s; next: look at the raw answers", source.name, subject.id, metric.name)
        yield metric.missing(subject.id, valid_at, Reason.INCOMPLETE)


def _lost(
    gathered: Gathered, asked: Sequence[Subject], source: Source, valid_at: datetime, error: SourceError
) -> Iterator[Observation]:
    """Yield, for what a source left unsaid when it broke off, that it is missing, and why."""
    if cells := gathered.silent(asked, source.metrics):
        yield from missing_cells(cells, valid_at, error)
    else:
        log.warning("%s: %s; next: %s", source.name, error, error.next_step)
