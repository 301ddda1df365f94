"""Make a day of its hours: counts per subject, each event once, and what they may be taken for. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from catalog.gharchive import HOURS, is_lossy
from catalog.observation import Observation, Reason
from collectors.gharchive.event import COUNTS, TRIMMED, UNTOLD, Event, Wanted
from collectors.gharchive.source import METRICS, HourRead

Row = Mapping[str, Any]


def tally(day: date, hours: Sequence[HourRead], wanted: Wanted) -> list[dict[str, Any]]:
    """Return a row per subject, by its id: what was counted in the hours that were read whole, and in how many."""
    read = [hour for hour in hours if hour.state == "read"]
    once = {event.id: event for hour in read for event in hour.events}.values()
    counts = Counter((event.subject, event.kind) for event in once)
    numbers = {subject: number for number, subject in wanted.ids.items()}
    about = {
        "hours_read": len(read),
        "hours_missing": HOURS - len(read),
        "lines_unreadable": sum(hour.unreadable for hour in read),
        "coverage": _coverage(day, len(read)),
    }
    return [
        {
            "subject": subject,
            "day": day,
            "repository_id": numbers.get(subject, _seen(once, subject)),
            **{kind: counts[subject, kind] for kind in (*COUNTS, UNTOLD, TRIMMED)},
            "pushes": counts[subject, "pushes"] + counts[subject, TRIMMED],
            **about,
        }
        for subject in sorted(set(wanted.names.values()))
    ]


def _coverage(day: date, hours_read: int) -> str:
    """Say what the counts may be taken for: whole, a part of the hours, or hours that lack events."""
    if is_lossy(day):
        return "lossy"
    return "whole" if hours_read == HOURS else "incomplete"


def _seen(events: Any, subject: str) -> int | None:
    seen = Counter(event.repository_id for event in events if _is_of(event, subject))
    return seen.most_common(1)[0][0] if seen else None


def _is_of(event: Event, subject: str) -> bool:
    return event.subject == subject and event.repository_id is not None


def observations(row: Row, sha256: str, url: str | None) -> Iterator[Observation]:
    """Yield the observations of a row: counts of a whole day, between what is sure and what unreadable lines may hide.

    A day that is not whole is missing, never low; `n` is the number of hours that were read.
    """
    at = datetime.combine(row["day"], datetime.min.time())
    for metric, kind in zip(METRICS, COUNTS, strict=True):
        more = {"method": "archived", "n": row["hours_read"], "raw_sha256": sha256, "url": url}
        if row["coverage"] != "whole":
            yield metric.missing(row["subject"], at, Reason.INCOMPLETE, **more)
        elif kind.startswith("issues") and row[UNTOLD]:
            yield metric.missing(row["subject"], at, Reason.SCHEMA_CHANGED, **more)
        else:
            value, unreadable = row[kind], row["lines_unreadable"]
            bounds = {"lo": float(value), "hi": float(value + unreadable)} if unreadable else {}
            yield metric.of(row["subject"], at, value, **more, **bounds)
