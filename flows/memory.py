"""What the warehouse knows already, so that a run asks only for what is new."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows.settings import Settings
from warehouse.connection import open_reader
from warehouse.query import rows

Memory = Mapping[str, Mapping[str, Any]]


def memory(settings: Settings, before: datetime) -> Memory:
    """Give, per metric and subject, when it was last had before a moment; "stars" and "issues" tell how far."""
    if not settings.published.exists():
        return {}
    with open_reader(settings.published) as connection:
        asked = rows(connection, "memory_asked", before=before)
        stars = rows(connection, "memory_stars", before=before)
        issues = rows(connection, "memory_issues", before=before)
        papers = rows(connection, "memory_papers", before=before)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in asked:
        found[row["metric"]][row["subject"]] = row["asked_at"]
    found["issues"] = {row["subject"]: row["updated_at"] for row in issues}
    found["papers"] = {row["listed_on"].isoformat(): True for row in papers}
    found["stars"] = {row["subject"]: row for row in stars}
    return found
