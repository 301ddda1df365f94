"""What a night changed most: its new values beside those that were effective before it."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from catalog.span import Span
from warehouse.query import rows

MOST = 20


class Moved:
    """The figures that moved furthest, of subjects that are shown part by part."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: list[dict[str, Any]] = []

    def see(self, connection: duckdb.DuckDBPyConnection, stamp: Mapping[str, Any], part: Span) -> None:
        """Look at what a run (known_at, run_id) has written of some subjects, before newest words are kept of them."""
        found = [*self._found, *rows(connection, "moved", **stamp, **part._asdict(), most=MOST)]
        self._found = sorted(found, key=lambda row: (-row["apart"], row["subject"], row["metric"]))[:MOST]

    @property
    def most(self) -> Sequence[Mapping[str, Any]]:
        """Subject, metric, before, after, and since when it had stood; the furthest apart first."""
        return tuple({name: value for name, value in row.items() if name != "apart"} for row in self._found)
