"""The published warehouse as readers find it: whole, of this version, and told apart from what it was before."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from warehouse.config import LOCKED
from warehouse.connection import open_writer
from warehouse.damage import Seen, fault_of, is_written_here, seen_of
from warehouse.errors import NoWarehouseError
from warehouse.lake import is_lake, opened_lake, snapshot_of
from warehouse.migrate import is_behind, newest_migration, refuse_newer
from warehouse.reader import open_reader

CURRENT_LAKES: set[bytes] = set()
"""Addresses of lakes that were found to be of this version."""


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
