"""Backfill: which past cells are lacking and can still be had, by which steps, and what they cost. Asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.past import ways_of
from collectors.past import Lacking, Step
from collectors.source import sources
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.archive_days import ARCHIVE, priced
from flows.stages.asked import Asked
from flows.stages.chosen import chosen_sources
from flows.stages.holes import lacking_cells
from flows.stages.memory import memory
from flows.stages.pinned import pinned
from flows.stages.spans import Span


@dataclass(frozen=True)
class Plan:
    """The steps of each source, in the order in which they are asked, and the cells that lack an answer."""

    span: Span
    lacking: Lacking
    steps: Mapping[str, Sequence[Step]]

    def table(self) -> list[dict[str, Any]]:
        """Return one row per source and kind of step: subjects, days, calls, bytes and time, at most."""
        kinds = dict.fromkeys((step.source, step.name) for steps in self.steps.values() for step in steps)
        return [self._row(source, name) for source, name in kinds]

    def _row(self, source: str, name: str) -> dict[str, Any]:
        steps = [step for step in self.steps[source] if step.name == name]
        days = {day for step in steps for day in step.days}
        calls = [step.calls for step in steps]
        known = None if None in calls else sum(filter(None, calls))
        sizes = [step.size_bytes for step in steps]
        way = next((way for way in ways_of(source) if way.step == name), ways_of(source)[0])
        return {
            "source": source,
            "step": name,
            "how": way.how,
            "subjects": len({one.id for step in steps for one in step.subjects}),
            "days": len(days),
            "first": min(days, default=None),
            "last": max(days, default=None),
            "resource": steps[0].resource,
            "calls": known,
            "megabytes": None if known is None else round(_size(known, sizes, way.bytes_a_call) / 1e6, 1),
            "about_seconds": None if known is None else round(known * way.seconds_a_call),
        }

    def within(self, calls: int) -> "Plan":
        """Return the part that takes at most so many calls in all; a step of unknown size is left out."""
        left, chosen = calls, dict[str, list[Step]]()
        for name, steps in self.steps.items():
            chosen[name] = []
            for step in steps:
                if part := step.within(left):
                    chosen[name].append(part)
                    left -= part.calls or 0
        return Plan(self.span, self.lacking, chosen)


def _size(calls: int, sizes: Sequence[int | None], bytes_a_call: int) -> int:
    """Return about how much comes: as the steps say, else by the call."""
    told = [size for size in sizes if size is not None]
    return sum(told) if len(told) == len(sizes) else calls * bytes_a_call


def plan(
    settings: Settings, span: Span, subject_ids: Sequence[str], names: Sequence[str], asked: Asked | None = None
) -> Plan:
    """Return the steps that would bring the days that are lacking, but for those `asked` lately; asks nobody."""
    span.forwards()
    catalog = pinned(settings, settings.followed.only(subject_ids))
    cells = lacking_cells(settings, span, catalog.subjects, chosen_sources(names))
    left = _unasked(cells, asked or {})
    known, now = memory(settings, utc_now(), span.first), utc_now()
    steps: dict[str, list[Step]] = {}
    for name in chosen_sources(names):
        past = sources()[name].past
        if past is not None:
            whom = [subject for subject in catalog.subjects if subject.answers_to(name)]
            metrics = {metric for way in ways_of(name) for metric in way.metrics}
            own = {key: days for key, days in left.items() if key[1] in metrics}
            steps[name] = list(past.steps(whom, own, known, now))
    if ARCHIVE in steps:
        steps[ARCHIVE] = [one for step in steps[ARCHIVE] if (one := priced(settings, step)).days]
    return Plan(span, cells, steps)


def _unasked(cells: Lacking, asked: Asked) -> Lacking:
    """Return the cells without those that were asked for lately."""
    left = {key: [day for day in days if day not in asked.get(key, ())] for key, days in cells.items()}
    return {key: days for key, days in left.items() if days}
