"""What the warehouse knows already, so that a run asks only for what is new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows.settings import Settings
from warehouse.connection import open_reader
from warehouse.query import rows

Memory = Mapping[str, Mapping[str, Any]]


def memory(settings: Settings, before: datetime) -> Memory:
    """Give what was known before a moment, by kind and subject: contributors (when), stars (from when to when)."""
    if not settings.published.exists():
        return {}
    with open_reader(settings.published) as connection:
        contributors = rows(connection, "memory_contributors", before=before)
        stars = rows(connection, "memory_stars", before=before)
    return {
        "contributors": {row["subject"]: row["asked_at"] for row in contributors},
        "stars": {row["subject"]: row for row in stars},
    }
