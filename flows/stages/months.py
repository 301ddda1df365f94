"""The months of history that a night scores: those without a score, and those of which more is known since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from catalog.moments import EPOCH
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.spans import days_between
from scoring.rubric_files import available, load
from warehouse.connection import whole
from warehouse.query import rows, statement
from warehouse.scores import subjects_known

Days = Mapping[str, Sequence[datetime]]


@dataclass(frozen=True)
class Months:
    """The months to score by rubric: those without a score (`first`), and those of which more is known (`again`).

    Of whom more is known `who` names; up to which knowledge the months are told by this, `known_at`.
    """

    first: Days
    again: Days
    who: Collection[str]
    known_at: datetime | None

    def keep_seen(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Note that the months are scored with what was known."""
        if self.known_at:
            with whole(connection):
                connection.execute(statement("forget_months_scored"))
                connection.execute(statement("note_months_scored"), {"known_at": self.known_at})


def months_to_score(settings: Settings) -> Months:
    """Return the first of each month since the oldest value that needs a score: each closes the month before.

    It needs one where it has none, and where something was learned since that may make it another.
    """
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        months = _of_history(connection)
        scored = rows(connection, "month_starts_scored")
        touched = _learned(connection, known_at, max(months)) if months and scored else {}
    done = {one: {row["as_of"] for row in scored if row["rubric"] == one} for one in available()}
    since = min(touched.values(), default=None)
    return Months(
        first={one: [day for day in months if day not in seen] for one, seen in done.items()},
        again={one: [day for day in months if day in seen and since and day > since] for one, seen in done.items()},
        who=tuple(touched),
        known_at=known_at,
    )


def _of_history(connection: duckdb.DuckDBPyConnection) -> list[datetime]:
    oldest, today = rows(connection, "oldest_value")[0]["valid_at"], utc_now().date()
    if oldest is None or oldest.date() > today:
        return []
    return days_between(oldest.date().replace(day=1), today, "month")[1:]


def _learned(connection: duckdb.DuckDBPyConnection, known_at: datetime, newest: datetime) -> dict[str, datetime]:
    """Return by subject after which moment its scores up to the newest month may be others by what is known since.

    Where nobody has looked yet, they all may be.
    """
    seen = rows(connection, "months_scored")[0]["known_at"]
    if seen is None:
        return dict.fromkeys(subjects_known(connection, known_at)["subject"], EPOCH)
    metrics = sorted({metric for one in available() for metric in load(one).metrics()})
    learned = rows(connection, "learned_of_the_past", seen=seen, before=newest, metrics=metrics)
    return {row["subject"]: row["since"] for row in learned}
