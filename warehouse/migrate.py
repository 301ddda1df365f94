"""Bring the warehouse to this version: numbered files, each applied once, in one transaction with its record."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.errors import ForeignError, MigrationChangedError, NewerError
from warehouse.query import rows

RECORD = "create table if not exists migration (name varchar, sha256 varchar, applied_at timestamp)"


@cache
def migrations() -> Sequence[tuple[str, str]]:
    """Return the migration files in order, as (name, text)."""
    folder = files("warehouse").joinpath("migrations")
    told = [(file.name, file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name[0].isdigit()]
    return tuple(sorted(told))


def newest_migration() -> str:
    """Return the name of the last migration of this version."""
    return migrations()[-1][0]


def is_behind(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether an older version wrote what is open: one of today's migrations is not applied."""
    return not _applied(connection).issuperset(name for name, _ in migrations())


def schema_of(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the newest migration of what is open.

    Raise ForeignError where it is none of ours, NewerError where a newer version wrote it.
    """
    if not (applied := _applied(connection)):
        raise ForeignError("this is a database, but no warehouse of speedscore")
    _refuse_newer(connection, applied, migrations())
    return max(applied)


def refuse_newer(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise NewerError where a newer version wrote what is open: what its words mean is not known here."""
    _refuse_newer(connection, _applied(connection), migrations())


def migrate(
    connection: duckdb.DuckDBPyConnection,
    now: datetime,
    steps: Sequence[tuple[str, str]] | None = None,
    adapted: Callable[[str], str] = str,
) -> list[str]:
    """Apply what is not applied yet; return the names of the files applied.

    `adapted` turns the text of a file into what the engine can keep; the record is of the file itself.
    """
    steps = migrations() if steps is None else steps
    connection.execute(RECORD)
    applied = dict(connection.execute("select name, sha256 from migration order by name").fetchall())
    _refuse_newer(connection, applied, steps)
    changed = [name for name, text in steps if applied.get(name, _sha256(text)) != _sha256(text)]
    if changed:
        raise MigrationChangedError(f"{changed[0]} was edited after it was applied; add a new file instead")
    left = [(name, text) for name, text in steps if name not in applied]
    if not applied and _apply_together(connection, now, left, adapted):
        return [name for name, _ in left]
    for step in left:
        _apply(connection, now, [step], adapted)
    return [name for name, _ in left]


def _apply_together(
    connection: duckdb.DuckDBPyConnection, now: datetime, steps: list[tuple[str, str]], adapted: Callable[[str], str]
) -> bool:
    """Make a new warehouse in one transaction, in half the time of one for each file; return whether it worked."""
    try:
        _apply(connection, now, steps, adapted)
    except duckdb.Error:  # one by one, so that what comes before the file that fails stays, and the error is its own
        return False
    return True


def _apply(
    connection: duckdb.DuckDBPyConnection, now: datetime, steps: list[tuple[str, str]], adapted: Callable[[str], str]
) -> None:
    connection.execute("begin")
    try:
        for name, text in steps:
            connection.execute(adapted(text))
            connection.execute("insert into migration values ($1, $2, $3)", [name, _sha256(text), now])
    except duckdb.Error:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _applied(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the migrations of what is open; none where it is no warehouse."""
    try:
        return {name for (name,) in connection.execute("select name from migration").fetchall()}
    except (duckdb.CatalogException, duckdb.BinderException):
        return set()


def _refuse_newer(
    connection: duckdb.DuckDBPyConnection, applied: Iterable[str], known: Sequence[tuple[str, str]]
) -> None:
    newer = sorted(set(applied) - {name for name, _ in known})
    if not newer:
        return
    try:
        told = ", ".join([*(f"version {row['version']}" for row in rows(connection, "newest_version")), newer[-1]])
    except duckdb.Error:  # a newer version may keep its runs elsewhere
        told = newer[-1]
    raise NewerError(f"the warehouse was written by a newer speedscore ({told}); update speedscore")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
