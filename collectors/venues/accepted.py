"""The papers that a venue accepted, as OpenReview lists them: whole, or not at all."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.editions import Edition
from collectors.errors import ChangedError, GoneError, IncompleteError
from collectors.transport.archive import Answer
from collectors.transport.payload import each, need
from collectors.upstream import Upstream

PAGE = 1_000
MOST_PAGES = 60
SEED = "2026"
CODE_FIELDS = ("code", "code_url", "code_link", "code_and_data", "github", "software")
NOT_ACCEPTED = ("submitted to", "withdrawn", "reject", "desk")


@dataclass(frozen=True)
class Paper:
    """An accepted paper: its id on OpenReview, its title, and what it says of its code."""

    id: str
    title: str
    group: str
    abstract: str = ""
    code: str = ""

    def place(self, edition: Edition) -> str:
        """Return its place in the order in which papers are drawn: fixed, and as good as by lot."""
        return hashlib.sha256(f"{SEED}:{edition.id}:{self.id}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Counted:
    """How many papers one list holds, and where it was read."""

    source: str
    papers: int
    answer: Answer | None = None


def accepted(edition: Edition, upstream: Upstream) -> tuple[list[Paper], Counted]:
    """Return the papers of a venue's year; raise SourceError where a list does not come whole.

    Newer years stand behind the second version of the API, older ones behind the first; each is asked until one knows
    the year.
    """
    for base in (upstream.base_url, upstream.beside["openreview_v1_url"]):
        pages = [page for group in edition.groups for page in _pages(base, group, upstream)]
        papers = {one.id: one for page, _ in pages for one in page}
        if papers:
            return list(papers.values()), Counted("openreview", len(papers), pages[0][1])
    raise IncompleteError(f"OpenReview lists no accepted paper of {edition.id} yet")


def _pages(base: str, group: str, upstream: Upstream) -> Iterator[tuple[list[Paper], Answer]]:
    """Yield the accepted papers of a group page by page; raise IncompleteError where fewer come than the list tells.

    A paper that comes twice, because the list moves while it is read, stands where another one is lost. A list that
    does not tell its number ends with an empty page: what a page holds at most is the server's choice.
    """
    came, told, seen = 0, None, set[str]()
    for _ in range(MOST_PAGES):
        asked: dict[str, Any] = {"content.venueid": group, "limit": PAGE, "offset": came}
        try:
            payload, answer = upstream.http.json(f"{base}/notes", **asked)
        except GoneError:
            if came:
                raise
            return
        notes = each(payload, "notes")
        told = _told(payload, told)
        came += len(notes)
        seen.update(str(need(note, "id")) for note in notes)
        yield [paper for note in notes if (paper := read_note(note, group))], answer
        if notes and (told is None or came < told):
            continue
        if told is not None and len(seen) < told:
            raise IncompleteError(f"the list of {group} ends after {len(seen):,} of {told} papers")
        return
    raise IncompleteError(f"the list of {group} has no end after {came:,} papers")


def _told(payload: Mapping[str, Any], before: int | None) -> int | None:
    """Return how many papers a list says that it has; a list that changes its mind is no list."""
    told = payload.get("count")
    if told is None or isinstance(told, bool) or not isinstance(told, int):
        return before
    if before is not None and told != before:
        raise IncompleteError(f"a list of papers tells {before:,} and then {told:,}")
    return told


def read_note(note: Any, group: str) -> Paper | None:
    """Return the paper of a note of either version; None for one that was not accepted."""
    content = need(note, "content")
    if not isinstance(content, Mapping):
        raise ChangedError("the content of a note is no object")
    if any(word in _text(content, "venue").lower() for word in NOT_ACCEPTED):
        return None
    code = next((text for name in CODE_FIELDS if (text := _text(content, name))), "")
    names = str(need(note, "id")), _text(content, "title")
    return Paper(*names, group.rpartition("/")[2], _text(content, "abstract"), code)


def _text(content: Mapping[str, Any], name: str) -> str:
    """Return a field as text: the first version has it plain, the second wraps it."""
    found = content.get(name)
    found = found.get("value") if isinstance(found, Mapping) else found
    return found if isinstance(found, str) else ""


def places(edition: Edition, papers: Sequence[Paper]) -> dict[str, str]:
    """Return the place of each paper by its id."""
    return {one.id: one.place(edition) for one in papers}
