"""Keep which series go on in small steps, so that a usual night is judged without reading what is stored of them."""

from datetime import datetime

import duckdb

from warehouse.query import statement
from warehouse.staging import Staging


def stage_steady(staged: Staging, known_at: datetime, kept_until: datetime | None) -> None:
    """Stage as `still_steady` which of the series that have come go on in small steps; the gates leave them out.

    None do where what has come was learned at `known_at`, before what is known up to `kept_until`.
    """
    staged.stage("still_steady", "stage_steady", known_at=known_at, kept_until=kept_until)


def keep_steady(connection: duckdb.DuckDBPyConnection) -> None:
    """Tell anew which series are steady, of those that have come or were looked at: after the verdicts on them."""
    is_read = connection.execute("select count(*) from touched").fetchall()[0][0] > 0
    for name in ("forget_steady", "insert_steady") + ("add_steady",) * is_read:
        connection.execute(statement(name))
