"""Keep the newest word of each series beside all words, so that questions about now need not read all history."""

from datetime import datetime

import duckdb

from warehouse.query import rows, statement


def keep_newest(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> datetime | None:
    """Bring the newest words up to date with what was written since, by a landing of that moment or before.

    Returns up to when they had been kept; what was written since stays in the temporary table `landed`.
    """
    kept_until: datetime | None = rows(connection, "kept_until")[0]["known_until"]
    connection.execute(statement("stage_written"), {"kept_until": kept_until})
    connection.execute(statement("stage_landed"), {"kept_until": kept_until, **rows(connection, "written_within")[0]})
    unsettled = {"known_at": known_at, "kept_until": kept_until}
    is_unsettled = connection.execute(statement("stage_unsettled"), unsettled).fetchall()[0][0] > 0
    connection.execute(statement("stage_newest"))
    _exchange(connection, is_unsettled=is_unsettled)
    return kept_until


def count_ahead(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Count the newest words anew that a clock which was ahead took for the newest; `now` is naive UTC."""
    connection.execute(statement("stage_ahead"), {"now": now})
    if connection.execute("select count(*) from unsettled").fetchall()[0][0]:
        connection.execute(statement("stage_no_word"))
        _exchange(connection, is_unsettled=True)


def _exchange(connection: duckdb.DuckDBPyConnection, *, is_unsettled: bool) -> None:
    """Put the fresh words in the place of the old ones; those of unsettled series are counted from all words."""
    for name in ("stage_counted",) * is_unsettled + ("forget_newest", "insert_newest"):
        connection.execute(statement(name))
