"""Every issue of a repository, once: GraphQL pages by time of the last change, the oldest change first.

In this order a walk that stops early has seen everything up to where it stopped: what changes meanwhile moves to the
end, and the next walk begins at the newest change that is known. GraphQL's `issues` holds no pull requests.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from catalog.moments import naive_utc
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import (
    ChangedError,
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    RestrictedError,
    SourceError,
)
from collectors.github.accounts import kind_of, login_of
from collectors.github_api.client import FINGERPRINT
from collectors.github_api.identity import check_identity
from collectors.transport.payload import count, need

PAGE_SIZES = (100, 50, 25)
ERRORS: dict[str, type[SourceError]] = {
    "NOT_FOUND": GoneError,
    "FORBIDDEN": RestrictedError,
    "RATE_LIMITED": LimitError,
    "INVALID_CURSOR_ARGUMENTS": ChangedError,
}

Ask = Callable[[str, Mapping[str, Any]], tuple[Mapping[str, str], Any]]
Connection = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFact:
    """One issue as GitHub showed it last; times are naive UTC.

    `closed_at` is the last close, of a closed issue only: of one that was closed, reopened and closed again, GitHub
    shows no earlier close, so it looks slower than it was.
    `author_kind` is human, bot, or gone (the account was deleted; counted as human, see scoring.derive.issue_rates).
    `is_comment_known` is false where the comments that were fetched hold no response and there are more of them.
    """

    number: int
    created_at: datetime
    closed_at: datetime | None
    state_reason: str | None
    author_kind: str
    first_response_at: datetime | None
    is_comment_known: bool
    updated_at: datetime


def issue_rows(subject: Subject, facts: Sequence[IssueFact]) -> Rows:
    """Return the facts as rows for the table `issue`."""
    return Rows("issue", tuple({"subject": subject.id, **asdict(fact)} for fact in facts))


def read_issue(node: Mapping[str, Any]) -> IssueFact:
    """Read one issue of a page; an issue that was reopened and is open has no close."""
    response, is_known = _first_response(need(node, "comments"), need(node, "author"))
    return IssueFact(
        number=int(count(node, "number")),
        created_at=moment(need(node, "createdAt")),
        closed_at=moment(need(node, "closedAt")) if need(node, "state") == "CLOSED" else None,
        state_reason=need(node, "stateReason"),
        author_kind=kind_of(need(node, "author")),
        first_response_at=response,
        is_comment_known=is_known,
        updated_at=moment(need(node, "updatedAt")),
    )


def _first_response(comments: Connection, author: Mapping[str, Any] | None) -> tuple[datetime | None, bool]:
    """Return when a human other than the author first commented, and whether no answer would mean that nobody did."""
    nodes = need(comments, "nodes")
    answers = [moment(need(one, "createdAt")) for one in nodes if _is_other_human(need(one, "author"), author)]
    return min(answers, default=None), bool(answers) or count(comments, "totalCount") <= len(nodes)


def _is_other_human(commenter: Mapping[str, Any] | None, author: Mapping[str, Any] | None) -> bool:
    """Return whether a human answered; of two deleted accounts nobody knows whether they are one."""
    return kind_of(commenter) != "bot" and login_of(commenter) != login_of(author)


def moment(text: Any) -> datetime:
    """Read a time of GitHub as naive UTC; raise ChangedError for what is none."""
    try:
        return naive_utc(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        raise ChangedError(f"an issue has {text!r} where a time was expected") from None


@cache
def issue_fields() -> str:
    """Return the fragment that every page of issues is asked with."""
    return files("collectors.github").joinpath("issue_fields.graphql").read_text(encoding="utf-8")


@cache
def issues_query() -> str:
    """Return the query of one page."""
    return files("collectors.github").joinpath("issues.graphql").read_text(encoding="utf-8") + issue_fields()


def first_page_field(since: datetime | None) -> str:
    """Return the field of a repository that asks for its first page, for a query that asks for many repositories."""
    return f"issues(first: {PAGE_SIZES[0]}, {order_and_filter(since)}) {{ ...issue_fields }}"


def order_and_filter(since: datetime | None) -> str:
    """Return the arguments for the issues that changed at or after `since`, the oldest change first."""
    newer = f', filterBy: {{since: "{_stamp(since)}"}}' if since else ""
    return f"orderBy: {{field: UPDATED_AT, direction: ASC}}{newer}"


def pages(
    ask: Ask,
    subject: Subject,
    since: datetime | None,
    first_page: Connection | None = None,
    walk: "Place | None" = None,
) -> Iterator[list[IssueFact]]:
    """Yield the issues that changed at or after `since`, page by page, all of them when it is None.

    `ask` gives headers and payload, as github.ask_graphql does. `first_page` is the connection that came with another
    query, asked by `first_page_field`. `walk` lets a walk that was killed go on where it was. Raises SourceError; the
    pages given until then are good, and so is a landing of them.
    """
    kept = walk.resume(since, may_lack_first=first_page is not None) if walk else Kept()
    cursor, has_more = kept.cursor, True
    if first_page is not None:
        yield read_page(first_page)
        if kept.cursor is None:
            cursor, has_more = _end(first_page, None)
    yield from kept.pages()
    sizes: tuple[int, ...] = PAGE_SIZES
    while has_more:
        try:
            fingerprint, page, sizes = _ask_page(ask, subject, _variables(subject, since, cursor), sizes)
            facts = read_page(page)
        except ChangedError:
            if walk:
                walk.forget()  # it may be the cursor that is refused; the next walk begins anew
            raise
        cursor, has_more = _end(page, cursor)
        if walk and facts:
            walk.remember(since, cursor, fingerprint, is_first=first_page is None)
        yield facts


def read_page(page: Connection) -> list[IssueFact]:
    """Read the issues of a page; raise IncompleteError for one that GitHub left out, it would never come again."""
    nodes = need(page, "nodes")
    if None in nodes:
        raise IncompleteError("GitHub left an issue out of a page")
    return [read_issue(node) for node in nodes]


def _ask_page(
    ask: Ask, subject: Subject, variables: Mapping[str, Any], sizes: tuple[int, ...]
) -> tuple[str, Connection, tuple[int, ...]]:
    """Ask for a page; after a fault of the server for a smaller one, and give the sizes that are left."""
    try:
        headers, payload = ask(issues_query(), {**variables, "first": sizes[0]})
        return headers.get(FINGERPRINT, ""), _connection(payload, subject), sizes
    except (NoAnswerError, IncompleteError):
        if len(sizes) == 1:
            raise
        return _ask_page(ask, subject, variables, sizes[1:])


def _variables(subject: Subject, since: datetime | None, cursor: str | None) -> dict[str, Any]:
    owner, name = subject.github.split("/")
    after = {"after": cursor} if cursor else {}
    newer = {"filter": {"since": _stamp(since)}} if since else {}
    return {"owner": owner, "name": name, **after, **newer}


def _connection(payload: Any, subject: Subject) -> Connection:
    """Return the issues of an answer; refuse half an answer, and the repository of somebody else."""
    if errors := payload.get("errors"):
        text = f"{subject.github}: {errors[0].get('message', 'an error without a message')}"
        raise ERRORS.get(str(errors[0].get("type")), IncompleteError)(text)
    repository = need(payload, "data", "repository")
    check_identity(need(repository, "databaseId"), subject.github, subject.github_id)
    found: Connection = need(repository, "issues")
    return found


def _end(page: Connection, before: str | None) -> tuple[str | None, bool]:
    """Return where the page ends, and whether more follow; raise IncompleteError when the cursor stands still."""
    cursor, has_more = need(page, "pageInfo", "endCursor"), bool(need(page, "pageInfo", "hasNextPage"))
    if has_more and cursor in {None, before}:
        raise IncompleteError("GitHub promises more issues but gives no way to them")
    return cursor or before, has_more


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Place(Protocol):
    """Where a walk stands, kept somewhere."""

    def resume(self, since: datetime | None, *, may_lack_first: bool) -> "Kept":
        """Return what an earlier walk from the same `since` fetched."""

    def remember(self, since: datetime | None, cursor: str | None, fingerprint: str, *, is_first: bool) -> None:
        """Add a page."""

    def forget(self) -> None:
        """Lose the place."""


@dataclass(frozen=True)
class Kept:
    """Pages of an earlier walk, read anew one by one, and the cursor behind the last of them."""

    cursor: str | None = None
    pages: Callable[[], Iterable[list[IssueFact]]] = tuple


class Walk:
    """What a walk has fetched, in a small file, so that the next run reads it back from the raw archive.

    The file holds until what it tells of has landed: then `since` has moved, and the next walk removes it.
    """

    def __init__(self, folder: Path, repository_id: int, load: Callable[[str], bytes | None]) -> None:
        """Keep the file under `folder`/checkpoints; `load` gives a body of the raw archive by its fingerprint."""
        self._path = folder / "checkpoints" / f"{repository_id}-issues.json"
        self._load = load
        self._found: dict[str, Any] = {}

    def resume(self, since: datetime | None, *, may_lack_first: bool) -> Kept:
        """Return what an earlier walk from the same `since` fetched; nothing when any of it cannot be read."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if found["since"] == _text(since) and (found["has_first"] or may_lack_first):
                fingerprints = [str(one) for one in found["pages"]]
                for _ in map(self._page, fingerprints):
                    pass
                self._found = found
                return Kept(str(found["cursor"]), lambda: map(self._page, fingerprints))
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, SourceError):
            pass
        self.forget()
        return Kept()

    def remember(self, since: datetime | None, cursor: str | None, fingerprint: str, *, is_first: bool) -> None:
        """Add a page, in one step: a reader sees the file with it or without it."""
        fresh: dict[str, Any] = {"since": _text(since), "has_first": is_first, "pages": []}
        earlier = self._found or fresh
        self._found = {**earlier, "cursor": cursor, "pages": [*earlier["pages"], fingerprint]}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(f".{os.getpid()}.new")
        new.write_text(json.dumps(self._found), encoding="utf-8")
        new.replace(self._path)

    def forget(self) -> None:
        """Remove the file: what it told of has landed, or is of no use."""
        self._found = {}
        self._path.unlink(missing_ok=True)

    def _page(self, fingerprint: str) -> list[IssueFact]:
        body = self._load(fingerprint)
        if body is None:
            raise IncompleteError("a page of the walk is not in the archive any more")
        return read_page(need(json.loads(body), "data", "repository", "issues"))


def _text(since: datetime | None) -> str | None:
    return _stamp(since) if since else None
