"""Folders for what is handed to the database and what a transaction works with; they go when it ends."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from warehouse.errors import WarehouseError

NO_ROOM = re.compile(r"no space left on device|disk quota exceeded|file too large", re.IGNORECASE)
"""What the system says, through DuckDB or Polars, of a disk that takes no more."""
NOTHING_LANDED = "nothing of it has landed that was not there before"


@contextmanager
def scratch() -> Iterator[Path]:
    """Give the block a folder of its own; raise WarehouseError where its disk takes no more."""
    with TemporaryDirectory(prefix="speedscore-") as name:
        folder = Path(name)
        try:
            yield folder
        except (duckdb.Error, pl.exceptions.ComputeError) as error:
            found = NO_ROOM.search(str(error))
            if not found or (isinstance(error, duckdb.Error) and name not in str(error)):
                raise
            where = f"{folder.parent} cannot be written ({found[0]})"
            next_step = "make room on its disk, or name another folder in TMPDIR"
            raise WarehouseError(f"{where}: {NOTHING_LANDED}; next: {next_step}") from error
