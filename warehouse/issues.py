"""Keep every issue as it was last seen, and give them as they were known at any moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import brought, taken
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
STORED: dict[str, type[pl.DataType] | pl.DataType] = {
    **ISSUE,
    "gone_at": pl.Datetime("us"),
    "comments_until": pl.Datetime("us"),
    "is_history_known": pl.Boolean,
}
CLOSE: dict[str, type[pl.DataType] | pl.DataType] = {
    "closed_at": pl.Datetime("us"),
    "reopened_at": pl.Datetime("us"),
    "reason": pl.String,
    "is_by_bot": pl.Boolean,
}
CHECKPOINT: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "since": pl.Datetime("us"),
    "cursor": pl.String,
    "reached": pl.Datetime("us"),
    "issues": pl.Int64,
}
REFETCHED: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "metric": pl.String,
    "disputed_at": pl.Datetime("us"),
}
ASKED: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "number": pl.Int64,
    "asked_at": pl.Datetime("us"),
    "is_gone": pl.Boolean,
    "closes": pl.List(pl.Struct(CLOSE)),
}


def issue_frame(found: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Give one row per issue, columns as in STORED; what only the store can tell is null where it is not given."""
    listed = list(found)
    told = {name: [row[name] for row in listed] for name in ISSUE}
    more = {name: [row.get(name) for row in listed] for name in STORED if name not in ISSUE}
    return pl.DataFrame({**told, **more}, schema=STORED)


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


def land_asked(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> int:
    """Add what was said of issues that were asked for by number; give of how many."""
    frame = pl.DataFrame(list(found), schema=ASKED)
    if frame.is_empty():
        return 0
    with brought(connection, brought=frame):
        parameters = {"known_at": known_at, "run_id": run_id}
        return int(connection.execute(statement("append_asked"), parameters).fetchall()[0][0])


def land_checkpoints(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> None:
    """Keep where walks stand."""
    frame = pl.DataFrame(list(found), schema=CHECKPOINT)
    if frame.is_empty():
        return
    with brought(connection, brought=frame):
        connection.execute(statement("append_checkpoint"), {"known_at": known_at, "run_id": run_id})


def land_refetched(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> None:
    """Keep what was asked for again because two ways to a figure disagreed."""
    frame = pl.DataFrame(list(found), schema=REFETCHED)
    if frame.is_empty():
        return
    with brought(connection, brought=frame):
        connection.execute(statement("append_refetched"), {"known_at": known_at, "run_id": run_id})


def stored_closes(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Give every close of every issue as known at that moment: subject, number, and the columns of CLOSE."""
    return taken(connection.sql(statement("stored_closes"), params={"known_at": known_at}))


def stored_issues(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Give the last word on every issue as known at that moment, columns as in STORED."""
    return taken(connection.sql(statement("stored_issues"), params={"known_at": known_at}))
