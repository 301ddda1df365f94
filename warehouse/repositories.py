"""What was seen of the repositories behind capabilities, and the queue of facts to look at again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import registered
from warehouse.query import rows, statement

FOUND: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(("subject", "metric", "source", "kind", "finding", "about", "detail"), pl.String),
    "valid_from": pl.Date,
}


def repository_states(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the last word on each repository."""
    return rows(connection, "repository_states")


def keep_reviews(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> None:
    """Open a row for each finding that is new, and close those that no longer stand; columns as in FOUND."""
    with registered(connection, found=pl.DataFrame(list(found), schema=FOUND)):
        connection.execute(statement("close_reviews"), {"known_at": known_at})
        connection.execute(statement("open_reviews"), {"known_at": known_at, "run_id": run_id})
