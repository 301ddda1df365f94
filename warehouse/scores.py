"""Give the evidence for scores, and keep the scores made of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.query import statement


@dataclass(frozen=True)
class RubricUse:
    """Which rubric file scores were made with."""

    id: str
    sha256: str
    is_default: bool


def evidence(
    connection: duckdb.DuckDBPyConnection, metrics: pl.DataFrame, known_at: datetime, before: datetime
) -> pl.DataFrame:
    """Give the last word known at `known_at` on every input named in `metrics` and true before `before`."""
    connection.register("criterion", metrics.select("metric").unique().to_arrow())
    try:
        return connection.sql(statement("evidence"), params={"known_at": known_at, "before": before}).pl()
    finally:
        connection.unregister("criterion")


def subjects_known(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Give subject, name and kind as known at `known_at`."""
    return connection.sql(statement("subjects_known"), params={"known_at": known_at}).pl()
