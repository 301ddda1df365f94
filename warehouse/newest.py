"""Keep the newest word of each series beside all words, so that questions about now need not read all history."""

from datetime import datetime

import duckdb

from warehouse.query import rows, statement


def keep_newest(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> None:
    """Bring the newest words up to date with what was written since, by a landing of that moment or before."""
    kept_until = rows(connection, "kept_until")[0]["known_until"]
    connection.execute(statement("stage_landed"), {"kept_until": kept_until})
    connection.execute(statement("stage_unsettled"), {"known_at": known_at, "kept_until": kept_until})
    connection.execute(statement("stage_newest"))
    _exchange(connection)


def count_ahead(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Count the newest words anew that a clock which was ahead took for the newest; `now` is naive UTC."""
    connection.execute(statement("stage_ahead"), {"now": now})
    if connection.execute("select count(*) from unsettled").fetchall()[0][0]:
        connection.execute(statement("stage_no_word"))
        _exchange(connection)


def _exchange(connection: duckdb.DuckDBPyConnection) -> None:
    for name in ("stage_counted", "forget_newest", "insert_newest"):
        connection.execute(statement(name))
