"""Keep what GH Archive recorded: days and hours, each part once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import brought
from warehouse.query import rows, statement

COUNTED = ("stars", "forks", "issues_opened", "issues_closed", "pushes")
COUNTS = (*COUNTED, "issues_untold", "pushes_trimmed", "hours_read", "hours_missing", "lines_unreadable")
DAY: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "day": pl.Date,
    "repository_id": pl.Int64,
    **dict.fromkeys(COUNTS, pl.Int64),
    "coverage": pl.String,
    "part_sha256": pl.String,
}
HOUR: dict[str, type[pl.DataType] | pl.DataType] = {
    "day": pl.Date,
    "hour": pl.Int64,
    "state": pl.String,
    "size_bytes": pl.Int64,
    "etag": pl.String,
    "sha256": pl.String,
    "unreadable": pl.Int64,
    "events": pl.Int64,
    "part_sha256": pl.String,
}
TABLES = {"archive_day": (DAY, "append_archive_day"), "archive_hour": (HOUR, "append_archive_hour")}


def land_archive(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    found: Iterable[Mapping[str, Any]],
    known_at: datetime,
    run_id: str,
) -> None:
    """Add the rows of parts that have not landed yet, within the landing of a run; `table` is a key of TABLES."""
    schema, query = TABLES[table]
    frame = pl.DataFrame(list(found), schema=schema)
    if frame.is_empty():
        return
    with brought(connection, brought=frame):
        connection.execute(statement(query), {"known_at": known_at, "run_id": run_id})


def landed_parts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Give the fingerprints of the parts that have landed."""
    return {row["part_sha256"] for row in rows(connection, "archive_parts_landed")}
