"""What stands behind the figures of cards: the requests that brought them, and what was measured beside them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from catalog.span import Span
from warehouse.exchange import frame_of
from warehouse.query import rows

Figures = dict[tuple[str, str], dict[str, Any]]


def behind_figures(connection: duckdb.DuckDBPyConnection, contributions: pl.DataFrame) -> Figures:
    """Return by subject and metric: address, SHA-256 of the answer, run, method, bounds, and a curator's words.

    The figures are handed over as one JSON text: DuckDB takes 6 µs for each value that is bound.
    """
    known = contributions.filter(pl.col("valid_at").is_not_null())
    figures = known.select("subject", "metric", "source", "valid_at", "known_at", "value").write_json()
    return _by_figure(rows(connection, "behind_figures", figures=figures))


def beside_figures(
    connection: duckdb.DuckDBPyConnection, contributions: pl.DataFrame, known_at: datetime, before: datetime
) -> Figures:
    """Return by subject and metric what was measured in the 60 days before `before`, where a curated figure counts."""
    judged = contributions.filter(pl.col("status") == "curated")
    asked = {"subjects": judged["subject"].to_list(), "metrics": judged["metric"].to_list()}
    return _by_figure(rows(connection, "beside_figures", **asked, known_at=known_at, before=before))


def context_figures(
    connection: duckdb.DuckDBPyConnection, metrics: Sequence[str], known_at: datetime, before: datetime, span: Span
) -> pl.DataFrame:
    """Return the newest good value of each subject of a span for metrics that are not weighed, with its evidence."""
    asked = {"metrics": list(metrics), "known_at": known_at, "before": before}
    return frame_of(connection, "context_figures", **asked, **span._asdict())


def _by_figure(found: list[dict[str, Any]]) -> Figures:
    return {(row["subject"], row["metric"]): row for row in found}
