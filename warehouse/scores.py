"""Give the evidence for scores, and keep the scores made of it."""

from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.errors import WarehouseError
from warehouse.query import rows, statement


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
    """Give subject, name and kind of what was followed, as known at `known_at`."""
    return connection.sql(statement("subjects_known"), params={"known_at": known_at}).pl()


def stored_scores(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every stored score."""
    return connection.sql(statement("stored_scores")).pl()


def use_rubric(
    connection: duckdb.DuckDBPyConnection, rubric_id: str, sha256: str, known_at: datetime, *, is_default: bool
) -> None:
    """Note that a rubric is used; refuse one whose file was edited since its first use."""
    known = rows(connection, "rubric_sha256", id=rubric_id)
    if known and known[0]["sha256"] != sha256:
        raise WarehouseError(f"rubric {rubric_id} was edited after scores were made with it; add a new rubric instead")
    parameters = {"id": rubric_id, "sha256": sha256, "is_default": is_default, "known_at": known_at}
    connection.execute(statement("insert_rubric"), parameters)


def record(
    connection: duckdb.DuckDBPyConnection,
    scores: pl.DataFrame,
    dimensions: pl.DataFrame,
    contributions: pl.DataFrame,
    stamp: dict[str, Any],
) -> int:
    """Keep the scores that are new with what is behind them, in one transaction; return how many were.

    `stamp` has known_at and run_id.
    """
    connection.execute("begin")
    try:
        _with(connection, "scored", scores, "record_scores", stamp)
        connection.execute(statement("insert_scores"))
        _with(connection, "brought", dimensions, "insert_dimension_scores")
        _with(connection, "brought", contributions, "insert_contributions")
        kept = connection.execute("select count(*) from fresh_score").fetchall()[0][0]
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return int(kept)


def _with(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    frame: pl.DataFrame,
    query: str,
    parameters: dict[str, Any] | None = None,
) -> None:
    connection.register(name, frame.to_arrow())
    try:
        connection.execute(statement(query), parameters)
    finally:
        connection.unregister(name)
