"""Gather what the site says: cards of a day, and the histories behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import duckdb
import polars as pl

from catalog.context_metrics import context_metrics
from catalog.metric import METRICS
from collectors.source import sources
from flows.settings import Settings
from flows.stages.card import Everybody, everybody
from flows.stages.score import knowing
from reports.site_changes import MONTH
from reports.site_facts import Quality, SiteFacts
from scoring.blocks import blocks_of, spans_of
from scoring.method_table import method_rows
from scoring.rubric_files import default_on, load
from scoring.words.card import CardInputs
from scoring.words.phrases import phrases
from warehouse.exchange import frame_of
from warehouse.freshness import first_gaps, freshness
from warehouse.label import label
from warehouse.query import rows
from warehouse.scores import subjects_known

WEEK = timedelta(days=7)
MOST_POINTS = 120
MAIN = "liveness.main"
MOST_GAPS = 300


def site_facts(settings: Settings, as_of: datetime, duckdb_bytes: int = 0) -> Iterator[SiteFacts]:
    """Yield everything the site says as of a day, from what is published: one block of subjects after the other.

    Nothing holds a block that was yielded.
    """
    site, shown = _beyond_subjects(settings, as_of)
    site = replace(site, duckdb_bytes=duckdb_bytes)
    with everybody(settings, as_of) as whole:
        blocks = whole.blocks
        for some, span in zip(blocks, spans_of(blocks), strict=True):
            yield replace(site, **_of_subjects(whole, some, shown, span._asdict()))


def _beyond_subjects(settings: Settings, as_of: datetime) -> tuple[SiteFacts, list[str]]:
    """Return what the site says beyond subjects, and the metrics that it shows."""
    rubric = load(default_on(as_of))
    shown = sorted({one.metric for one in rubric.criteria} | set(context_metrics()) | {MAIN})
    with knowing(settings) as (connection, known_at):
        site = SiteFacts(
            cards=(),
            as_of=as_of,
            label=label(connection),
            version=version("speedscore"),
            rubric=rubric.id,
            moved=_moved(connection, subjects_known(connection, known_at), shown, as_of).iter_rows(named=True),
            quality=_quality(connection, as_of, known_at),
            method=method_rows(rubric),
            names={metric: _name(metric) for metric in shown},
        )
    return site, shown


def _moved(
    connection: duckdb.DuckDBPyConnection, subjects: pl.DataFrame, shown: list[str], as_of: datetime
) -> pl.DataFrame:
    """Return the figures that moved within the week before a day from what they were within a month before that."""
    asked = {"metrics": shown, "before": as_of, "since": as_of - WEEK, "oldest": as_of - WEEK - MONTH}
    parts = spans_of(blocks_of(subjects))
    return pl.concat([frame_of(connection, "site_moved", **asked, **one._asdict()) for one in parts])


def _of_subjects(whole: Everybody, some: pl.DataFrame, shown: list[str], span: Mapping[str, str]) -> dict[str, Any]:
    """Return what the site says of some subjects; histories also of those between them that are followed no more."""
    inputs, connection = whole.inputs(some), whole.connection
    known = {"before": whole.as_of, "known_at": whole.known_at, **span}
    return {
        "cards": whole.cards(inputs, some),
        "kinds": dict(some.select("subject", "kind").iter_rows()),
        "scores": _frames(connection, "site_scores", before=whole.as_of, most=MOST_POINTS, **span),
        "intervals": _frames(connection, "site_dimension_intervals", before=whole.as_of, **span),
        "figures": _frames(connection, "site_figures", metrics=shown, most=MOST_POINTS, **known),
        "shares": _frames(connection, "site_shares", **known),
        "drivers": drivers(inputs),
    }


def drivers(inputs: CardInputs) -> Mapping[str, pl.DataFrame]:
    """Return by subject the points of every figure now and on the last earlier month that has a score.

    Columns: subject, since, dimension, metric, before, after (values), points (moved); they sum to the difference.
    """
    scored = inputs.days.scored
    known = scored.scores.filter(pl.col("speed_raw").is_not_null())
    now = known.filter(pl.col("as_of") == inputs.as_of).select("subject")
    then = known.filter(pl.col("as_of") < inputs.as_of).join(now, on="subject", how="semi")
    since = then.group_by("subject").agg(since=pl.col("as_of").max())
    own = scored.contributions.join(since, on="subject", how="semi", maintain_order="left")
    points = own.select("subject", "as_of", "dimension", "metric", "value", "points")
    ends = points.filter(pl.col("as_of") == inputs.as_of).join(since, on="subject")
    starts = points.select("subject", "metric", "dimension", since="as_of", before="value", had="points")
    both = ends.join(starts, on=["subject", "since", "dimension", "metric"], how="left")
    moved = both.select(
        "subject", "since", "dimension", "metric", "before", after="value",
        points=pl.col("points").fill_null(0.0) - pl.col("had").fill_null(0.0),
    )  # fmt: skip
    return _by_subject(moved)


def _quality(connection: duckdb.DuckDBPyConnection, as_of: datetime, known_at: datetime | None) -> Quality:
    asked, fresh, gaps = set(sources()), freshness(connection), first_gaps(connection, MOST_GAPS)
    return Quality(
        sources=[row for row in fresh if row["source"] in asked],
        gaps=[_named(row) for row in gaps],
        more_gaps=sum(row["missing"] for row in fresh) - len(gaps),
        events=[_named(row) for row in rows(connection, "site_events", before=as_of, known_at=known_at)],
        reviews=[_named(row) for row in rows(connection, "site_reviews", known_at=known_at)],
        runs=rows(connection, "site_runs", since=as_of - WEEK, before=as_of, known_at=known_at),
    )


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"figure": _name(row["metric"])}


def _name(metric: str) -> str:
    """Return how cards call a figure; else what it measures, in the words of the catalog."""
    called = phrases().name(metric)
    return METRICS[metric].meaning if called == metric and metric in METRICS else called


def _frames(connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> Mapping[str, pl.DataFrame]:
    return _by_subject(frame_of(connection, query, **parameters))


def _by_subject(frame: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    parts = frame.partition_by("subject", as_dict=True, maintain_order=True)
    return {str(subject): part for (subject,), part in parts.items()}
