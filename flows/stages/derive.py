"""Derive observations from finer facts that have just landed: rates from issues, shares from papers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from typing import Any

import duckdb
import polars as pl

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.observation import Observation
from catalog.past import WAYS
from catalog.rows import Rows
from catalog.subject import Subject
from scoring.derive.counted_states import Count, silences, states
from scoring.derive.first_answers import first_answers
from scoring.derive.issue_rates import FAR, Moving, moving, rates
from warehouse.archive_days import TABLES as ARCHIVED
from warehouse.archive_days import land_archive
from warehouse.daily_papers import land_papers, live_shares
from warehouse.frame import ARRIVED, frame
from warehouse.issues import (
    issue_frame,
    land_asked,
    land_checkpoints,
    land_issues,
    land_refetched,
    stored_closes,
    stored_issues,
)
from warehouse.land import NOTICED, Run, next_moment
from warehouse.query import rows, statement
from warehouse.questions import land_questions

Lacking = Mapping[tuple[str, str], Sequence[datetime]]

WALKED = "github.issues_walked"
ISSUE_METRICS = {metric for way in WAYS if way.step == "issues" for metric in way.metrics}
STAR_METRICS = {"github.stars", "github.stars_new_365d"}
DAYS_READ = "papers.days_read"


def issue_rates(
    connection: duckdb.DuckDBPyConnection, facts: Sequence[Rows], walked: list[str], run: Run
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Land the issues; give the rates of the subjects whose issues are known whole, and which of them are moving."""
    known_at = land_facts(connection, facts, run)
    issues = stored_issues(connection, known_at).filter(pl.col("subject").is_in(walked))
    closes, days = stored_closes(connection, known_at), [midnight(run.started_at.date())]
    return as_arrived(rates(issues, days, closes)), as_noticed(moving(issues, days, closes))


def land_facts(connection: duckdb.DuckDBPyConnection, facts: Sequence[Rows], run: Run) -> datetime:
    """Land issues, what was said of single ones, places of walks, and archived days; give when they are known."""
    known_at = next_moment(connection, run.finished_at)
    land_issues(connection, issue_frame(_rows(facts, "issue")), known_at, run.run_id)
    land_asked(connection, _rows(facts, "issue_asked"), known_at, run.run_id)
    land_checkpoints(connection, _rows(facts, "checkpoint"), known_at, run.run_id)
    land_refetched(connection, _rows(facts, "refetched"), known_at, run.run_id)
    for table in ARCHIVED:
        land_archive(connection, table, _rows(facts, table), known_at, run.run_id)
    return known_at


def past_issue_rates(connection: duckdb.DuckDBPyConnection, lacking: Lacking, run: Run) -> pl.DataFrame:
    """Give the rates of the lacking days before which a subject's issues are known whole, to be landed."""
    known_at = next_moment(connection, run.finished_at)
    walked = {row["subject"]: row["asked_at"] for row in rows(connection, "walked", before=known_at)}
    wanted: dict[str, set[datetime]] = {}
    for (subject, metric), days in lacking.items():
        if metric in ISSUE_METRICS and subject in walked:
            wanted.setdefault(subject, set()).update(day for day in days if day <= walked[subject])
    if not wanted:
        return frame([])
    closes, found = stored_closes(connection, known_at), [frame([])]
    issues = stored_issues(connection, known_at)
    for subject, chosen in wanted.items():
        found.append(as_arrived(rates(issues.filter(subject=subject), sorted(chosen), closes)))
    return pl.concat(found)


def past_stars(connection: duckdb.DuckDBPyConnection, lacking: Lacking, run: Run) -> None:
    """Derive counts of stars, and the stars of a year, for the lacking days."""
    days = [day for (_, metric), some in lacking.items() if metric in STAR_METRICS for day in some]
    subjects = sorted({subject for subject, metric in lacking if metric in STAR_METRICS})
    if not days:
        return
    told = {"known_at": next_moment(connection, run.finished_at), "run_id": run.run_id}
    span = {"subjects": subjects, "first": min(days), "last": max(days)}
    for name in ("derive_past_stars", "derive_past_new_stars"):
        connection.execute(statement(name), told | span)


