"""Gather what the site says: cards of a day, and the histories behind them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import duckdb
import polars as pl

from catalog.context_metrics import context_metrics
from catalog.metric import METRICS
from collectors.source import sources
from flows.settings import Settings
from flows.stages.card import card_inputs
from flows.stages.reading import reading
from reports.card_facts import CardFacts
from reports.site_facts import Quality, SiteFacts
from scoring.method_table import method_rows
from scoring.words.card import CardInputs, card_content
from scoring.words.phrases import phrases
from warehouse.exchange import to_polars
from warehouse.query import rows, statement

WEEK = timedelta(days=7)
MOST_POINTS = 120
MAIN = "liveness.main"


def site_facts(settings: Settings, as_of: datetime) -> SiteFacts:
    """Return everything the site says as of a day, from what is published."""
    inputs = card_inputs(settings, as_of)
    cards = [CardFacts(**card_content(inputs, one)) for one in sorted(inputs.days.names)]
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        span = {"before": as_of, "known_at": known_at}
        shown = sorted({one.metric for one in inputs.days.rubric.criteria} | set(context_metrics()) | {MAIN})
        return SiteFacts(
            cards=cards,
            as_of=as_of,
            label=inputs.label,
            version=version("speedscore"),
            rubric=inputs.days.rubric.id,
            kinds={row["subject"]: row["kind"] for row in rows(connection, "site_kinds", known_at=known_at)},
            scores=_frames(connection, "site_scores", before=as_of, most=MOST_POINTS),
            intervals=_frames(connection, "site_dimension_intervals", before=as_of),
            figures=_frames(connection, "site_figures", metrics=shown, most=MOST_POINTS, **span),
            shares=_frames(connection, "site_shares", **span),
            drivers=drivers(inputs),
            moved=rows(connection, "site_moved", metrics=shown, before=as_of, since=as_of - WEEK),
            quality=_quality(connection, as_of, known_at),
            method=method_rows(inputs.days.rubric),
            names={metric: _name(metric) for metric in shown},
        )


def drivers(inputs: CardInputs) -> Mapping[str, pl.DataFrame]:
    """Return by subject the points of every figure now and on the last earlier month that has a score.

    Columns: subject, since, dimension, metric, before, after (values), points (moved); they sum to the difference.
    """
    scored = inputs.days.scored
    known = scored.scores.filter(pl.col("speed_raw").is_not_null())
    now = known.filter(pl.col("as_of") == inputs.as_of).select("subject")
    then = known.filter(pl.col("as_of") < inputs.as_of).join(now, on="subject", how="semi")
    since = then.group_by("subject").agg(since=pl.col("as_of").max())
    points = scored.contributions.select("subject", "as_of", "dimension", "metric", "value", "points")
    ends = points.filter(pl.col("as_of") == inputs.as_of).join(since, on="subject")
    starts = points.select("subject", "metric", "dimension", since="as_of", before="value", had="points")
    both = ends.join(starts, on=["subject", "since", "dimension", "metric"], how="left")
    moved = both.select(
        "subject", "since", "dimension", "metric", "before", after="value",
        points=pl.col("points").fill_null(0.0) - pl.col("had").fill_null(0.0),
    )  # fmt: skip
    return _by_subject(moved)


def _quality(connection: duckdb.DuckDBPyConnection, as_of: datetime, known_at: datetime | None) -> Quality:
    asked = set(sources())
    return Quality(
        sources=[row for row in rows(connection, "freshness") if row["source"] in asked],
        gaps=[_named(row) for row in rows(connection, "gaps")],
        events=[_named(row) for row in rows(connection, "site_events", before=as_of, known_at=known_at)],
        reviews=[_named(row) for row in rows(connection, "site_reviews", known_at=known_at)],
        runs=rows(connection, "site_runs", since=as_of - WEEK, known_at=known_at),
    )


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"figure": _name(row["metric"])}


def _name(metric: str) -> str:
    """Return how cards call a figure; else what it measures, in the words of the catalog."""
    called = phrases().name(metric)
    return METRICS[metric].meaning if called == metric and metric in METRICS else called


def _frames(connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> Mapping[str, pl.DataFrame]:
    return _by_subject(to_polars(connection.sql(statement(query), params=parameters)))


def _by_subject(frame: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    parts = frame.partition_by("subject", as_dict=True, maintain_order=True)
    return {str(subject): part for (subject,), part in parts.items()}
