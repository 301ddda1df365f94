"""Which cells of a span of days have no answer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import duckdb

from warehouse.query import rows

CELLS_AT_ONCE = 200_000
"""A month of some 250 subjects; more at a time take no less time."""


class Expected(NamedTuple):
    """A row of cells that ought to have an answer: one subject, one metric, every day from first to last."""

    subject: str
    metric: str
    first: date
    last: date


def lacking(
    connection: duckdb.DuckDBPyConnection, expected: Sequence[Expected]
) -> Mapping[tuple[str, str], Sequence[datetime]]:
    """Return the days (midnights, naive UTC) without an answer per subject and metric, in order.

    Very many cells are looked at in parts; those that lack the same days share them.
    """
    found: dict[tuple[str, str], Sequence[datetime]] = {}
    for part in _parts(sorted(expected)):
        for row in rows(connection, "lacking_cells", **_asked(part)):
            found |= dict.fromkeys(zip(row["subjects"], row["metrics"], strict=True), tuple(row["days"]))
    return dict(sorted(found.items()))


def _asked(part: Sequence[Expected]) -> dict[str, Any]:
    subjects, metrics, firsts, lasts = (list(column) for column in zip(*part, strict=True))
    within = {"least": min(subjects), "most": max(subjects), "since": min(firsts), "upto": max(lasts)}
    return within | {"subjects": subjects, "metrics": metrics, "firsts": firsts, "lasts": lasts}


def _parts(expected: Sequence[Expected]) -> Iterator[Sequence[Expected]]:
    """Yield the rows of cells, about CELLS_AT_ONCE at a time."""
    part: list[Expected] = []
    cells = 0
    for one in expected:
        part.append(one)
        cells += (one.last - one.first).days + 1
        if cells >= CELLS_AT_ONCE:
            yield part
            part, cells = [], 0
    if part:
        yield part
