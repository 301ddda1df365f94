"""GitHub's issues as REST pages show them: pull requests apart, page after page by the Link header."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.errors import ChangedError
from collectors.transport.payload import count, need

NEXT_PAGE = re.compile(r'<([^<>]+)>\s*;[^<>]*\brel="?next"?')


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as GitHub shows it now: of several closes only the last one; times are naive UTC."""

    number: int
    created_at: datetime
    closed_at: datetime | None
    state_reason: str | None
    author_type: str
    updated_at: datetime


def read_issues(payload: Any) -> list[Issue]:
    """Read a page; REST mixes pull requests in, which are left out. Raise ChangedError for a missing field."""
    if not isinstance(payload, list):
        raise ChangedError("a list of issues was expected")
    return [_read(row) for row in payload if not (isinstance(row, dict) and "pull_request" in row)]


def next_page(headers: Mapping[str, str]) -> str | None:
    """Return the address of the next page, or None on the last; its path may differ from the one that was asked."""
    found = NEXT_PAGE.search(next((text for name, text in headers.items() if name.lower() == "link"), ""))
    return found[1] if found else None


def _read(row: Any) -> Issue:
    author = need(row, "user")
    return Issue(
        number=int(count(row, "number")),
        created_at=_moment(row, "created_at"),
        closed_at=None if need(row, "closed_at") is None else _moment(row, "closed_at"),
        state_reason=row.get("state_reason"),  # answers of before May 2022 have none
        author_type="Gone" if author is None else str(need(author, "type")),
        updated_at=_moment(row, "updated_at"),
    )


def _moment(row: Mapping[str, Any], name: str) -> datetime:
    text = need(row, name)
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ChangedError(f"{name} is {text!r}; a time was expected") from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
