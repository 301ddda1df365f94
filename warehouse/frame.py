"""Turn observations into the frames that are landed in bulk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import polars as pl

from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from warehouse.packed import ROWS_A_BLOCK, Packed

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
    """Return one row per observation, columns as in ARRIVED."""
    rows = list(observations)
    columns = {name: [getattr(row, name) for row in rows] for name in ARRIVED}
    return pl.DataFrame(columns, schema=ARRIVED)


def packed(observations: Iterable[Observation] = ()) -> Packed[Observation]:
    """Return observations as they wait for their landing."""
    found = Packed(frame, _observation)
    found.extend(observations)
    return found


def frames(observations: Iterable[Observation]) -> Iterator[pl.DataFrame]:
    """Yield observations as frames of ROWS_A_BLOCK rows, columns as in ARRIVED; at least one, which may be empty."""
    if isinstance(observations, Packed):
        yield from observations.frames()
        return
    waiting = iter(observations)
    yield frame(islice(waiting, ROWS_A_BLOCK))
    while some := list(islice(waiting, ROWS_A_BLOCK)):
        yield frame(some)


def _observation(row: Mapping[str, Any]) -> Observation:
    reason = Reason(row["reason"]) if row["reason"] else None
    return Observation(**{**row, "status": Status(row["status"]), "reason": reason})


def derived_frame(found: pl.DataFrame, source: str) -> pl.DataFrame:
    """Return derived figures as rows that can be landed: exact, or missing where the figure is null.

    `found` has subject, metric, day, value, lo, hi and n. A missing median keeps `lo` alone: for how long it was
    watched.
    """
    names = found["metric"].unique().to_list()
    is_known = pl.col("value").is_not_null()
    return found.select(
        "subject",
        "metric",
        method=pl.lit("exact"),
        source=pl.lit(source),
        valid_at="day",
        value="value",
        lo=pl.when(is_known | pl.col("hi").is_null()).then("lo"),
        hi=pl.when(is_known).then("hi"),
        n="n",
        status=pl.when(is_known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        reason=pl.when(~is_known).then(pl.lit("incomplete")),
        definition=_of(names, "definition"),
        unit=_of(names, "unit"),
        valid_until=pl.lit(None, pl.Datetime("us")),
        url=pl.lit(None, pl.String),
        raw_sha256=pl.lit(None, pl.String),
    ).select(list(ARRIVED))


def _of(names: Sequence[str], what: str) -> pl.Expr:
    return pl.col("metric").replace_strict(
        {name: getattr(METRICS[name], what) for name in names}, return_dtype=pl.String
    )
