"""The identity check of a run: under which name each subject answers, and why others may not be asked by name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ConnectError, GoneError, IncompleteError, ReusedNameError, SourceError
from collectors.git.clone import is_kept
from collectors.github_api.client import Client
from collectors.github_api.identity import (
    REPOSITORY_ID,
    check_identity,
    event,
    is_renamed,
    name_of,
    renamed,
    reused_name,
)
from collectors.github_api.rest import ask_rest
from collectors.transport.payload import need

GITHUB = "github"


@dataclass(frozen=True)
class Identities:
    """By subject: the name that its repository bears now, its id having been checked, or why that is not known."""

    names: dict[str, str] = field(default_factory=dict)
    lost: dict[str, SourceError] = field(default_factory=dict)

    def see(self, subject: Subject, found_id: Any, full_name: Any) -> None:
        """Note under which name a subject answered; raise ReusedNameError where it is another repository."""
        check_identity(found_id, subject.github, subject.github_id)
        self.names[subject.id] = name_of(full_name, subject.github)

    def ask(self, client: Client, subject: Subject) -> tuple[Mapping[str, str], Any]:
        """Ask for a repository by REST, note who answered, and give headers and payload; raise SourceError."""
        try:
            headers, payload = ask_rest(client, f"/repos/{subject.github}")
            self.see(subject, need(payload, "id"), payload.get("full_name"))
        except SourceError as error:
            self.lost[subject.id] = error
            raise
        return headers, payload

    def ask_rest_of(self, client: Client, subjects: Iterable[Subject]) -> None:
        """Ask by REST for those of whom GraphQL said nothing, neither who they are nor that they are gone."""
        for subject in subjects:
            if subject.id not in self.names and not isinstance(self.lost.get(subject.id), GoneError):
                with suppress(SourceError):
                    self.ask(client, subject)

    def named(self, subject: Subject) -> Subject:
        """Return a subject under the name to ask for it; raise SourceError where a stranger might answer to it."""
        if subject.id in self.names:
            return subject.model_copy(update={"github": self.names[subject.id]})
        error = self.lost.get(subject.id) or IncompleteError(f"nobody said whether {subject.github} is still the same")
        if subject.github_id is None and not isinstance(error, GoneError | ConnectError):
            return subject
        raise error

    def events(self, subjects: Iterable[Subject], valid_at: datetime) -> Iterator[Rows]:
        """Yield what was noticed: names that other repositories bear, and repositories with other names."""
        for subject in subjects:
            error, name = self.lost.get(subject.id), self.names.get(subject.id)
            if isinstance(error, ReusedNameError):
                yield event(subject.id, REPOSITORY_ID.name, GITHUB, valid_at, reused_name(error))
            elif name and is_renamed(subject.github, name):
                found = renamed(subject.github, name)
                yield event(subject.id, REPOSITORY_ID.name, GITHUB, valid_at, found)


def to_fetch(subject: Subject, who: Identities, folder: Path) -> Subject:
    """Return a subject under the name to fetch its commits by; raise SourceError where that may be a stranger's.

    Where nobody could say who is who, a clone that is kept will: fetching compares first commits.
    """
    try:
        return who.named(subject)
    except GoneError:
        raise
    except SourceError:
        if not is_kept(subject.github, folder, subject.github_id):
            raise
        return subject
