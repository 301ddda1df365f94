"""Holes: of which past cells a span has no answer though they can be had, and what was said of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from catalog.metric import METRICS
from catalog.past import WAYS
from catalog.subject import Subject
from collectors.past import Lacking
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.chosen import chosen_sources
from flows.stages.reading import reading
from flows.stages.spans import Span, days_between
from warehouse.gaps import Expected, lacking
from warehouse.query import rows


def holes(settings: Settings, span: Span, subject_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return per subject and metric how many days of a span lack an answer, how they can be had, and what was said."""
    catalog = settings.followed.only(subject_ids)
    cells = lacking_cells(settings, span, catalog.subjects, [*chosen_sources([]), "import"])
    ways = {metric: way for way in WAYS for metric in way.metrics}
    reasons: dict[tuple[str, str], str] = {}
    if settings.published.exists():
        with reading(settings) as connection:
            told = rows(connection, "holes", first=span.first, last=span.last)
            reasons = {(row["subject"], row["metric"]): row["reason"] for row in told}
    return [
        {
            "subject": subject,
            "metric": metric,
            "source": ways[metric].source,
            "reason": reasons.get((subject, metric), "not asked"),
            "valid_at": max(days),
            "is_recoverable": True,
            "past": ways[metric].how,
            "days": len(days),
            "first": min(days),
        }
        for (subject, metric), days in cells.items()
    ]


def lacking_cells(settings: Settings, span: Span, subjects: Sequence[Subject], names: Sequence[str]) -> Lacking:
    """Return the days of a span of which nothing is known, by subject and metric, where the sources can tell them."""
    created = _created(settings)
    expected = [
        Expected(subject.id, metric, *part)
        for way in WAYS
        if way.source in names
        for subject in subjects
        if subject.answers_to(way.source)
        if (part := way.span(span.first.date(), span.last.date(), utc_now().date(), created.get(subject.id)))
        for metric in way.metrics
        if not METRICS[metric].yearly
    ]
    if not settings.published.exists():
        return {(one.subject, one.metric): days_between(one.first, one.last, "day") for one in expected}
    with reading(settings) as connection:
        return lacking(connection, expected)


def _created(settings: Settings) -> dict[str, date]:
    """Return the day on which each repository begins, where its star history has told it."""
    if not settings.published.exists():
        return {}
    with reading(settings) as connection:
        return {row["subject"]: row["created_on"] for row in rows(connection, "created_on")}
