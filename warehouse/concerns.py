"""Which steps of a landing what has come concerns: the others would find nothing, and are left out."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.query import rows


@dataclass(frozen=True)
class Concerns:
    """What follows from a landing.

    Stars of a year and yearly gains follow from the moments on that are told, None for none. `is_reconciled` says
    that figures can be had in two ways, `is_beside_trackers` that a tracker may tell of them too.
    """

    stars_since: datetime | None
    gains_since: datetime | None
    is_reconciled: bool
    is_beside_trackers: bool

    def are_beside(self, connection: duckdb.DuckDBPyConnection, kept_until: datetime | None) -> bool:
        """Return whether they are to be compared with trackers; newest_word was kept up to `kept_until` before."""
        asked = {"is_beside_trackers": self.is_beside_trackers, "kept_until": kept_until}
        return bool(rows(connection, "concerns_past", **asked)[0]["is_due"])


def concerns(connection: duckdb.DuckDBPyConnection) -> Concerns:
    """Return what `incoming` and `verdict` concern."""
    return Concerns(**rows(connection, "concerns")[0])
