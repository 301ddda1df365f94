"""Bring the warehouse to this version: numbered files, each applied once, in one transaction with its record."""

import hashlib
from datetime import datetime
from importlib.resources import files

import duckdb

from warehouse.errors import MigrationChangedError, WarehouseError

RECORD = "create table if not exists migration (name varchar, sha256 varchar, applied_at timestamp)"


def migrations() -> list[tuple[str, str]]:
    """Return the migration files in order, as (name, text)."""
    folder = files("warehouse").joinpath("migrations")
    return sorted((file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[0].isdigit())


def is_behind(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether an older version wrote what is open: one of today's migrations is not applied."""
    try:
        applied = {name for (name,) in connection.execute("select name from migration").fetchall()}
    except duckdb.CatalogException:
        applied = set()
    return not applied.issuperset(name for name, _ in migrations())


def migrate(
    connection: duckdb.DuckDBPyConnection, now: datetime, steps: list[tuple[str, str]] | None = None
) -> list[str]:
    """Apply what is not applied yet; return the names of the files applied."""
    steps = migrations() if steps is None else steps
    connection.execute(RECORD)
    applied = dict(connection.execute("select name, sha256 from migration order by name").fetchall())
    if newer := sorted(set(applied) - {name for name, _ in steps}):
        raise WarehouseError(f"the warehouse was written by a newer speedscore ({newer[-1]}); update speedscore")
    return [name for name, text in steps if _apply(connection, now, name, text, applied.get(name))]


def _apply(
    connection: duckdb.DuckDBPyConnection, now: datetime, name: str, text: str, applied_sha256: str | None
) -> bool:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if applied_sha256 == sha256:
        return False
    if applied_sha256 is not None:
        raise MigrationChangedError(f"{name} was edited after it was applied; add a new file instead")
    connection.execute("begin")
    try:
        connection.execute(text)
        connection.execute("insert into migration values ($1, $2, $3)", [name, sha256, now])
    except duckdb.Error:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return True
