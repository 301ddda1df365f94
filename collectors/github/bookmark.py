"""Where a walk through a repository's issues stands, kept in the warehouse beside what the pages told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.rows import Rows
from catalog.subject import Subject
from collectors.github.issue_pages import IssueFact, Kept


@dataclass
class Bookmark:
    """Where a walk stands: the cursor behind its last page, kept in the warehouse with what the page told."""

    since: datetime | None
    cursor: str | None
    issues: int = 0
    is_resumed: bool = False

    @classmethod
    def of(cls, subject: Subject, memory: Mapping[str, Mapping[str, Any]]) -> "Bookmark":
        """Return the bookmark of the last walk, if nothing has moved since; else begin at the newest known change."""
        newest = memory.get("issues", {}).get(subject.id)
        found = memory.get("checkpoints", {}).get(subject.id)
        if found and found["cursor"] and found["reached"] == newest:
            return cls(found["since"], found["cursor"], found["issues"], is_resumed=True)
        return cls(newest, None)

    def resume(self, _since: datetime | None, *, may_lack_first: bool) -> Kept:  # noqa: ARG002 - the first is there
        """Begin behind the last page that has landed."""
        return Kept(self.cursor)

    def remember(self, _since: datetime | None, cursor: str | None, _fingerprint: str, *, is_first: bool) -> None:  # noqa: ARG002
        """Move on."""
        self.cursor = cursor

    def forget(self) -> None:
        """Lose the place."""
        self.cursor = None

    def row(self, subject: Subject, page: Sequence[IssueFact]) -> Rows:
        """Return the row that keeps the place."""
        self.issues += len({fact.number for fact in page})
        reached = max((fact.updated_at for fact in page), default=None)
        row = {"subject": subject.id, "since": self.since, "cursor": self.cursor, "reached": reached}
        return Rows("checkpoint", ({**row, "issues": self.issues},))
