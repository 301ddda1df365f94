"""Hand a frame to the database in bulk.

Through a Parquet file in a scratch folder: DuckDB 1.5 reads Arrow streams through pyarrow alone, whose import takes
longer than most commands may (docs/adr/0006).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

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


def to_polars(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """Return a result as a frame."""
    return pl.DataFrame(relation)
