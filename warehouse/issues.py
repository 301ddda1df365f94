"""Keep every issue as it was last seen, and give them as they were known at any moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.bring import brought, taken
from warehouse.query import statement

ISSUE: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "number": pl.Int64,
    "created_at": pl.Datetime("us"),
    "closed_at": pl.Datetime("us"),
    "state_reason": pl.String,
    "author_kind": pl.String,
    "first_response_at": pl.Datetime("us"),
    "is_comment_known": pl.Boolean,
    "updated_at": pl.Datetime("us"),
}


def issue_frame(found: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Give one row per issue, columns as in ISSUE."""
    listed = list(found)
    return pl.DataFrame({name: [row[name] for row in listed] for name in ISSUE}, schema=ISSUE)


def land_issues(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, known_at: datetime, run_id: str) -> int:
    """Add the issues that differ from the last word on them; give how many.

    One statement and no transaction of its own, so that it can stand in the landing of a run. What GitHub changed
    last is the last word, whatever the order in which it lands; of two words on one change, what was learned later.
    """
    if frame.is_empty():
        return 0
    with brought(connection, brought=frame.select(*ISSUE)):
        parameters = {"known_at": known_at, "run_id": run_id}
        return int(connection.execute(statement("append_issue"), parameters).fetchall()[0][0])


def stored_issues(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Give the last word on every issue as known at that moment, columns as in ISSUE."""
    return taken(connection.sql(statement("stored_issues"), params={"known_at": known_at}))
