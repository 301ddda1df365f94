"""Which cells of a span of days have no answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import duckdb

from warehouse.query import rows


class Expected(NamedTuple):
    """A row of cells that ought to have an answer: one subject, one metric, every day from first to last."""

    subject: str
    metric: str
    first: date
    last: date


def lacking(
    connection: duckdb.DuckDBPyConnection, expected: Sequence[Expected]
) -> Mapping[tuple[str, str], Sequence[datetime]]:
    """Return the days (midnights, naive UTC) without an answer per subject and metric, in order."""
    if not expected:
        return {}
    subjects, metrics, firsts, lasts = (list(column) for column in zip(*expected, strict=True))
    found = rows(connection, "lacking_cells", subjects=subjects, metrics=metrics, firsts=firsts, lasts=lasts)
    return {(row["subject"], row["metric"]): row["days"] for row in found}
