"""Issues and their closes, as they were known at any moment."""

from datetime import datetime

import duckdb
import polars as pl

from warehouse.exchange import frame_of
from warehouse.facts import FACTS, Columns

STORED: Columns = {
    **FACTS["issue"],
    "gone_at": pl.Datetime("us"),
    "comments_until": pl.Datetime("us"),
    "is_history_known": pl.Boolean,
}


def stored_closes(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Return every close of every issue as known at that moment: subject, number, and the columns of CLOSE."""
    return frame_of(connection, "stored_closes", known_at=known_at)


def stored_issues(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Return the last word on every issue as known at that moment, columns as in STORED."""
    return frame_of(connection, "stored_issues", known_at=known_at)
