"""Score days from what is stored and keep the scores; never fetches."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import duckdb
import polars as pl
from duckdb import OutOfMemoryException

from catalog.span import Span
from catalog.wording import in_percent
from flows.clock import end_of_today, utc_now
from flows.settings import Settings
from flows.stages.months import Months, months_to_score
from flows.stages.reading import reading
from flows.stages.unended import UNSCORED, await_site, unended
from scoring.blocks import Evidence, blocks_of, spans_of
from scoring.days import ScoredDays, scored_days
from scoring.forecast import DIMENSION, falls
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.rubric_files import available, default_on, load
from scoring.scored_parts import KeptScores, Part, parts_of_some, scored_parts, with_ends
from warehouse.config import Config, let_go, work_in
from warehouse.connection import open_writer
from warehouse.query import rows
from warehouse.scores import (
    UsedRubric,
    evidence_since,
    record,
    subjects_known,
    use_rubric,
)

log = logging.getLogger(__name__)
RECORDING: Config = {"memory_limit": "32MB", "threads": 1}
"""For scores that wait for the end of their transaction: beyond this they wait on disk."""
RECORDING_MUCH: Config = {"memory_limit": "2GB"}


@dataclass(frozen=True)
class ScoringResult:
    """What a scoring run found under the rubric asked for, else that of each day; and how much of all was new."""

    scores: pl.DataFrame
    names: dict[str, str]
    known_at: datetime
    total: int
    new: int


def score_days(
    settings: Settings, days: Sequence[datetime], rubric_id: str | None = None, known_at: datetime | None = None
) -> ScoringResult:
    """Score every subject on the given days under one rubric, or under every one, and keep what is new."""
    return score_asked(settings, dict.fromkeys([rubric_id] if rubric_id else available(), days), known_at)


def score_night(settings: Settings, days: Sequence[datetime]) -> ScoringResult:
    """Score the days, and every month of history that has no score or of which more is known since, under every rubric.

    The latter are scored anew of those alone of whom more is known. Where the draws of such a month are stored and an
    older score of it has moved, everybody is drawn anew.
    """
    land_shipped_once(settings)
    months = months_to_score(settings)
    return score_asked(settings, {one: [*days, *some] for one, some in months.first.items()}, months=months)


def score_asked(
    settings: Settings,
    asked: Mapping[str, Sequence[datetime]],
    known_at: datetime | None = None,
    drawn: Mapping[str, Sequence[datetime]] | None = None,
    months: Months | None = None,
) -> ScoringResult:
    """Score each rubric's days in one pass and keep what is new, of all rubrics together or nothing.

    The uncertainty is drawn of the newest day of each rubric, or of its `drawn` days. Of `months` those are scored as
    well of which more is known.
    """
    rubrics = [load(one) for one in asked]
    metrics = sorted({name for one in rubrics for name in one.metrics()})
    days = [day for some in (asked, months.again if months else {}) for one in some.values() for day in one]
    since, before = min(days), max(days)
    land_shipped_once(settings)
    is_of_tonight = known_at is None and available()[-1] in asked and before >= end_of_today()
    waiting = unended(settings, UNSCORED) if is_of_tonight else []
    with open_writer(settings.published, utc_now()) as connection:
        moment = known_at or max(utc_now(), rows(connection, "newest_knowledge")[0]["known_at"])
        run_id = f"{moment:%Y%m%dT%H%M%S}-score"
        subjects = subjects_known(connection, moment)
        known = Evidence.read(subjects, partial(evidence_since, connection, metrics, moment, before, since))
        for rubric in rubrics:
            is_default = rubric.id == available()[-1]
            use_rubric(connection, UsedRubric(rubric.id, rubric.sha256, rubric.base_date, is_default), moment)

        def made() -> Iterator[Part]:
            for rubric in rubrics:
                wanted = [max(asked[rubric.id])] if drawn is None else drawn.get(rubric.id, [])
                yield from scored_parts(known, subjects, asked[rubric.id], wanted, rubric)
                if months:
                    yield from _again(connection, months, known, subjects, rubric, run_id)

        kept = _recorded(connection, made, None if len(rubrics) == 1 else _is_default, moment, run_id)
        if months:
            months.keep_seen(connection)
    await_site(settings, waiting)
    names = dict(subjects.select("subject", "name").iter_rows())
    return ScoringResult(kept.scores(), names, moment, kept.total, kept.new)


def _again(  # noqa: PLR0913, PLR0917 - what is known of whom, and where its scores are kept
    connection: duckdb.DuckDBPyConnection,
    months: Months,
    known: Evidence,
    subjects: pl.DataFrame,
    rubric: Rubric,
    run_id: str,
) -> Iterator[Part]:
    """Score months anew of those of whom more is known; then draw everybody anew where a score moved that was drawn."""
    some = subjects.filter(pl.col("subject").is_in(list(months.who)))
    if some.is_empty() or not months.again[rubric.id]:
        return
    yield from parts_of_some(known, subjects, some, months.again[rubric.id], rubric)
    moved = [row["as_of"] for row in rows(connection, "drawn_days_moved", rubric=rubric.id, run_id=run_id)]
    if days := sorted(set(moved) & set(months.again[rubric.id])):
        yield from scored_parts(known, subjects, days, days, rubric)


def _recorded(
    connection: duckdb.DuckDBPyConnection,
    made: Callable[[], Iterator[Part]],
    is_shown: Callable[[pl.DataFrame], pl.Series] | None,
    moment: datetime,
    run_id: str,
) -> KeptScores:
    """Keep what is made, in little memory; what does not fit has kept nothing, and is made anew with more."""

    def within(config: Config) -> KeptScores:
        keep = KeptScores(is_shown)
        let_go(connection)
        work_in(connection, config)
        keep.new = record(connection, keep.seeing(made()), moment, run_id)
        return keep

    try:
        return within(RECORDING)
    except OutOfMemoryException:
        log.info("%s does not fit into little memory; its scores are kept with more", run_id)
        return within(RECORDING_MUCH)


def with_interval(seen: ScoredDays) -> pl.DataFrame:
    """Return the scores with the ends of their 5-95 % intervals (p5, p95); null on days that were not drawn."""
    return with_ends(seen.scored.scores, seen.drawn.intervals)


def score_day(
    settings: Settings, as_of: datetime, rubric_id: str | None = None, some: Collection[str] | None = None
) -> ScoredDays:
    """Score one day from the published warehouse with all that is known; store nothing. `some`: see compute_scores."""
    rubric = load(rubric_id or default_on(as_of))
    with knowing(settings) as (connection, known_at):
        return compute_scores(connection, [as_of], rubric, known_at, some=some)


def leaderboard(scores: pl.DataFrame, names: dict[str, str]) -> list[dict[str, Any]]:
    """Return score rows with names, best first; those without a score by coverage."""
    ranked = scores.sort("speed_score", "coverage", descending=True, nulls_last=True)
    return [{**row, "name": names.get(row["subject"], row["subject"])} for row in ranked.to_dicts()]


def as_said(row: Mapping[str, Any], may_rise: Collection[str] = ()) -> dict[str, Any]:
    """Return a score row for people: one decimal, the 5-95 % interval, and "at least" where something was not seen.

    `may_rise` names the dimensions of which something was not seen.
    """
    is_open = row["status"] == "provisional" and load(row["rubric"]).is_monotone
    said = {name: f"{row[name]:.1f}" for name in ("speed_score", *DIMENSIONS) if row.get(name) is not None}
    for name in (*("speed_score",) * is_open, *may_rise):
        said[name] = f"at least {said[name]}"
    interval = None if row.get("p5") is None else f"{row['p5']:.1f} to {row['p95']:.1f}"
    return {**row, **said, "interval": interval, "coverage": in_percent(row["coverage"])}


def falls_ahead(settings: Settings, as_of: datetime) -> list[dict[str, Any]]:
    """Return which dimension scores of a day are lost within a month if nothing more is learned."""
    rubric = load(default_on(as_of))
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        if known_at is None:
            return []
        return falls_of(connection, rubric, known_at, as_of)


def falls_of(
    connection: duckdb.DuckDBPyConnection, rubric: Rubric, known_at: datetime, as_of: datetime
) -> list[dict[str, Any]]:
    """Return subject, dimension and day (on) of the scores of `as_of` that are lost within a month."""
    subjects = subjects_known(connection, known_at)
    blocks = blocks_of(subjects) if rubric.is_monotone else [subjects.sort("subject")]
    read = partial(evidence_since, connection, rubric.metrics(), known_at, as_of, as_of)
    found = [falls(read(span), who, as_of, rubric) for who, span in zip(blocks, spans_of(blocks), strict=True)]
    return pl.concat(found).sort("on", *DIMENSION).to_dicts()


def land_shipped_once(settings: Settings) -> None:
    """Land what ships with the package where nothing has landed yet."""
    with knowing(settings):
        pass


@contextmanager
def knowing(settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, datetime]]:
    """Open the published file, with the newest moment that it knows; what ships lands first where nothing has."""
    if settings.published.exists():
        with reading(settings) as connection:
            if known_at := _newest(connection):
                yield connection, known_at
                return
    from flows.stages.land import land_observations, start_run

    land_observations(settings, [], start_run("shipped"))
    with reading(settings) as connection:
        yield connection, rows(connection, "newest_knowledge")[0]["known_at"]


def _newest(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    found: datetime | None = rows(connection, "newest_knowledge")[0]["known_at"]
    return found


def default_days() -> list[datetime]:
    """Return the one day that a plain `score` is about: everything up to the end of today."""
    return [end_of_today()]


def compute_scores(
    connection: duckdb.DuckDBPyConnection,
    days: Sequence[datetime],
    rubric: Rubric,
    known_at: datetime,
    some: Collection[str] | None = None,
) -> ScoredDays:
    """Score the days from what was known then; draw the uncertainty of the newest of them.

    Where `some` subjects alone are asked for, the others are looked at only under rubrics whose scores lean on peers.
    """
    subjects, span = subjects_known(connection, known_at), Span()
    if some and rubric.is_monotone:
        subjects, span = subjects.filter(pl.col("subject").is_in(list(some))), Span.around(some)
    found = evidence_since(connection, rubric.metrics(), known_at, max(days), min(days), span)
    own = found.join(subjects, on="subject", how="semi", maintain_order="left")
    return scored_days(own, subjects, sorted(set(days)), [max(days)], rubric)


def _is_default(scores: pl.DataFrame) -> pl.Series:
    """Return which rows are judged by the rubric of their day."""
    own = {as_of: default_on(as_of) for as_of in scores["as_of"].unique()}
    return scores["rubric"] == pl.Series([own[as_of] for as_of in scores["as_of"]], dtype=pl.String)
