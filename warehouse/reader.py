"""Open the published file to read: shut off from other files, network and extensions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from catalog.errors import InputError
from warehouse.config import IN_MEMORY, LOCKED, Config
from warehouse.damage import opened
from warehouse.errors import NoWarehouseError
from warehouse.lake import is_lake, opened_lake, shut_off

LOCK = "set lock_configuration = true"
NO_FILES = "set disabled_filesystems = 'LocalFileSystem'"  # without it a copy may still be written over the database


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
