"""What was found on the days on which something moved, carried to the days on which it holds."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.answers import age_days
from scoring.changes import Changes


def carried(rows: pl.DataFrame, found: Changes, shown: Changes) -> pl.DataFrame:
    """Return the rows of each cell of `shown`, in order; ages grow with the days.

    `rows` stand in the order of the cells of `found`, none or several for each.
    """
    if np.array_equal(found.moved, shown.moved):
        return rows
    source = found.holding(shown)
    counts = np.bincount(found.numbers(rows), minlength=found.moved.sum())
    days = shown.days[np.nonzero(shown.moved)[0]]
    carried_rows = rows[_ranges((np.cumsum(counts) - counts)[source], counts[source])]
    as_of = days[np.repeat(np.arange(len(source)), counts[source])]
    again = carried_rows.with_columns(as_of=as_of)
    return again.with_columns(age_days=age_days()) if "age_days" in rows.columns else again


def _ranges(starts: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the numbers from each start on, as many as are counted, one range after the other."""
    before = np.cumsum(counts) - counts
    found: NDArray[np.intp] = np.repeat(starts - before, counts) + np.arange(counts.sum())
    return found
