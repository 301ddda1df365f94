"""What a source is: a name, its metrics, and the function that asks; found by convention."""

import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from catalog.metric import METRICS, Metric
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import SourceError
from collectors.http import Http

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upstream:
    """Where and how a source is asked: the seam, the base address without a slash at its end, and secrets.

    `memory` is what the warehouse knows already, by kind and subject, so that a run asks only for what is new.
    """

    http: Http
    base_url: str
    token: str | None = None
    auth: Any = None
    graphql_url: str = ""
    folder: Path | None = None
    max_concurrency: int = 8
    memory: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Papers:
    """Files of the Papers With Code archive, for the warehouse to read."""

    links: tuple[Path, ...]
    papers: tuple[Path, ...]
    raw_sha256: str
    url: str


Found = Observation | Papers | Rows
Ask = Callable[[Sequence[Subject], Upstream, datetime], Iterable[Found]]


@dataclass(frozen=True)
class Cost:
    """How many calls of one limit a night takes at most, and how many the limit allows in its period."""

    resource: str
    calls: int
    limit: int | None = None
    period: str = ""


Memory = Mapping[str, Mapping[str, Any]]
Costs = Callable[[Sequence[Subject], Memory, bool], Iterable[Cost]]
Lacking = Mapping[tuple[str, str], Sequence[datetime]]


@dataclass(frozen=True)
class Step:
    """One piece of a backfill: what is asked of which subjects for which days (midnights, naive UTC).

    `calls` is how many requests it takes at most, of the limit `resource`; None where nobody can know before. Where
    each day is asked for itself, `calls_a_day` says what one takes and `calls_once` what all together take before, and
    the days stand in the order of their worth. `size_bytes` is
    about what comes, where it depends on the days.
    """

    source: str
    name: str
    subjects: tuple[Subject, ...]
    days: tuple[datetime, ...]
    resource: str
    calls: int | None
    calls_a_day: int | None = None
    calls_once: int = 0
    size_bytes: int | None = None

    def within(self, calls: int) -> "Step | None":
        """Give the step, or as many of its days as so many calls allow; None where they allow none."""
        if self.calls is not None and self.calls <= calls:
            return self
        if self.calls_a_day is None or calls < self.calls_once + self.calls_a_day:
            return None
        days = self.days[: (calls - self.calls_once) // self.calls_a_day]
        return replace(self, days=days, calls=self.calls_once + len(days) * self.calls_a_day)


Steps = Callable[[Sequence[Subject], Lacking, Memory, datetime], Iterable[Step]]


@dataclass(frozen=True)
class Past:
    """How a source answers for past days: the steps that bring what is lacking, each of them page by page.

    `steps` asks nobody; it takes the subjects, the days that each (subject, metric) lacks, the run's memory, and now.
    `ask` gives a page at a time, which lands before the next is asked for; it raises SourceError.
    """

    steps: Steps
    ask: Callable[[Step, Upstream], Iterator[Sequence[Found]]]


def day_by_day(
    source: str, resource: str, calls_a_day: Callable[[Sequence[Subject]], int], calls_once: int = 0
) -> Steps:
    """Give the steps of a source that answers for one day at a time: the most valuable days first, one a page."""

    def steps(subjects: Sequence[Subject], lacking: Lacking, _memory: Memory, _now: datetime) -> Iterator[Step]:
        lacks: dict[datetime, set[str]] = {}
        for (subject, _), days in lacking.items():
            for day in days:
                lacks.setdefault(day, set()).add(subject)
        together: dict[frozenset[str], list[datetime]] = {}
        for day in by_value(lacks):
            together.setdefault(frozenset(lacks[day]), []).append(day)
        for ids, days in together.items():
            asked = tuple(one for one in subjects if one.id in ids)
            a_day = calls_a_day(asked)
            calls = calls_once + a_day * len(days)
            yield Step(source, "days", asked, tuple(days), resource, calls, a_day, calls_once)

    return steps


def by_value(days: Iterable[datetime]) -> list[datetime]:
    """Give days in the order of their worth: firsts of months, then Mondays, then the others; the newest first."""
    return sorted(days, key=lambda day: (day.day != 1, day.day != 1 and day.weekday() != 0, -day.toordinal()))


@dataclass(frozen=True)
class Source:
    """One upstream; `collect` gives what it says now, and says of what it could not get why.

    `metrics` are asked every night of every subject; those in `sometimes` when their turn comes. `costs` takes the
    subjects, the run's memory, and whether a token is set, and asks nobody. One that is optional is asked only where
    somebody names it.
    """

    name: str
    collect: Ask
    metrics: tuple[Metric, ...]
    costs: Costs
    past: Past | None = None
    sometimes: tuple[Metric, ...] = ()
    is_optional: bool = False


def one_each(resource: str) -> Costs:
    """Give the cost of a source that is asked once for each subject."""
    return lambda subjects, _memory, _has_token: [Cost(resource, len(subjects))]


def metrics_of(source: str, *names: str) -> tuple[Metric, ...]:
    """Give the metrics by their names after the dot."""
    return tuple(METRICS[f"{source}.{name}"] for name in names)


@cache
def sources() -> dict[str, Source]:
    """Give every source: the modules of this package that define `source`."""
    package = importlib.import_module("collectors")
    modules = (
        importlib.import_module(f"collectors.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
        if not found.ispkg
    )
    found = (getattr(module, "source", None) for module in modules)
    return {one.name: one for one in found if isinstance(one, Source)}


def ask_each(
    subjects: Sequence[Subject],
    ask: Callable[[Subject], Sequence[Found]],
    metrics: Sequence[Metric],
    upstream: Upstream,
    valid_at: datetime,
) -> Iterator[Found]:
    """Ask for each subject, several at once; one that fails costs only itself and says why."""

    def safely(subject: Subject) -> Sequence[Found] | SourceError:
        try:
            return ask(subject)
        except SourceError as error:
            return error

    failed: dict[str, tuple[SourceError, list[Subject]]] = {}
    with ThreadPoolExecutor(upstream.max_concurrency) as pool:
        for subject, found in zip(subjects, pool.map(safely, subjects), strict=True):
            if isinstance(found, SourceError):
                failed.setdefault(str(found), (found, []))[1].append(subject)
            else:
                yield from found
    for error, lost in failed.values():
        yield from missing(lost, metrics, valid_at, error)


def missing(
    subjects: Iterable[Subject], metrics: Iterable[Metric], valid_at: datetime, error: SourceError
) -> Iterator[Observation]:
    """Say of each metric of each subject that it is missing, and log it once with the next step."""
    asked, lost = list(metrics), list(subjects)
    names = ", ".join(subject.id for subject in lost)
    log.warning("%s: %s: %s; next: %s", asked[0].source, names, error, error.next_step)
    for subject in lost:
        for metric in asked:
            yield metric.missing(subject.id, valid_at, error.reason)
