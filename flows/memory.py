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
    """Give, per metric and subject, when it was last had before a moment; "stars" and "issues" tell how far.

    "issues_stored" counts issues; "issues_without_closes" and "issues_to_look_for" are numbers to ask for.
    """
    if not settings.published.exists():
        return {}
    with open_reader(settings.published) as connection:
        asked = rows(connection, "memory_asked", before=before)
        stars = rows(connection, "memory_stars", before=before)
        issues = rows(connection, "memory_issues", before=before)
        stored = rows(connection, "memory_issues_stored", before=before)
        to_ask = rows(connection, "memory_issues_to_ask", before=before)
        papers = rows(connection, "memory_papers", before=before)
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in asked:
        found[row["metric"]][row["subject"]] = row["asked_at"]
    found["issues"] = {row["subject"]: row["updated_at"] for row in issues}
    found["papers"] = {row["listed_on"].isoformat(): True for row in papers}
    found["issues_stored"] = {row["subject"]: row["issues"] for row in stored}
    for row in to_ask:
        kind = "issues_without_closes" if row["lacks_closes"] else "issues_to_look_for"
        found[kind].setdefault(row["subject"], []).append(row["number"])
    found["stars"] = {row["subject"]: row for row in stars}
    return found
