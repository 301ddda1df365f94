"""Tell again what was told of past days where its inputs came later, were corrected, or were taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb
import polars as pl

from scoring.derive.issue_rates import rates
from scoring.derive.widened_rates import WIDENED, widened_rates
from warehouse.exchange import frame_of
from warehouse.frame import derived_frame, frame
from warehouse.issues import stored_closes, stored_issues
from warehouse.query import rows

RATES = sorted({
    *WIDENED.values(),
    *(f"github.{name}" for name in (
        "issues_opened_90d", "issues_closed_90d", "open_issues", "issue_bot_share_90d", "issue_reopened_share_90d",
        "issue_close_30d", "issue_close_completed_30d", "issue_close_30d_matured", "issue_first_response_48h",
        "issue_first_response_median_h",
    )),
})  # fmt: skip
Days = Mapping[str, Sequence[datetime]]


def outdated_rates(connection: duckdb.DuckDBPyConnection) -> dict[str, list[datetime]]:
    """Return, by subject, the days whose rates of issues rest on less than is known now of what was before them."""
    found: dict[str, list[datetime]] = {}
    for row in rows(connection, "told_rates", metrics=RATES):
        found.setdefault(row["subject"], []).append(row["day"])
    return found


def rates_again(connection: duckdb.DuckDBPyConnection, days: Days, known_at: datetime) -> pl.DataFrame:
    """Return the rates of these days, by subject, from the issues as known at a moment, to be landed.

    What a cohort without an issue says depends on what else was known that night; that stands as it was told.
    """
    found = [frame([])]
    if days:
        issues, closes = stored_issues(connection, known_at), stored_closes(connection, known_at)
        for subject, some in days.items():
            own = issues.filter(subject=subject)
            told = rates(own, some, closes)
            widened = widened_rates(own, some, closes, told=told).filter(pl.col("n") > 0)
            found.append(derived_frame(pl.concat([told, widened]), "github"))
    return pl.concat(found)


def outdated_stars(connection: duckdb.DuckDBPyConnection, run_id: str) -> pl.DataFrame:
    """Return the days (subject, day) whose stars were counted back from a history that a run has fetched anew."""
    return frame_of(connection, "told_stars_refetched", run_id=run_id)
