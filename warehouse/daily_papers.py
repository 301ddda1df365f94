"""Daily papers as the warehouse knows them, and the shares that follow from the manifests of their repositories."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from catalog.statistics import theil_sen, wilson
from catalog.subject import Subject
from warehouse.exchange import frame_of
from warehouse.query import rows

SHARE = METRICS["papers.share_365d_manifests"]
SLOPE = METRICS["papers.share_slope_pp_manifests"]
LEAST_PAPERS = 200
LEAST_DAYS_READ = 328  # nine tenths of a year: less is not told as the year's
LEAST_PAPERS_A_MONTH = 50
LEAST_MONTHS = 6
DAYS_A_YEAR = 365.25


def live_shares(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Subject], until: datetime, known_at: datetime
) -> Iterator[Observation]:
    """Yield the share of the last 365 days and its slope; missing where too few papers or days are known."""
    found = rows(connection, "daily_paper_shares", until=until, known_at=known_at)
    is_whole = max((row["days_read"] for row in found), default=0) >= LEAST_DAYS_READ
    n = max((row["n"] for row in found if row["span"] == "year" and is_whole), default=0)
    for subject in subjects:
        if subject.papers_framework is None:
            continue
        own = [row for row in found if row["framework"] == subject.papers_framework.lower()]
        yield _share(subject, until, next((row["share"] for row in own if row["span"] == "year"), 0.0), n)
        yield _slope(subject, until, [row for row in own if row["span"] == "month"])


def papers_known(connection: duckdb.DuckDBPyConnection, until: datetime, known_at: datetime) -> pl.DataFrame:
    """Return the papers of 730 days whose manifests name a framework: listed_on, paper_id, frameworks, packages."""
    return frame_of(connection, "daily_papers", until=until, known_at=known_at)


def papers_read(connection: duckdb.DuckDBPyConnection, until: datetime, known_at: datetime) -> pl.DataFrame:
    """Return the papers of 730 days whose code names a framework: the main one, and what it imports as packages."""
    return frame_of(connection, "daily_papers_read", until=until, known_at=known_at)


def days_read(connection: duckdb.DuckDBPyConnection, until: datetime, known_at: datetime) -> int:
    """Return of how many days of the last 365 every repository was read."""
    return int(rows(connection, "daily_paper_days_read", until=until, known_at=known_at)[0]["days_read"])


def _share(subject: Subject, until: datetime, share: float, n: int) -> Observation:
    if n < LEAST_PAPERS:
        return SHARE.missing(subject.id, until, Reason.INCOMPLETE)
    lo, hi = wilson(share, n)
    return SHARE.of(subject.id, until, share, n=n, lo=lo, hi=hi, status=Status.DERIVED, method="snapshot")


def _slope(subject: Subject, until: datetime, months: Sequence[Mapping[str, Any]]) -> Observation:
    some = [row for row in months if row["n"] >= LEAST_PAPERS_A_MONTH]
    points = [((row["ends_on"] - until.date()).days / DAYS_A_YEAR, row["share"]) for row in some]
    slope = theil_sen(points) if len(points) >= LEAST_MONTHS else None
    if slope is None:
        return SLOPE.missing(subject.id, until, Reason.INCOMPLETE)
    return SLOPE.of(subject.id, until, 100 * slope, n=len(points), status=Status.DERIVED, method="snapshot")
