"""Hand frames to the database in bulk, and take its answers as frames.

They are handed over through a Parquet file in a scratch folder: DuckDB 1.5 reads Arrow streams through pyarrow alone,
whose import takes longer than most commands may (docs/adr/0006).
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.query import statement
from warehouse.scratch import scratch


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection, **frames: pl.DataFrame | Iterable[pl.DataFrame]
) -> Iterator[None]:
    """Let the block read each frame, or its parts one after the other (at least one), as a table of its name."""
    with scratch() as folder:
        for name, frame in frames.items():
            for number, part in enumerate(parts_of(frame)):
                path = folder / f"{name}.{number:06}.parquet"
                part.write_parquet(path, compression="uncompressed", statistics=False)
            files = literal(folder / f"{name}.*.parquet")
            connection.execute(f"create or replace temp view {name} as from read_parquet({files})")
        yield
        # Where the block fails, the caller's rollback takes the views along; dropping them would hide the failure.
        for name in frames:
            connection.execute(f"drop view {name}")


def parts_of(frame: pl.DataFrame | Iterable[pl.DataFrame]) -> Iterable[pl.DataFrame]:
    """Return what comes in parts as it is, and a whole frame as the only part."""
    return [frame] if isinstance(frame, pl.DataFrame) else frame


def literal(path: Path) -> str:
    """Return a path as it stands in SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def frame_of(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> pl.DataFrame:
    """Run a query file; return its rows as a frame.

    Parameters are set as variables: of a statement with parameters DuckDB 1.5 first keeps the whole answer, and then
    takes five times as long to hand it over. Lists are of text: an empty one has no type of its own.
    """
    for parameter, value in parameters.items():
        kind = "::varchar[]" if isinstance(value, list) else ""
        connection.execute(f'set variable "{parameter}" = $value{kind}', {"value": value})
    return pl.DataFrame(connection.sql(_of_variables(name)))


@cache
def _of_variables(name: str) -> str:
    return re.sub(r"\$([a-z]\w*)", r"getvariable('\1')", statement(name))
