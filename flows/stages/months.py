"""The months of history that a night scores: those without a score, and those of which more is known since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from catalog.moments import EPOCH
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.spans import days_between
from scoring.rubric_files import available, load
from warehouse.connection import whole
from warehouse.query import rows, statement

Days = Mapping[str, Sequence[datetime]]


@dataclass(frozen=True)
class Months:
    """The months to score by rubric, those among them whose draws are stored, and up to what is known they are told."""

    days: Days
    drawn: Days
    known_at: datetime | None

    def keep_seen(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Note that the months are scored with what was known."""
        if self.known_at:
            with whole(connection):
                connection.execute(statement("forget_months_scored"))
                connection.execute(statement("note_months_scored"), {"known_at": self.known_at})


def months_to_score(settings: Settings) -> Months:
    """Return by rubric the first of each month since the oldest value that needs a score: each closes the month before.

    It needs one where it has none, and where something was learned since that may make it another.
    """
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        months = _of_history(connection)
        scored = rows(connection, "month_starts_scored")
        since = _changed_since(connection, max(months)) if months and scored else None
    by_rubric: dict[str, dict[datetime, bool]] = {one: {} for one in available()}
    for row in scored:
        if row["rubric"] in by_rubric:
            by_rubric[row["rubric"]][row["as_of"]] = row["is_drawn"]
    days = {one: [day for day in months if day not in done or _is_after(day, since)] for one, done in by_rubric.items()}
    drawn = {one: [day for day in days[one] if done.get(day)] for one, done in by_rubric.items()}
    return Months(days, drawn, known_at)


def _of_history(connection: duckdb.DuckDBPyConnection) -> list[datetime]:
    oldest, today = rows(connection, "oldest_value")[0]["valid_at"], utc_now().date()
    if oldest is None or oldest.date() > today:
        return []
    return days_between(oldest.date().replace(day=1), today, "month")[1:]


def _changed_since(connection: duckdb.DuckDBPyConnection, newest: datetime) -> datetime | None:
    """Return after which moment scores up to the newest month may be others by what was learned since."""
    asked: dict[str, Any] = {
        "seen": rows(connection, "months_scored")[0]["known_at"] or EPOCH,
        "before": newest,
        "metrics": sorted({metric for one in available() for metric in load(one).metrics()}),
    }
    since: datetime | None = rows(connection, "learned_of_the_past", **asked)[0]["since"]
    return since


def _is_after(day: datetime, since: datetime | None) -> bool:
    return since is not None and day > since
