"""Derive what past days lack from what is stored: rates from issues, counts of stars, states from counts of commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb
import polars as pl

from catalog.past import WAYS
from scoring.derive.counted_states import counted_liveness, withdrawn
from scoring.derive.issue_rates import rates
from scoring.derive.widened_rates import widened_rates
from warehouse.exchange import registered
from warehouse.frame import derived_frame, frame
from warehouse.issues import stored_closes, stored_issues
from warehouse.land import Run, next_moment
from warehouse.query import rows, statement

Lacking = Mapping[tuple[str, str], Sequence[datetime]]
"""Days without a value, by subject and metric."""

ISSUE_METRICS = {metric for way in WAYS if way.step == "issues" for metric in way.metrics}
STAR_DERIVATIONS = {"derive_past_stars": "github.stars", "derive_past_new_stars": "github.stars_new_365d"}
"""The queries that derive past stars, each with its metric."""
STAR_METRICS = set(STAR_DERIVATIONS.values())


def past_issue_rates(connection: duckdb.DuckDBPyConnection, lacking: Lacking, run: Run) -> pl.DataFrame:
    """Return the rates of the lacking days before which a subject's issues are known whole, to be landed."""
    known_at = next_moment(connection, run.finished_at)
    walked = {row["subject"]: row["asked_at"] for row in rows(connection, "walked", before=known_at)}
    wanted: dict[str, set[datetime]] = {}
    for (subject, metric), days in lacking.items():
        if metric in ISSUE_METRICS and subject in walked:
            wanted.setdefault(subject, set()).update(day for day in days if day <= walked[subject])
    if not wanted:
        return frame([])
    closes, found = stored_closes(connection, known_at), [frame([])]
    issues = stored_issues(connection, known_at)
    for subject, chosen in wanted.items():
        own, days = issues.filter(subject=subject), sorted(chosen)
        told = rates(own, days, closes)
        found.append(derived_frame(pl.concat([told, widened_rates(own, days, closes, told=told)]), "github"))
    return pl.concat(found)


def land_past_stars(connection: duckdb.DuckDBPyConnection, lacking: Lacking, run: Run) -> None:
    """Derive counts of stars, and the stars of a year, for the span of the lacking days, and land them."""
    days = [day for (_, metric), some in lacking.items() if metric in STAR_METRICS for day in some]
    subjects = sorted({subject for subject, metric in lacking if metric in STAR_METRICS})
    if not days:
        return
    span = pl.datetime_range(min(days), max(days), "1d", eager=True).to_frame("day")
    wanted = pl.DataFrame({"subject": subjects}).join(span, how="cross")
    land_stars_of(connection, dict.fromkeys(STAR_DERIVATIONS, wanted), run)


def land_stars_of(connection: duckdb.DuckDBPyConnection, wanted: Mapping[str, pl.DataFrame], run: Run) -> None:
    """Derive and land what each derivation tells of its wanted days; columns subject and day."""
    stamp = {"known_at": next_moment(connection, run.finished_at), "run_id": run.run_id}
    for name, days in wanted.items():
        with registered(connection, wanted=days):
            connection.execute(statement(name), stamp)


def past_liveness(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return what stored counts of all commits say of past days, and take back what they said before, to be landed.

    A series of which nothing was learned since is done.
    """
    counted = rows(connection, "commit_totals")
    said, series = list(counted_liveness(counted)), {(row["subject"], row["source"]) for row in counted}
    told = [row for row in rows(connection, "told_from_counts") if (row["subject"], row["source"]) in series]
    return frame([*said, *withdrawn(told, said)])
