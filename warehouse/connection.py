"""Open the two files of the warehouse: the writer's own, and the published one that everybody reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import rmtree

import duckdb
from filelock import FileLock, Timeout

from warehouse.config import LOCKED, WRITER, Config
from warehouse.damage import fault_of, log_of, note_whole, opened, set_aside
from warehouse.errors import DamagedError, WarehouseBusyError, WarehouseError
from warehouse.lake import (
    as_conflict,
    for_lake,
    is_lake,
    why_not_written,
    written_lake,
)
from warehouse.migrate import is_behind, migrate, newest_migration, schema_of
from warehouse.newest import count_ahead
from warehouse.publish import publish
from warehouse.query import statement
from warehouse.reader import open_reader

PATIENCE_S = 60.0
LAKE_PATIENCE_S = 600.0  # many machines may end their nights at once


def writer_path(published: Path) -> Path:
    """Return the path of the private file behind the published one."""
    return published.with_name(f"{published.stem}.writer{published.suffix}")


@contextmanager
def open_writer(
    published: Path, now: datetime, patience_s: float | None = None, config: Config = WRITER
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private file, migrated; publish it when the block ends well.

    Waits up to `patience_s` for another writer (a minute; of a lake ten), then raises WarehouseBusyError.
    """
    private = writer_path(published)
    with open_draft(published, now, patience_s, config) as connection:
        yield connection
        if is_lake(published):
            return
        connection.execute("checkpoint")
        if fault_of(published, LOCKED):
            set_aside(published, now, f"made anew from {private.name}")
        publish(private, published)
        note_whole(published, newest_migration())


@contextmanager
def open_draft(
    published: Path, now: datetime, patience_s: float | None = None, config: Config = WRITER
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private file, migrated; what is written shows when somebody publishes it, as `open_writer` does.

    Of a lake every transaction shows when it ends.
    """
    if is_lake(published):
        yield from _write_lake(published, now, patience_s)
        return
    private = writer_path(published)
    private.parent.mkdir(parents=True, exist_ok=True)
    # A lock of our own: DuckDB's goes when any handle on its file is closed, as the copies do.
    try:
        with FileLock(private.with_suffix(".lock"), timeout=PATIENCE_S if patience_s is None else patience_s):
            yield from _write(private, published, now, config)
    except Timeout as error:
        raise WarehouseBusyError(f"{private} is being written by another run; try again when it ends") from error


def _write(private: Path, published: Path, now: datetime, config: Config) -> Iterator[duckdb.DuckDBPyConnection]:
    for left_over in published.parent.glob(f".{published.stem}.*.new"):
        left_over.unlink()
    rmtree(private.with_name(f"{private.name}.tmp"), ignore_errors=True)  # where DuckDB works that was killed
    _mend(private, published, now)
    if not private.exists() and published.exists():
        refuse_foreign(published)
        publish(published, private)
    with opened(private, config=config) as connection:
        if published.exists() and is_behind(connection):
            _keep_before(published, schema_of(connection))
        migrate(connection, now)
        note_present(connection, now)
        yield connection
    if not log_of(private).exists():
        note_whole(private, newest_migration())


def refuse_foreign(published: Path) -> None:
    """Raise ForeignError where a database of somebody else has the name of the warehouse, before it is copied."""
    with open_reader(published) as connection:
        schema_of(connection)


def _write_lake(published: Path, now: datetime, patience_s: float | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with written_lake(published, LAKE_PATIENCE_S if patience_s is None else patience_s) as connection:
        try:
            migrate(connection, now, adapted=for_lake)
            note_present(connection, now)
            yield connection
        except duckdb.TransactionException as error:
            raise WarehouseError(f"the lake of {published} took nothing: {why_not_written(error)}") from error


def _keep_before(published: Path, schema: str) -> None:
    """Keep a copy of the published file before it is brought to a newer version, in place of the copy kept before."""
    kept = published.with_name(f"{published.stem}.before-migrating-from-{Path(schema).stem}{published.suffix}")
    older = [file for file in published.parent.glob(f"{published.stem}.before-migrating-*") if file != kept]
    publish(published, kept)
    for file in older:
        file.unlink()


def _mend(private: Path, published: Path, now: datetime) -> None:
    """Set aside what is damaged of the private file, and left-over logs; raise DamagedError where no file is whole."""
    if log_of(published).exists():
        set_aside(log_of(published), now, "is of no use: nobody writes into the published file")
    fault, published_fault = fault_of(private, WRITER), None
    if fault or not private.exists():
        published_fault = fault_of(published, LOCKED)
        if published_fault or (fault and not published.exists()):
            raise DamagedError(f"{fault or published_fault}, and no other file is whole; bring back a kept copy")
        for file in (private, log_of(private)):
            if file.exists():
                set_aside(file, now, f"made anew from {published.name}")


@contextmanager
def whole(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the block land all that it writes, or nothing."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    try:
        connection.execute("commit")
    except duckdb.Error as error:
        raise as_conflict(error) from error


def note_present(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Keep by whose clock the file is written, so that views leave out what is dated later; `now` is naive UTC."""
    with whole(connection):
        connection.execute(statement("forget_present"))
        connection.execute(statement("note_present"), {"now": now})
        count_ahead(connection, now)
