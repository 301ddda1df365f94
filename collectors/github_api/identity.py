"""Who is who: a repository is its numeric id, its name is history; what is noticed of a name becomes an event."""

from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.rows import Rows
from collectors.errors import ReusedNameError

REPOSITORY_ID = METRICS["github.repository_id"]
Finding = dict[str, Any]


def check_identity(found_id: Any, name: str, pinned_id: int | None) -> None:
    """Refuse a repository that is not the one that is meant; raise ReusedNameError."""
    if pinned_id is not None and found_id != pinned_id:
        raise ReusedNameError(name, found_id, pinned_id)


def is_renamed(name: str, full_name: str) -> bool:
    """Return whether a repository that was asked for by a name answers under another one."""
    return name.lower() != full_name.lower()


def reused_name(error: ReusedNameError) -> Finding:
    """Return what was noticed of a name that another repository bears now."""
    return {"kind": "reused_name", "value": error.found_id, "expected": error.pinned_id, "detail": str(error)}


def renamed(name: str, full_name: str) -> Finding:
    """Return what was noticed of a repository that answers under another name."""
    return {"kind": "renamed", "detail": f"{name} is called {full_name} now"}


def event(subject: str, metric: str, source: str, valid_at: datetime, finding: Finding) -> Rows:
    """Return what was noticed of a subject as a row of `quality_event`."""
    row = {"subject": subject, "metric": metric, "source": source, "valid_at": valid_at}
    return Rows("quality_event", (row | finding,))
