"""Prove the kept scores: make each again from what was known then."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import duckdb
import polars as pl

from catalog.errors import InputError
from flows.settings import Settings
from flows.stages.reading import reading
from scoring.days import scored_days
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import Scored, score
from scoring.verify import KEY, differences, lost, part_differences, repeated, to_prove
from warehouse.errors import WarehouseError
from warehouse.newest import odd_newest
from warehouse.scores import (
    PARTS,
    drawn_days,
    evidence,
    evidence_since,
    rubric_text,
    scoreless_parts,
    stored_draws,
    stored_parts,
    stored_scores,
    subjects_known,
)

MADE = ["known_at", "rubric", "as_of"]
SCORES_AT_ONCE = 5_000
"""A score has some fifty contributions, which are compared in memory."""
CASES_DRAWN = 300
"""How many scores are drawn again, where not all are: about three seconds."""
Tables = dict[str, pl.DataFrame]
Inputs = Callable[..., pl.DataFrame]
"""Reads what was known of some metrics at `known_at`, of days `since` one and `before` another."""


@dataclass(frozen=True)
class Verified:
    """How many scores are kept and confirmed, of how many drawn days the draws, and every difference."""

    scores: int
    confirmed: int
    drawn: int
    drawn_again: int
    differences: pl.DataFrame


def verify_scores(settings: Settings, cases: int | None = CASES_DRAWN) -> Verified:
    """Recompute every stored score from stored inputs, and draw about so many `cases` again, or all; tell differences.

    What is kept behind a score, its dimensions and contributions, is made again with it. Draws must be as they were
    kept; those that are not, the newest, and as many others as there are cases for, are drawn again. The newest words
    that are kept of each series must be the newest that was said.
    """
    with reading(settings) as connection:
        stored, drawn, parts = stored_scores(connection), drawn_days(connection), scoreless_parts(connection)
        newest = odd_newest(connection)
        proved = to_prove(drawn, cases).select(MADE)
        kept = {name: rows.join(proved, on=MADE, how="semi") for name, rows in stored_draws(connection).items()}
        days = pl.concat([stored.select(MADE), proved]).unique().sort(MADE)
        _refuse_other_texts(connection, sorted(set(days["rubric"])))
        both = {"score": stored, **kept}
        again, behind = _made_again(connection, _inputs(connection, newest), days, proved, both)
    found = [differences(both, again), lost(kept, again), repeated(both), parts, *behind, newest]
    every = pl.concat(found).sort(*KEY, "column")
    confirmed = stored.join(every, on=KEY, how="anti").height
    return Verified(stored.height, confirmed, drawn.height, proved.height, every)


def _inputs(connection: duckdb.DuckDBPyConnection, newest: pl.DataFrame) -> Inputs:
    """Return how to read what was known: where the newest words are proved, what may still be fresh; else all of it."""
    if newest.is_empty():
        return partial(evidence_since, connection)
    return lambda metrics, known_at, before, since: evidence(connection, metrics, known_at, before)  # noqa: ARG005


def _refuse_other_texts(connection: duckdb.DuckDBPyConnection, rubrics: list[str]) -> None:
    """Refuse scores of a rubric that is not here, or whose text is not the one that made them."""
    for one in rubrics:
        if one not in available():
            raise InputError(f"scores were made with rubric {one!r}, which this version does not have")
        if rubric_text(connection, one) != load(one).sha256:
            raise WarehouseError(
                f"the text of rubric {one} is not the one that the warehouse names for its scores: nothing was "
                "compared; verify with the version of speedscore that made them, or bring back a backup"
            )


def _made_again(
    connection: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    days: pl.DataFrame,
    proved: pl.DataFrame,
    both: Mapping[str, pl.DataFrame],
) -> tuple[Tables, list[pl.DataFrame]]:
    """Return what is known makes of the days, and of those that are proved also their draws; columns as in `both`.

    With it, what is kept behind the scores and differs: that is too much to be held until the end.
    """
    again, behind = dict[str, list[pl.DataFrame]](), list[pl.DataFrame]()
    for (known_at,), asked in days.group_by("known_at", maintain_order=True):
        told = proved.filter(known_at=known_at).select("rubric", "as_of")
        scores = both["score"].filter(known_at=known_at).select(KEY)
        subjects = subjects_known(connection, known_at)
        for found in _made_then(partial(inputs, known_at=known_at), subjects, asked, told):
            made = {name: frame.with_columns(known_at=pl.lit(known_at)) for name, frame in found.items()}
            behind.append(_behind(connection, made, scores))
            for name in made.keys() & both.keys():
                again.setdefault(name, []).append(made[name])
    return {name: pl.concat(again[name]) if name in again else rows.clear() for name, rows in both.items()}, behind


def _behind(connection: duckdb.DuckDBPyConnection, made: Tables, scores: pl.DataFrame) -> pl.DataFrame:
    """Return what is kept behind the stored ones among the scores that were made, and differs."""
    told = made["score"].select(KEY).join(scores, on=KEY, how="semi")
    if told.is_empty():
        return part_differences({}, {})
    known_at, rubric, *_ = told.row(0)
    kept = stored_parts(
        connection, known_at, rubric, *told.select(a=pl.col("as_of").min(), z=pl.col("as_of").max()).row(0)
    )
    again = {name: made[name].join(told, on=KEY, how="semi", maintain_order="left") for name in PARTS}
    return part_differences(
        {name: rows.join(told, on=KEY, how="semi", maintain_order="left") for name, rows in kept.items()}, again
    )


def _made_then(inputs: Inputs, subjects: pl.DataFrame, asked: pl.DataFrame, drawn: pl.DataFrame) -> Iterator[Tables]:
    """Yield what was known then makes of the days of each rubric; what was known is read once for all rubrics."""
    rubrics = [load(one) for one in asked["rubric"].unique(maintain_order=True)]
    metrics = sorted({metric for one in rubrics for metric in one.metrics()})
    known = inputs(metrics, before=max(asked["as_of"]), since=min(asked["as_of"]))
    for rubric in rubrics:
        days = asked.filter(rubric=rubric.id).select("as_of")
        own = known.filter(pl.col("metric").is_in(rubric.metrics()) & (pl.col("valid_at") < max(days["as_of"])))
        is_drawn = pl.col("as_of").is_in(drawn.filter(rubric=rubric.id)["as_of"].implode())
        yield from _scores_of(own, subjects, days.filter(~is_drawn), rubric)
        yield from _draws_of(own, subjects, days.filter(is_drawn)["as_of"].to_list(), rubric)


def _scores_of(known: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> Iterator[Tables]:
    for some in days.sort("as_of").iter_slices(max(1, SCORES_AT_ONCE // subjects.height)):
        yield _with_parts(score(known, subjects, some, rubric))


def _draws_of(known: pl.DataFrame, subjects: pl.DataFrame, days: list[datetime], rubric: Rubric) -> Iterator[Tables]:
    for day in days:
        seen = scored_days(known, subjects, [day], [day], rubric)
        yield _with_parts(seen.scored) | {
            "score_interval": seen.drawn.intervals,
            "dimension_interval": seen.drawn.dimensions,
            "rank_probability": seen.drawn.ranks,
        }


def _with_parts(made: Scored) -> Tables:
    return {"score": made.scores, "dimension_score": made.dimensions, "contribution": made.contributions}
