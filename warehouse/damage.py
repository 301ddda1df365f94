"""Damaged files of the warehouse: noticed when they are opened or read, and set aside, never deleted."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import DamagedError, ForeignError, WarehouseError
from warehouse.lake import is_lake
from warehouse.scratch import NO_ROOM, NOTHING_LANDED

log = logging.getLogger(__name__)

DAMAGE = re.compile(
    r"not a valid DuckDB database|could not read enough bytes|corrupt|checksum|replaying WAL|deserialize", re.IGNORECASE
)
"""What DuckDB says of a file that is not whole; a lock, a right or a newer version is no damage."""
Seen = tuple[int, int, int]
KNOWN_WHOLE: dict[Path, tuple[Seen, str]] = {}
"""Files that this process has written, or looked at: as they were then, and up to which migration."""
HEADERS = 3 * 4096
"""Bytes of a DuckDB file before its first block."""
COUNTED = "select total_blocks * block_size from pragma_database_size() where database_name = current_database()"
LAST_OF_BOOKS = """select (select max(block_id) from pragma_metadata_info()),
  (select max(block_size) from pragma_database_size())"""
LAST_OF_TABLES = "select greatest(max(block_id), max(list_max(additional_block_ids))) from ({})"
BLOCKS_OF_TABLE = "select block_id, additional_block_ids from pragma_storage_info(${})"
TABLES = """select table_name from duckdb_tables()
where not internal and not temporary and database_name = current_database()"""


@contextmanager
def opened(path: Path, **how: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a file of the warehouse for a block; raise DamagedError where it is not whole, else WarehouseError."""
    try:
        connection = duckdb.connect(path, **how)
    except duckdb.Error as error:
        kind = DamagedError if is_damage(error) else WarehouseError
        raise kind(f"{path} cannot be opened: {first_line(error)}") from error
    try:
        yield connection
    except ForeignError as error:
        told = "is a database, but no warehouse of speedscore"
        raise ForeignError(f"{path} {told}; move it away, or name another file in SPEEDSCORE_WAREHOUSE") from error
    except duckdb.Error as error:
        if is_damage(error):
            raise DamagedError(f"{path} is damaged: {first_line(error)}; bring back a kept copy") from error
        if found := NO_ROOM.search(str(error)):
            told = f"{NOTHING_LANDED}; next: make room on its disk"
            raise WarehouseError(f"{path} cannot be written ({found[0]}): {told}") from error
        raise
    finally:
        connection.close()


def seen_of(path: Path) -> Seen:
    """Return what differs as soon as somebody has written the file."""
    seen = path.stat()
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


def note_whole(path: Path, schema: str, seen: Seen | None = None) -> None:
    """Note that a file, as it is or was `seen`, is whole and up to a migration: nobody looks until it changes."""
    KNOWN_WHOLE[path] = seen or seen_of(path), schema


def is_known_whole(path: Path, schema: str = "") -> bool:
    """Return whether a file is as this process knows it to be whole, and up to the migration that is named."""
    seen, known = KNOWN_WHOLE.get(path, (None, ""))
    return seen == seen_of(path) and schema in {"", known}


def fault_of(path: Path, config: Mapping[str, Any]) -> str | None:
    """Return what is damaged of a file; None where it can be opened and ends behind its last block, or is not there."""
    if not path.exists() or is_lake(path) or (is_known_whole(path) and not log_of(path).exists()):
        return None
    try:
        return _fault_of(path, seen_of(path), tuple(config.items()))
    except DamagedError as error:
        return str(error)
    except WarehouseError:
        return None


@lru_cache(maxsize=64)
def _fault_of(path: Path, seen: Seen, config: tuple[tuple[str, Any], ...]) -> str | None:
    """Look at a file once as long as it stays the same; raise WarehouseError where it cannot be opened."""
    with opened(path, read_only=True, config=dict(config)) as connection:
        lacking = lacking_bytes(connection, seen)
    return f"{path} cannot be opened: its last {lacking:,} bytes are missing" if lacking else None


def lacking_bytes(connection: duckdb.DuckDBPyConnection, seen: Seen) -> int:
    """Return how many bytes are missing at the end of an open file; 0 where it is whole."""
    is_whole = HEADERS + _counted_bytes(connection) <= seen[-1]
    return 0 if is_whole else max(0, _end_of(connection) - seen[-1])


def _counted_bytes(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many bytes its blocks have by the count that stands in the file: at its end some may never be used."""
    return int(connection.execute(COUNTED).fetchall()[0][0])


def _end_of(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many bytes a file must have for all that it says it holds."""
    last, block_bytes = connection.execute(LAST_OF_BOOKS).fetchall()[0]
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    lasts = [last]
    if names:  # all at once: a question for each takes six times as long
        blocks = " union all ".join(BLOCKS_OF_TABLE.format(place) for place in range(1, len(names) + 1))
        lasts += connection.execute(LAST_OF_TABLES.format(blocks), names).fetchall()[0]
    return HEADERS + (max(-1 if one is None else one for one in lasts) + 1) * int(block_bytes)


def is_damage(error: duckdb.Error) -> bool:
    """Return whether the database says that a file is not whole."""
    return DAMAGE.search(str(error)) is not None


def set_aside(path: Path, now: datetime, what_now: str) -> Path:
    """Rename a damaged file and say so, with what becomes of it."""
    aside = rename(path, f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
    log.warning("%s was damaged; it is set aside as %s and %s", path, aside.name, what_now)
    return aside


def rename(path: Path, name: str) -> Path:
    """Rename a file, with a number where that name is taken: nothing is written over; return where it is."""
    free = free_name(path, name)
    path.replace(free)
    return free


def free_name(path: Path, name: str) -> Path:
    """Return the path beside a file that has a name, with a number where that is taken."""
    names = (path.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(one for one in names if not one.exists())


def log_of(path: Path) -> Path:
    """Return where the database keeps what it has not yet written into a file."""
    return path.with_name(f"{path.name}.wal")


def first_line(error: BaseException) -> str:
    """Return the first line of a database error: the sentence that a person needs."""
    return str(error).strip().partition("\n")[0]
