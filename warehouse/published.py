"""The published warehouse as readers find it: whole, of this version, and told apart from what it was before."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connection import open_writer
from warehouse.damage import Seen, is_damage, is_known_whole, lacking_bytes, note_whole, seen_of
from warehouse.errors import DamagedError, NoWarehouseError
from warehouse.lake import is_lake, opened_lake, snapshot_of
from warehouse.migrate import is_behind, newest_migration, refuse_newer
from warehouse.reader import open_reader

CURRENT_LAKES: set[bytes] = set()
"""Addresses of lakes that were found to be of this version."""


@contextmanager
def open_current(published: Path, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file to read, as `open_reader`, after `migrate_published`.

    It is looked at on the connection that then reads: to open a file takes longer than the look.
    """
    with ExitStack() as held:
        if (connection := _current(published, held)) is None:
            held.close()
            migrate_published(published, now)
            connection = held.enter_context(open_reader(published))
        yield connection


def migrate_published(published: Path, now: datetime) -> None:
    """Publish the warehouse anew where an older version has published it, or where the published file is damaged.

    Raise NewerError where a newer version has.
    """
    if not published.exists():
        return
    if is_lake(published):
        _migrate_lake(published, now)
        return
    if is_known_whole(published, newest_migration()):
        return
    with ExitStack() as held:
        is_current = _current(published, held) is not None
    if not is_current:
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


def _current(published: Path, held: ExitStack) -> duckdb.DuckDBPyConnection | None:
    """Return the published file, open, where it is one file, whole and of this version.

    What was looked at is looked at again when it has changed. Raise NewerError where a newer version wrote it.
    """
    if not published.exists() or is_lake(published):
        return None
    seen = seen_of(published)
    try:
        connection = held.enter_context(open_reader(published))
        is_current = is_known_whole(published, newest_migration()) or _is_current(connection, published, seen)
    except DamagedError:
        return None
    except duckdb.Error as error:
        if is_damage(error):
            return None
        raise
    return connection if is_current else None


def _is_current(connection: duckdb.DuckDBPyConnection, published: Path, seen: Seen) -> bool:
    """Return whether an open file is whole and of this version, and note where it is."""
    if lacking_bytes(connection, seen):
        return False
    refuse_newer(connection)
    if is_behind(connection):
        return False
    note_whole(published, newest_migration(), seen)
    return True
