"""Turn observations into the frame that is landed in bulk."""

from collections.abc import Iterable

import polars as pl

from catalog.observation import Observation

ARRIVED: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "metric": pl.String,
    "method": pl.String,
    "source": pl.String,
    "valid_at": pl.Datetime("us"),
    "value": pl.Float64,
    "lo": pl.Float64,
    "hi": pl.Float64,
    "n": pl.Int64,
    "status": pl.String,
    "reason": pl.String,
    "definition": pl.String,
    "unit": pl.String,
    "valid_until": pl.Datetime("us"),
    "url": pl.String,
    "raw_sha256": pl.String,
}


def frame(observations: Iterable[Observation]) -> pl.DataFrame:
    """Give one row per observation, columns as in ARRIVED."""
    rows = list(observations)
    columns = {name: [getattr(row, name) for row in rows] for name in ARRIVED}
    return pl.DataFrame(columns, schema=ARRIVED)
