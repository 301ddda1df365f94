"""The mark of a whole warehouse, such as DEMO, that every report repeats."""

import duckdb


def set_label(connection: duckdb.DuckDBPyConnection, value: str) -> None:
    """Mark the warehouse, once and for all."""
    connection.execute("insert into label select 'mark', $1 where not exists (from label)", [value])


def label(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the mark, if there is one."""
    found = connection.execute("select value from label where name = 'mark'").fetchall()
    return found[0][0] if found else None
