"""Which readings to hold back, of what has come and what it touches; only of series in which something looks wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import polars as pl

from catalog.metric import METRICS
from catalog.moments import EPOCH
from catalog.span import Span
from warehouse.gates import Verdict, judge
from warehouse.query import rows
from warehouse.staging import Staging
from warehouse.steps import Reading

SERIES = ("subject", "metric", "method", "source")
LOOKED_BACK = timedelta(weeks=40)
"""How far before the oldest reading that has come the gates read: half a year before ten readings, of weekly ones."""
READING = ("valid_at", "value", "median", "spread", "history", "pace", "pace_spread", "accepted")
VERDICT: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(SERIES, pl.String),
    "valid_at": pl.Datetime("us"),
    "value": pl.Float64,
    "is_held": pl.Boolean,
    "was_held": pl.Boolean,
    "is_new_level": pl.Boolean,
    "expected": pl.Float64,
    "why": pl.String,
}


def verdicts(staged: Staging, known_at: datetime, part: Span) -> pl.DataFrame:
    """Return the verdicts on readings of some subjects, columns as in VERDICT; most are that nothing is wrong."""
    suspects = _suspects(staged, known_at, part)
    found: list[dict[str, Any]] = []
    for _, series in groupby(suspects, key=lambda row: tuple(row[name] for name in SERIES)):
        readings = list(series)
        seeds = [row for row in readings if row["is_seed"]]
        readings = readings[len(seeds) :]
        found += [
            {
                **{name: row[name] for name in (*SERIES, "valid_at", "value", "was_held")},
                "is_held": verdict.held,
                "is_new_level": verdict.is_new_level,
                "expected": verdict.expected,
                "why": verdict.why,
            }
            for row, verdict in zip(readings, _judged(readings, *seeds), strict=True)
        ]
    return pl.DataFrame(found, schema=VERDICT)


def _suspects(staged: Staging, known_at: datetime, part: Span) -> list[dict[str, Any]]:
    """Return the readings to judge: of each series that something looks wrong in, after a good one."""
    if not staged.stage("touched", "stage_touched", **part._asdict()):
        return []
    found = rows(staged.connection, "touched_since")[0]
    floor = EPOCH if found["since"] is None else max(EPOCH, found["since"] - LOOKED_BACK)
    staged.stage("reading", "stage_readings", known_at=known_at, floor=floor, subjects=found["subjects"])
    return rows(staged.connection, "suspect_series")


def _judged(readings: list[dict[str, Any]], seed: Mapping[str, Any] | None = None) -> list[Verdict]:
    """Judge the rows of one series after its seed, a good one; what is counted exactly is believed."""
    first = readings[0]
    if first["is_exact"]:
        return [Verdict(held=False)] * len(readings)
    told = [_reading(row) for row in readings]
    good = _reading(seed) if seed else None
    return judge(told, monotone=first["monotone"], is_count=METRICS[first["metric"]].is_count, good=good)


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(**{name: row[name] for name in READING})
