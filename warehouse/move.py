"""Move a warehouse: every row of one file into a lake, or back, in one transaction, compared before it counts."""

from datetime import datetime
from pathlib import Path

import duckdb

from catalog.errors import InputError
from warehouse.connection import open_writer, whole
from warehouse.damage import TABLES
from warehouse.errors import NoWarehouseError, WarehouseError
from warehouse.lake import attach_beside, is_lake
from warehouse.published import migrate_published

SOURCE = "source"


def move(source: Path, target: Path, now: datetime) -> dict[str, int]:
    """Copy every row of a warehouse into an empty one of the other kind; return the rows of each table.

    Counts and fingerprints of every table are compared before anything counts. Raise InputError where the target has
    rows or is of the same kind, WarehouseError where the copy differs.
    """
    if is_lake(source) is is_lake(target):
        raise InputError(f"{source.name} and {target.name} are of one kind; a copy of one file is `speedscore backup`")
    if not source.exists():
        raise NoWarehouseError(f"no warehouse at {source}; there is nothing to copy")
    migrate_published(source, now)
    with open_writer(target, now) as connection:
        if connection.execute("select count(*) from run").fetchall()[0][0]:
            raise InputError(f"{target} holds runs already; copy into an empty warehouse")
        attach_beside(connection, source, SOURCE)
        with whole(connection):
            counted = {name: _copy(connection, name) for name in _tables(connection)}
        connection.execute(f"detach {SOURCE}")
    return counted


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return sorted(name for (name,) in connection.execute(TABLES).fetchall())


def _copy(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    connection.execute(f"delete from {name}")  # noqa: S608 - a table of our own migrations
    connection.execute(f"insert into {name} by name from {SOURCE}.{name}")
    there, here = (fingerprint(connection, name, place) for place in (f"{SOURCE}.", ""))
    if there != here:
        raise WarehouseError(f"table {name}: {there[0]:,} rows came as {here[0]:,}, or differ; nothing was copied")
    return here[0]


def fingerprint(connection: duckdb.DuckDBPyConnection, name: str, place: str = "") -> tuple[int, int | None]:
    """Return how many rows a table has, and a sum over the hashes of its rows, whatever their order."""
    columns = ", ".join(f'"{one}"' for one in sorted(connection.table(name).columns))
    query = f"select count(*), sum(hash({columns})::hugeint) from {place}{name}"  # noqa: S608 - as above
    told = connection.execute(query).fetchall()[0]
    return int(told[0]), told[1]
