"""What a transaction works with on its way: kept in files, so that it takes no memory until the transaction ends.

A temporary table would, each time that it is made anew: a transaction keeps all that it replaced.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

from warehouse.exchange import literal
from warehouse.query import statement
from warehouse.scratch import scratch


class Staging:
    """Results of queries by name; each is a view over a Parquet file in `folder`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Begin with nothing."""
        self.connection = connection
        self._folder, self._number = folder, count()
        self._files: dict[str, Path] = {}

    def stage(self, name: str, query: str, **parameters: Any) -> int:
        """Show what the query file gives under that name, in place of what stood there; return how many rows it has."""
        file = self._folder / f"{name}.{next(self._number):06}.parquet"
        copy = f"copy ({statement(query)}) to {literal(file)} (format parquet)"
        staged = int(self.connection.execute(copy, parameters).fetchall()[0][0])
        self.connection.execute(f"create or replace temp view {name} as from read_parquet({literal(file)})")
        if name in self._files:
            self._files[name].unlink()
        self._files[name] = file
        return staged

    def drop(self) -> None:
        """Drop the views."""
        for name in self._files:
            self.connection.execute(f"drop view {name}")


@contextmanager
def staging(connection: duckdb.DuckDBPyConnection) -> Iterator[Staging]:
    """Let the block stage results; their files go with its end."""
    with scratch() as folder:
        staged = Staging(connection, folder)
        yield staged
        # Where the block fails, the caller's rollback takes the views along; dropping them would hide the failure.
        staged.drop()
