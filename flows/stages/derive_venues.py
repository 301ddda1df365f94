"""Derive the shares at venues from the lists and samples that the warehouse holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb

from catalog.observation import Observation
from catalog.subject import Subject
from scoring.derive.venue_years import year_observations
from warehouse.query import rows


def venue_observations(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Subject], now: datetime
) -> Iterator[Observation]:
    """Yield what the stored lists and drawn papers say of each venue's year."""
    return year_observations(rows(connection, "venue_counts"), rows(connection, "venue_samples"), subjects, now)
