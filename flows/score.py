"""Score days from what is stored, keep the scores, and prove the kept ones; never fetches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from catalog.errors import InputError
from flows.clock import end_of_today, midnight, utc_now
from flows.settings import Settings
from scoring.rubric import DEFAULT, Rubric, available, load
from scoring.score import Scored, score
from scoring.verify import differences
from warehouse.connection import bring_up_to_date, open_reader, open_writer
from warehouse.query import rows
from warehouse.scores import evidence, record, stored_scores, subjects_known, use_rubric

STEPS = ("day", "week", "month")


@dataclass(frozen=True)
class Kept:
    """What a scoring run found and how much of it was new."""

    scored: Scored
    names: dict[str, str]
    known_at: datetime
    new: int


def score_days(
    settings: Settings, days: Sequence[datetime], rubric_id: str = DEFAULT, known_at: datetime | None = None
) -> Kept:
    """Score every subject on the given days in one pass and keep what is new."""
    rubric = load(rubric_id)
    ensure_standing(settings)
    with open_writer(settings.published, utc_now()) as connection:
        newest = rows(connection, "newest_knowledge")[0]["known_at"]
        moment = known_at or max(utc_now(), newest)
        scored, names = _score(connection, days, rubric, moment)
        run_id = f"{moment:%Y%m%dT%H%M%S}-score"
        use_rubric(connection, rubric.id, rubric.sha256, moment, is_default=rubric.id == DEFAULT)
        stamp = {"known_at": moment, "run_id": run_id}
        new = record(connection, scored.scores, scored.dimensions, scored.contributions, stamp)
    return Kept(scored, names, moment, new)


@dataclass(frozen=True)
class Peek:
    """A score that was only looked at: nothing of it was stored."""

    scored: Scored
    names: dict[str, str]


def peek(settings: Settings, as_of: datetime, rubric_id: str = DEFAULT) -> Peek:
    """Score one day from the published warehouse with all that is known; store nothing."""
    rubric = load(rubric_id)
    ensure_standing(settings)
    with open_reader(settings.published) as connection:
        newest = rows(connection, "newest_knowledge")[0]["known_at"]
        return Peek(*_score(connection, [as_of], rubric, newest))


def verify_scores(settings: Settings) -> tuple[int, pl.DataFrame]:
    """Recompute every stored score from stored inputs; give how many there are, and every difference."""
    with open_reader(settings.published) as connection:
        stored = stored_scores(connection)
        again = []
        for (known_at, rubric_id), group in stored.group_by("known_at", "rubric", maintain_order=True):
            if rubric_id not in available():
                raise InputError(f"scores were made with rubric {rubric_id!r}, which this version does not have")
            days = group["as_of"].unique().sort().to_list()
            scored, _ = _score(connection, days, load(str(rubric_id)), known_at)
            again.append(scored.scores.with_columns(known_at=pl.lit(known_at)))
    return stored.height, differences(stored, pl.concat(again) if again else stored)


def leaderboard(scores: pl.DataFrame, names: dict[str, str]) -> list[dict[str, Any]]:
    """Give score rows with names, best first; those without a score by coverage."""
    ranked = scores.sort("speed_score", "coverage", descending=True, nulls_last=True)
    return [{**row, "name": names.get(row["subject"], row["subject"])} for row in ranked.to_dicts()]


def ensure_standing(settings: Settings) -> None:
    """Land what ships with the package where nothing has landed yet; bring up to date what an older version wrote."""
    bring_up_to_date(settings.published, utc_now())
    if not settings.published.exists():
        from flows.land import begin, land_observations

        land_observations(settings, [], begin("shipped"))


def missing_months(settings: Settings, rubric_id: str = DEFAULT) -> list[datetime]:
    """Give the first of each month since the oldest value that has no score yet: each closes the month before it."""
    with open_reader(settings.published) as connection:
        oldest = rows(connection, "oldest_value")[0]["valid_at"]
        done = {row["as_of"] for row in rows(connection, "scored_months", rubric=rubric_id)}
    if oldest is None:
        return []
    months = days_between(oldest.date().replace(day=1), utc_now().date(), "month")[1:]
    return [month for month in months if month not in done]


def days_between(first: date, last: date, every: str) -> list[datetime]:
    """Give the days from first to last, a step apart; months keep the day of the month of `first`."""
    if every not in STEPS:
        raise InputError(f"--every {every!r}: choose {', '.join(STEPS)}")
    if last < first:
        raise InputError(f"--from {first} lies after --to {last}; turn them round")
    step = {"day": "1d", "week": "1w", "month": "1mo"}[every]
    return pl.datetime_range(midnight(first), midnight(last), step, eager=True).to_list()


def default_days() -> list[datetime]:
    """Give the one day that a plain `score` is about: everything up to the end of today."""
    return [end_of_today()]


def _score(
    connection: duckdb.DuckDBPyConnection, days: Sequence[datetime], rubric: Rubric, known_at: datetime
) -> tuple[Scored, dict[str, str]]:
    subjects = subjects_known(connection, known_at)
    found = evidence(connection, rubric.frame(), known_at, max(days))
    grid = pl.DataFrame({"as_of": sorted(set(days))}, schema={"as_of": pl.Datetime("us")})
    return score(found, subjects, grid, rubric), dict(subjects.select("subject", "name").iter_rows())
