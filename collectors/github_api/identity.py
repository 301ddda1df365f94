"""Who is who: a repository is its numeric id, its name is history; what is noticed of a name becomes an event."""

import re
from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.rows import Rows
from collectors.errors import ChangedError, ReusedNameError

REPOSITORY_ID = METRICS["github.repository_id"]
FULL_NAME = re.compile(r"[^/\s]+/[^/\s]+")
Finding = dict[str, Any]


def check_identity(found_id: Any, name: str, pinned_id: int | None) -> None:
    """Refuse a repository that is not the one that is meant; raise ReusedNameError.

    What is no id says nothing of who answers, and so nothing of a stranger: it raises ChangedError.
    """
    if pinned_id is None:
        return
    if isinstance(found_id, bool) or not isinstance(found_id, int) or found_id <= 0:
        raise ChangedError(f"{name} has the id {found_id!r}; a whole number was expected")
    if found_id != pinned_id:
        raise ReusedNameError(name, found_id, pinned_id)


def name_of(told: Any, asked: str) -> str:
    """Return the name that a repository tells of itself; where it tells none, the one by which it was asked for."""
    return told if isinstance(told, str) and FULL_NAME.fullmatch(told) else asked


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
