"""Give the evidence for scores, and keep the scores made of it."""

from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.bring import brought, taken
from warehouse.errors import WarehouseError
from warehouse.query import rows, statement


def evidence(
    connection: duckdb.DuckDBPyConnection, metrics: pl.DataFrame, known_at: datetime, before: datetime
) -> pl.DataFrame:
    """Give the last word known at `known_at` on every input named in `metrics` and true before `before`."""
    parameters = {"metrics": metrics["metric"].unique().to_list(), "known_at": known_at, "before": before}
    return taken(connection.sql(statement("evidence"), params=parameters))


def subjects_known(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Give subject, name and kind of what was followed, as known at `known_at`."""
    return taken(connection.sql(statement("subjects_known"), params={"known_at": known_at}))


def stored_scores(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every stored score."""
    return taken(connection.sql(statement("stored_scores")))


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
        with brought(connection, scored=scores, dimension=dimensions, contributed=contributions):
            connection.execute(statement("record_scores"), stamp)
            connection.execute(statement("insert_scores"))
            connection.execute(statement("insert_dimension_scores"))
            connection.execute(statement("insert_contributions"))
        kept = connection.execute("select count(*) from fresh_score").fetchall()[0][0]
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return int(kept)
