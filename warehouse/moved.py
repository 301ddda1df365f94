"""What a night changed most: its new values beside those that were effective before it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from catalog.span import Span
from warehouse.query import rows

MOST = 20
Row = Mapping[str, Any]


def moved_of(connection: duckdb.DuckDBPyConnection, stamp: Row, part: Span) -> list[dict[str, Any]]:
    """Return what a run (known_at, run_id) moved most of some subjects, before newest words are kept of them."""
    return rows(connection, "moved", **stamp, **part._asdict(), most=MOST)


def furthest(found: Iterable[Row]) -> Sequence[Row]:
    """Return what moved furthest of all parts: subject, metric, before, after, and since when it had stood."""
    first = sorted(found, key=lambda row: (-row["apart"], row["subject"], row["metric"]))[:MOST]
    return tuple({name: value for name, value in row.items() if name != "apart"} for row in first)
