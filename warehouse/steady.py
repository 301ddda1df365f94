"""Keep which series go on in small steps, so that a usual night is judged without reading what is stored of them."""

import duckdb

from warehouse.query import statement


def keep_steady(connection: duckdb.DuckDBPyConnection) -> None:
    """Tell anew which series are steady, of those that have come or were looked at: after the verdicts on them."""
    is_read = connection.execute("select count(*) from touched").fetchall()[0][0] > 0
    for name in ("add_steady",) * is_read + ("forget_steady", "insert_steady"):
        connection.execute(statement(name))
