"""Backfill: which past cells are missing and can still be had, what they cost, and asking for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from catalog.observation import Observation
from collectors.errors import SourceError
from collectors.source import missing, sources
from flows.collect import Collected, pinned, seam, upstream_of
from flows.score import days_between
from flows.settings import Settings
from warehouse.connection import open_reader
from warehouse.query import rows

SECONDS_A_CALL = 0.5


class Span(NamedTuple):
    """A span of days, both ends included (naive UTC midnights)."""

    first: datetime
    last: datetime

    @classmethod
    def read(cls, first: str, last: str) -> "Span":
        """Read two ISO days."""
        return cls(datetime.fromisoformat(first), datetime.fromisoformat(last))


@dataclass(frozen=True)
class Order:
    """One question to ask: a source, a day, and the subjects that lack it."""

    source: str
    day: datetime
    subjects: tuple[str, ...]

    @property
    def calls(self) -> int:
        """How many requests the question takes."""
        past = sources()[self.source].past
        return past.calls(len(self.subjects)) if past else 0


def plan(settings: Settings, span: Span, subject_ids: Sequence[str], names: Sequence[str]) -> dict[str, list[Order]]:
    """Give, per source that can answer for the past, the questions whose answers are not stored yet."""
    catalog, present = settings.followed.only(subject_ids), _present(settings, span)
    days = days_between(span.first.date(), span.last.date(), "day")
    orders: dict[str, list[Order]] = {}
    for name in names or sorted(sources()):
        past = sources()[name].past if name in sources() else None
        if past is None:
            continue
        asked = [subject.id for subject in catalog.subjects if subject.answers_to(name)]
        lacking = {
            day: tuple(one for one in asked if any((one, metric.name, day) not in present for metric in past.metrics))
            for day in days
        }
        orders[name] = [Order(name, day, lacks) for day, lacks in lacking.items() if lacks]
    return orders


def backfill_source(settings: Settings, name: str, orders: Sequence[Order], run_id: str) -> Collected:
    """Ask the questions of one source in their order; a failing one costs only itself."""
    past = sources()[name].past
    if past is None or not orders:
        return Collected(name, [], 0)
    catalog = pinned(settings, settings.followed)
    http = seam(settings, run_id)
    observations: list[Observation] = []
    try:
        upstream = upstream_of(name, settings, http, orders[0].day)
        for order in orders:
            subjects = [catalog[one] for one in order.subjects]
            try:
                observations += [one for one in past.ask(subjects, upstream, order.day) if isinstance(one, Observation)]
            except SourceError as error:
                observations += missing(subjects, past.metrics, order.day, error)
        return Collected(name, observations, http.spent.total())
    finally:
        http.client.close()
        if http.etags:
            http.etags.close()


def _present(settings: Settings, span: Span) -> set[tuple[str, str, datetime]]:
    if not settings.published.exists():
        return set()
    with open_reader(settings.published) as connection:
        found = rows(connection, "present_cells", first=span.first, last=span.last)
    return {(row["subject"], row["metric"], row["valid_at"]) for row in found}
