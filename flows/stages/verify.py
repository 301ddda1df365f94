"""Prove the kept scores: make each again from what was known then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from scoring.verify import KEY, differences, lost, to_prove
from warehouse.scores import drawn_days, evidence, stored_draws, stored_scores, subjects_known, unproved_parts

MADE = ["known_at", "rubric", "as_of"]
DAYS_AT_ONCE = 1_000
CASES_DRAWN = 300
"""How many scores are drawn again, where not all are: about three seconds."""
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Verified:
    """How many scores were made again, of how many drawn days the draws, and every difference."""

    scores: int
    drawn: int
    drawn_again: int
    differences: pl.DataFrame


def verify_scores(settings: Settings, cases: int | None = CASES_DRAWN) -> Verified:
    """Recompute every stored score from stored inputs, and draw about so many `cases` again, or all; tell differences.

    What is kept behind a score is held against it: points must sum to it, dimensions be those that it names. Draws must
    be as they were kept; those that are not, the newest, and as many others as there are cases for, are drawn again.
    """
    with reading(settings) as connection:
        stored, drawn, parts = stored_scores(connection), drawn_days(connection), unproved_parts(connection)
        proved = to_prove(drawn, cases).select(MADE)
        kept = {name: rows.join(proved, on=MADE, how="semi") for name, rows in stored_draws(connection).items()}
        days = pl.concat([stored.select(MADE), proved]).unique().sort(MADE)
        unknown = set(days["rubric"]) - set(available())
        if unknown:
            raise InputError(f"scores were made with rubric {min(unknown)!r}, which this version does not have")
        again = _made_again(connection, days, proved, {"score": stored, **kept})
    found = [differences({"score": stored, **kept}, again), lost(kept, again), parts]
    return Verified(stored.height, drawn.height, proved.height, pl.concat(found).sort(*KEY, "column"))


def _made_again(
    connection: duckdb.DuckDBPyConnection, days: pl.DataFrame, proved: pl.DataFrame, both: Mapping[str, pl.DataFrame]
) -> Tables:
    """Return what is known makes of the days, and of those that are proved also their draws; columns as in `both`."""
    again = dict[str, list[pl.DataFrame]]()
    for (known_at,), asked in days.group_by("known_at", maintain_order=True):
        told = proved.filter(known_at=known_at).select("rubric", "as_of")
        for found in _made_then(connection, known_at, asked, told):
            for name, frame in found.items():
                again.setdefault(name, []).append(frame.with_columns(known_at=pl.lit(known_at)))
    return {name: pl.concat(again[name]) if name in again else rows.clear() for name, rows in both.items()}


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