def past_liveness(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give what series of counts of all commits tell of past days, to be landed; a series that did not grow is done."""
    counted = rows(connection, "commit_totals")
    found: list[Observation] = []
    for (subject, source), series in groupby(counted, key=lambda row: (row["subject"], row["source"])):
        some = list(series)
        counts = [Count(row["valid_at"], row["commits"], row["pushed_at"]) for row in some]
        recent = {row["valid_at"] for row in some if row["has_recent"]}
        found += states(subject, source, counts)
        found += [one for one in silences(subject, source, counts) if one.valid_at not in recent]
    return frame(found)


def _rows(facts: Sequence[Rows], table: str) -> Iterator[Mapping[str, Any]]:
    return chain.from_iterable(one.rows for one in facts if one.table == table)


def as_noticed(found: Sequence[Moving]) -> pl.DataFrame:
    """Give moving rates as events: what Kaplan-Meier says, and what the matured cohort would let expect."""
    events = [
        {
            "subject": one.subject,
            "metric": "github.issue_close_30d",
            "source": "github",
            "kind": "moving",
            "detail": f"rate is moving: {one.close:.3f} by Kaplan-Meier, {one.matured:.3f} of the matured issues,"
            f" over {FAR} standard errors of {one.standard_error:.3f} apart",
            "valid_at": one.day,
            "value": one.close,
            "expected": one.matured,
        }
        for one in found
    ]
    return pl.DataFrame(events, schema=NOTICED)


def answer_times(connection: duckdb.DuckDBPyConnection, facts: Sequence[Rows], run: Run) -> pl.DataFrame:
    """Land the questions; give how long each cohort waited for first answers, as rows that can be landed."""
    known_at = next_moment(connection, run.finished_at)
    questions = land_questions(connection, _rows(facts, "question"), known_at, run.run_id)
    return as_arrived(first_answers(questions), "stackoverflow")


def paper_shares(
    connection: duckdb.DuckDBPyConnection, facts: Sequence[Rows], subjects: Sequence[Subject], run: Run
) -> pl.DataFrame:
    """Land the papers and give the live shares of the subjects, as rows that can be landed."""
    known_at = next_moment(connection, run.finished_at)
    land_papers(connection, chain.from_iterable(one.rows for one in facts), known_at, run.run_id)
    return frame(live_shares(connection, subjects, midnight(run.started_at.date()), known_at))


def as_arrived(found: pl.DataFrame, source: str = "github") -> pl.DataFrame:
    """Give rates as observations: derived, exact, or missing where they cannot be told.

    A missing median keeps `lo`, alone: for how long it was watched.
    """
    names = found["metric"].unique().to_list()
    is_known = pl.col("value").is_not_null()
    return found.select(
        "subject",
        "metric",
        method=pl.lit("exact"),
        source=pl.lit(source),
        valid_at="day",
        value="value",
        lo=pl.when(is_known | pl.col("hi").is_null()).then("lo"),
        hi=pl.when(is_known).then("hi"),
        n="n",
        status=pl.when(is_known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        reason=pl.when(~is_known).then(pl.lit("incomplete")),
        definition=_of(names, "definition"),
        unit=_of(names, "unit"),
        valid_until=pl.lit(None, pl.Datetime("us")),
        url=pl.lit(None, pl.String),
        raw_sha256=pl.lit(None, pl.String),
    ).select(list(ARRIVED))


def _of(names: Sequence[str], what: str) -> pl.Expr:
    return pl.col("metric").replace_strict(
        {name: getattr(METRICS[name], what) for name in names}, return_dtype=pl.String
    )
