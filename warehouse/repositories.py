"""Keep what was seen of the repositories behind capabilities, and the queue of facts to look at again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import brought
from warehouse.query import rows, statement

STATE: dict[str, type[pl.DataType] | pl.DataType] = {
    "repository": pl.String,
    "github_id": pl.Int64,
    "full_name": pl.String,
    "valid_at": pl.Datetime("us"),
    "is_archived": pl.Boolean,
    "is_disabled": pl.Boolean,
    "notice": pl.String,
    "commits_90d": pl.Int64,
    "base_commits_90d": pl.Float64,
    "base_windows": pl.Int32,
    "created_at": pl.Datetime("us"),
    "pushed_at": pl.Datetime("us"),
    "last_commit_at": pl.Datetime("us"),
    "last_release_at": pl.Datetime("us"),
    **dict.fromkeys(("state", "reason", "detail", "url", "raw_sha256"), pl.String),
}
COMMITS: dict[str, type[pl.DataType] | pl.DataType] = {
    "github_id": pl.Int64,
    "until": pl.Datetime("us"),
    "commits": pl.Int64,
}
FOUND: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(("subject", "metric", "source", "kind", "finding", "about", "detail"), pl.String),
    "valid_from": pl.Date,
}


def land_repositories(
    connection: duckdb.DuckDBPyConnection,
    states: Iterable[Mapping[str, Any]],
    commits: Iterable[Mapping[str, Any]],
    known_at: datetime,
    run_id: str,
) -> None:
    """Add what was seen of repositories, and their commits of past blocks; the same landed twice is landed once."""
    for name, found, schema in (
        ("append_repository_state", states, STATE),
        ("append_repository_commits", commits, COMMITS),
    ):
        frame = pl.DataFrame(list(found), schema=schema)
        if frame.height:
            with brought(connection, brought=frame):
                connection.execute(statement(name), {"known_at": known_at, "run_id": run_id})


def repository_states(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Give the last word on each repository."""
    return rows(connection, "repository_states")


def keep_reviews(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> None:
    """Open a row for each finding that is new, and close those that no longer stand; columns as in FOUND."""
    with brought(connection, found=pl.DataFrame(list(found), schema=FOUND)):
        connection.execute(statement("close_reviews"), {"known_at": known_at})
        connection.execute(statement("open_reviews"), {"known_at": known_at, "run_id": run_id})
