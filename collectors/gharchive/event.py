"""Events of GH Archive: whose they are, and what they count for. Pure, and light, for every worker imports it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

ISSUES = {"opened": "issues_opened", "closed": "issues_closed"}
PLAIN = {"WatchEvent": "stars", "ForkEvent": "forks"}
COUNTS = ("stars", "forks", "issues_opened", "issues_closed", "pushes")
UNTOLD = "issues_untold"
TRIMMED = "pushes_trimmed"


class Event(NamedTuple):
    """One event that counts: its id (which tells duplicates), its subject, what it counts for, and its repository."""

    id: str
    subject: str
    kind: str
    repository_id: int | None


@dataclass(frozen=True)
class Wanted:
    """The repositories that are looked for: subjects by repository id, and by every full name, in lower case."""

    ids: Mapping[int, str]
    names: Mapping[str, str]

    @cached_property
    def by_name_only(self) -> frozenset[str]:
        """The names of subjects whose repository id is not known."""
        known = set(self.ids.values())
        return frozenset(name for name, subject in self.names.items() if subject not in known)

    def described(self) -> dict[str, dict[str, str]]:
        """Return the same as plain text: what a manifest says, and is named after."""
        return {
            "ids": {str(number): subject for number, subject in self.ids.items()},
            "names": dict(self.names),
        }

    def subject_of(self, repository: Mapping[str, Any]) -> str | None:
        """Return the subject of an event's repository, or None.

        An id decides; a name counts only where the event has no id or the subject has none, for names are used again.
        """
        number, name = id_of(repository), str(repository.get("name") or "").lower()
        if number is None or name in self.by_name_only:
            return self.names.get(name)
        return self.ids.get(number)


def id_of(repository: Mapping[str, Any]) -> int | None:
    """Return the number of a repository, None where it has none; raise TypeError where it is no number."""
    number = repository.get("id")
    if isinstance(number, str) and number.isdecimal():
        return int(number)
    if number is None or (isinstance(number, int) and not isinstance(number, bool)):
        return number
    raise TypeError


def read_event(found: Mapping[str, Any], wanted: Wanted) -> Event | None:
    """Return an event that counts, or None; raise KeyError, TypeError or AttributeError where it is no event."""
    number, repository = found["id"], found["repo"]
    subject = wanted.subject_of(repository)
    kind = kind_of(found) if subject else None
    if not subject or not kind:
        return None
    if not isinstance(number, str | int):
        raise TypeError  # nobody could tell it from its copies
    return Event(str(number), subject, kind, id_of(repository))


def kind_of(found: Mapping[str, Any]) -> str | None:
    """Return what an event counts for; pull requests count for nothing here."""
    kind, payload = found["type"], found["payload"]
    if kind == "PushEvent":
        return "pushes" if "size" in payload else TRIMMED
    if kind != "IssuesEvent":
        return PLAIN.get(kind)
    if "pull_request" in (payload.get("issue") or {}):
        return None
    return ISSUES.get(payload["action"]) if payload.get("action") else UNTOLD
