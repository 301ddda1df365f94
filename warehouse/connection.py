"""Open the two files of the warehouse: the writer's own, and the published one that everybody reads."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from shutil import rmtree

import duckdb
from filelock import FileLock, Timeout

from catalog.errors import InputError
from warehouse.damage import Seen, fault_of, is_written_here, log_of, note_written, opened, seen_of, set_aside
from warehouse.errors import DamagedError, NoWarehouseError, WarehouseBusyError, WarehouseError
from warehouse.lake import (
    as_conflict,
    for_lake,
    is_lake,
    opened_lake,
    shut_off,
    snapshot_of,
    why_not_written,
    written_lake,
)
from warehouse.migrate import is_behind, migrate, newest_migration, refuse_newer, schema_of
from warehouse.newest import count_ahead
from warehouse.publish import publish
from warehouse.query import statement

Config = dict[str, str | bool | int | float | list[str]]

RELEASING: Config = {"allocator_flush_threshold": "4MB", "allocator_bulk_deallocation_flush_threshold": "4MB"}
"""What DuckDB frees goes back to the system at once, not from 128 or 512 MB on."""
WRITER: Config = {
    **RELEASING,
    "memory_limit": "2GB",
    "storage_compatibility_version": "v1.5.0",
    "preserve_insertion_order": "false",
}
FRUGAL: Config = {**WRITER, "memory_limit": "96MB", "threads": 1}
"""For what may bring very many rows while other things are in memory: past the limit DuckDB works on disk.
Not every step can, and raises OutOfMemoryException then."""
LOCKED_DOWN: Config = {
    **RELEASING,
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "2GB",
}
IN_MEMORY: Config = {**LOCKED_DOWN, "temp_directory": ""}
"""For questions that may reach no file: what does not fit into memory is told as that, not as a refused file."""
LOCKED: Config = {**LOCKED_DOWN, "lock_configuration": "true"}
LOCK = "set lock_configuration = true"
NO_FILES = "set disabled_filesystems = 'LocalFileSystem'"  # without it a copy may still be written over the database
PATIENCE_S = 60.0
LAKE_PATIENCE_S = 600.0  # many machines may end their nights at once
CURRENT_LAKES: set[bytes] = set()
"""Addresses of lakes that were found to be of this version."""


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
        note_written(published, newest_migration())


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
        note_written(private, newest_migration())


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
def open_reader(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file: read-only, shut off from other files, network and extensions.

    Of a lake one snapshot is read, whatever lands meanwhile.
    """
    if is_lake(published):
        with _read_lake(published) as connection:
            yield connection
        return
    with _read(published, LOCKED) as connection:
        yield connection


@contextmanager
def open_to_questions(published: Path, as_of: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for SQL of strangers: shut off from every file, the published one by name included.

    Of a lake, `as_of` is the number of a snapshot, or a moment.
    """
    if is_lake(published):
        with _read_lake(published, as_of) as connection:
            yield connection
        return
    if as_of:
        raise InputError("only a lake keeps its snapshots; of one file ask by known_at: from metric_as_of(day, known)")
    with _read(published, IN_MEMORY) as connection:
        connection.execute(NO_FILES)
        connection.execute(LOCK)
        yield connection


@contextmanager
def _read(published: Path, config: Config) -> Iterator[duckdb.DuckDBPyConnection]:
    if not published.exists():
        raise NoWarehouseError(f"no warehouse at {published}; run `speedscore nightly` or `speedscore import` first")
    with opened(published, read_only=True, config=config) as connection:
        yield connection


@contextmanager
def _read_lake(published: Path, as_of: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    if not published.exists():
        raise NoWarehouseError(f"no warehouse at {published}; it is a small file with `catalog` and `data`")
    with opened_lake(published, as_of=as_of) as connection:
        shut_off(connection, published)
        connection.execute("begin")
        yield connection


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


def work_in(connection: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Give DuckDB so much memory and so many threads from now on; it lets go of more, and works on disk beyond it."""
    for name, value in config.items():
        connection.execute(f"set {name} = '{value}'")


def let_go(connection: duckdb.DuckDBPyConnection) -> None:
    """Free what DuckDB has read, as far as nothing holds it; `work_in` then says how much it may take again."""
    with suppress(duckdb.OutOfMemoryException):
        connection.execute("set memory_limit = '4MB'")


def migrate_published(published: Path, now: datetime) -> None:
    """Publish the warehouse anew where an older version has published it, or where the published file is damaged.

    Raise NewerError where a newer version has.
    """
    if not published.exists():
        return
    if is_lake(published):
        _migrate_lake(published, now)
        return
    if is_written_here(published, newest_migration()):
        return
    if fault_of(published, LOCKED) is not None or _is_behind(published, seen_of(published)):
        with open_writer(published, now):
            pass


def state_of(published: Path) -> tuple[int, ...]:
    """Return what differs as soon as the warehouse has been written anew; nothing where there is none."""
    if not published.exists():
        return ()
    if is_lake(published):
        try:
            with opened_lake(published) as connection:
                return (snapshot_of(connection),)
        except NoWarehouseError:
            return ()
    return seen_of(published)


def _migrate_lake(published: Path, now: datetime) -> None:
    """Make the lake, or bring it to this version; looked up until it is, for each address."""
    if published.read_bytes() in CURRENT_LAKES:
        return
    try:
        with opened_lake(published) as connection:
            refuse_newer(connection)
            is_current = not is_behind(connection)
    except NoWarehouseError:
        is_current = False
    if not is_current:
        with open_writer(published, now):
            pass
    CURRENT_LAKES.add(published.read_bytes())


@lru_cache(maxsize=64)
def _is_behind(published: Path, _state: Seen) -> bool:
    """Return whether an older version wrote the file, not a newer one; looked up once as long as it stays the same."""
    with open_reader(published) as connection:
        refuse_newer(connection)
        return is_behind(connection)
