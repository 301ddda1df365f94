"""Prove the kept scores: make each again from what was known then."""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import polars as pl

from catalog.errors import InputError
from flows.settings import Settings
from flows.stages.reading import reading
from scoring.days import scored_days
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import scores_alone
from scoring.verify import KEY, differences
from warehouse.scores import evidence, stored_draws, stored_scores, subjects_known, unproved_parts

MADE = ["known_at", "rubric", "as_of"]
DAYS_AT_ONCE = 1_000
Tables = dict[str, pl.DataFrame]


def verify_scores(settings: Settings) -> tuple[int, pl.DataFrame]:
    """Recompute every stored score and interval from stored inputs; give how many scores, and every difference.

    What is kept behind a score is held against it: points must sum to it, dimensions be those that it names.
    """
    with reading(settings) as connection:
        stored, drawn, parts = stored_scores(connection), stored_draws(connection), unproved_parts(connection)
        days = pl.concat([stored.select(MADE), drawn["score_interval"].select(MADE)]).unique().sort(MADE)
        unknown = set(days["rubric"]) - set(available())
        if unknown:
            raise InputError(f"scores were made with rubric {min(unknown)!r}, which this version does not have")
        both, again = {"score": stored, **drawn}, dict[str, list[pl.DataFrame]]()
        for (known_at,), asked in days.group_by("known_at", maintain_order=True):
            told = drawn["score_interval"].filter(known_at=known_at).select("rubric", "as_of").unique()
            for found in _made_then(connection, known_at, asked, told):
                for name, frame in found.items():
                    again.setdefault(name, []).append(frame.with_columns(known_at=pl.lit(known_at)))
    whole = {name: pl.concat(again[name]) if name in again else rows.clear() for name, rows in both.items()}
    return stored.height, pl.concat([differences(both, whole), parts]).sort(*KEY, "column")


def _made_then(
    connection: duckdb.DuckDBPyConnection, known_at: datetime, asked: pl.DataFrame, drawn: pl.DataFrame
) -> Iterator[Tables]:
    """Yield what was known then makes of the days of each rubric; what was known is read once for all rubrics."""
    rubrics = [load(one) for one in asked["rubric"].unique(maintain_order=True)]
    metrics = sorted({metric for one in rubrics for metric in one.metrics()})
    known = evidence(connection, metrics, known_at, max(asked["as_of"]))
    subjects = subjects_known(connection, known_at)
    for rubric in rubrics:
        days = asked.filter(rubric=rubric.id).select("as_of")
        own = known.filter(pl.col("metric").is_in(rubric.metrics()) & (pl.col("valid_at") < max(days["as_of"])))
        is_drawn = pl.col("as_of").is_in(drawn.filter(rubric=rubric.id)["as_of"].implode())
        yield from _scores_of(own, subjects, days.filter(~is_drawn), rubric)
        yield from _draws_of(own, subjects, days.filter(is_drawn)["as_of"].to_list(), rubric)


def _scores_of(known: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> Iterator[Tables]:
    for some in days.sort("as_of").iter_slices(DAYS_AT_ONCE):
        yield {"score": scores_alone(known, subjects, some, rubric)}


def _draws_of(known: pl.DataFrame, subjects: pl.DataFrame, days: list[datetime], rubric: Rubric) -> Iterator[Tables]:
    for day in days:
        seen = scored_days(known, subjects, [day], [day], rubric)
        yield {
            "score": seen.scored.scores,
            "score_interval": seen.drawn.intervals,
            "dimension_interval": seen.drawn.dimensions,
            "rank_probability": seen.drawn.ranks,
        }
