"""Open the two files of the warehouse: the writer's own, and the published one that everybody reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from warehouse.damage import fault_of, log_of, opened, set_aside
from warehouse.errors import DamagedError, NoWarehouseError, WarehouseBusyError
from warehouse.migrate import is_behind, migrate, schema_of
from warehouse.newest import count_ahead
from warehouse.publish import publish
from warehouse.query import statement

Config = dict[str, str | bool | int | float | list[str]]

WRITER: Config = {"memory_limit": "2GB", "storage_compatibility_version": "v1.5.0", "preserve_insertion_order": "false"}
LOCKED_DOWN: Config = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "2GB",
}
LOCKED: Config = {**LOCKED_DOWN, "lock_configuration": "true"}
LOCK = "set lock_configuration = true"
NO_FILES = "set disabled_filesystems = 'LocalFileSystem'"  # without it a copy may still be written over the database
PATIENCE_S = 60.0


def writer_path(published: Path) -> Path:
    """Return the path of the private file behind the published one."""
    return published.with_name(f"{published.stem}.writer{published.suffix}")


@contextmanager
def open_writer(published: Path, now: datetime, patience_s: float = PATIENCE_S) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private file, migrated; publish it when the block ends well.

    Waits up to `patience_s` for another writer, then raises WarehouseBusyError.
    """
    private = writer_path(published)
    with open_draft(published, now, patience_s) as connection:
        yield connection
        connection.execute("checkpoint")
        if fault_of(published, LOCKED):
            set_aside(published, now, f"made anew from {private.name}")
        publish(private, published)


@contextmanager
def open_draft(published: Path, now: datetime, patience_s: float = PATIENCE_S) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private file, migrated; what is written shows when somebody publishes it, as `open_writer` does."""
    private = writer_path(published)
    private.parent.mkdir(parents=True, exist_ok=True)
    # A lock of our own: DuckDB's goes when any handle on its file is closed, as the copies do.
    try:
        with FileLock(private.with_suffix(".lock"), timeout=patience_s):
            yield from _write(private, published, now)
    except Timeout as error:
        raise WarehouseBusyError(f"{private} is being written by another run; try again when it ends") from error


def _write(private: Path, published: Path, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    for left_over in published.parent.glob(f".{published.stem}.*.new"):
        left_over.unlink()
    _mend(private, published, now)
    if not private.exists() and published.exists():
        publish(published, private)
    with opened(private, config=WRITER) as connection:
        if published.exists() and is_behind(connection):
            _keep_before(published, schema_of(connection))
        migrate(connection, now)
        note_present(connection, now)
        yield connection


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
    """Open the published file: read-only, shut off from other files, network and extensions."""
    with _read(published, LOCKED) as connection:
        yield connection


@contextmanager
def open_to_questions(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for SQL of strangers: shut off from every file, the published one by name included."""
    with _read(published, LOCKED_DOWN) as connection:
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
def whole(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let the block land all that it writes, or nothing."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def note_present(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Keep by whose clock the file is written, so that views leave out what is dated later; `now` is naive UTC."""
    with whole(connection):
        connection.execute(statement("forget_present"))
        connection.execute(statement("note_present"), {"now": now})
        count_ahead(connection, now)


def migrate_published(published: Path, now: datetime) -> None:
    """Publish the warehouse anew where an older version has published it, or where the published file is damaged."""
    if not published.exists():
        return
    if fault_of(published, LOCKED) is not None or _is_behind(published, _state_of(published)):
        with open_writer(published, now):
            pass


@lru_cache(maxsize=64)
def _is_behind(published: Path, _state: tuple[int, int, int]) -> bool:
    """Return whether an older version wrote the file; looked up once as long as it stays the same."""
    with open_reader(published) as connection:
        return is_behind(connection)


def _state_of(path: Path) -> tuple[int, int, int]:
    seen = path.stat()
    return seen.st_ino, seen.st_mtime_ns, seen.st_size
