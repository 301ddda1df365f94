"""Keep the questions of a cohort with their first answers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import brought
from warehouse.query import statement

QUESTION: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "question": pl.Int64,
    "asked_at": pl.Datetime("us"),
    "first_answer_at": pl.Datetime("us"),
    "seen_until": pl.Datetime("us"),
}


def land_questions(
    connection: duckdb.DuckDBPyConnection, found: Iterable[Mapping[str, Any]], known_at: datetime, run_id: str
) -> pl.DataFrame:
    """Add the questions, part of the landing of a run; give them with the columns of QUESTION."""
    frame = pl.DataFrame(list(found), schema=QUESTION)
    if frame.height:
        with brought(connection, brought=frame):
            connection.execute(statement("append_question"), {"known_at": known_at, "run_id": run_id})
    return frame
