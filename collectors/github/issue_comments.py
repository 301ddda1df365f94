"""Issues of very many repositories: a first page without comments, and the comments of the young ones by their ids.

A page with comments costs a point a repository, one without a hundredth; a hundred issues' comments cost a point.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from heapq import nlargest
from importlib.resources import files
from typing import Any

from collectors.errors import ChangedError, SourceError
from collectors.github.issue_pages import PAGE_SIZES, Ask, Connection, order_and_filter
from collectors.reading import one_answer
from collectors.transport.payload import need

log = logging.getLogger(__name__)

IDS_A_QUERY = 100
UNASKED = {"totalCount": 1, "nodes": []}
"""Stands for comments that nobody fetched: there may be some."""


def changes_field(since: datetime | None) -> str:
    """Return the field of a repository that asks for its first page without comments."""
    return f"issues(first: {PAGE_SIZES[0]}, {order_and_filter(since)}) {{ ...issue_changes }}"


@cache
def changes_fields() -> str:
    """Return the fragment that such a page is asked with."""
    return _query("issue_changes")


def ask_comments(ask: Ask, pages: Iterable[Connection], created_since: datetime, most: int) -> dict[str, Connection]:
    """Return first comments by the ids of issues, for pages that came without: of the newest `most` created since.

    Comments that cannot be had are left unknown: they cost a first response, never an issue.
    """
    border = created_since.isoformat()
    young = (issue for page in pages for issue in _identified(page) if issue["createdAt"] >= border)
    ids = [str(one["id"]) for one in nlargest(most, young, key=_created_at)]
    found: dict[str, Connection] = {}
    for start in range(0, len(ids), IDS_A_QUERY):
        try:
            with one_answer():
                _, payload = ask(_query("issue_comments"), {"ids": ids[start : start + IDS_A_QUERY]})
                for one in filter(None, need(payload, "data", "nodes")):
                    found[str(need(one, "id"))] = need(one, "comments")
        except SourceError as error:
            left = len(ids) - start
            log.warning("github: comments of %d issues are unknown: %s; next: %s", left, error, error.next_step)
            break
    return found


def with_comments(page: Connection, comments: Mapping[str, Connection]) -> Connection:
    """Return the page with comments at the issues that came without: unknown ones where none were asked."""
    with suppress(ChangedError), one_answer():  # of a page that cannot be read its own walk will say so
        for issue in filter(None, need(page, "nodes")):
            issue.setdefault("comments", comments.get(str(issue.get("id")), UNASKED))
    return page


def _identified(page: Connection) -> list[dict[str, Any]]:
    """Return the issues of a page; none of a page that its own walk will refuse."""
    try:
        with one_answer():
            issues = [issue for issue in need(page, "nodes") if issue]
            return [one for one in issues if str(need(one, "id")) and str(need(one, "createdAt"))]
    except ChangedError as error:
        log.warning("github: a page of issues: %s; next: %s", error, error.next_step)
        return []


def _created_at(issue: Mapping[str, Any]) -> str:
    return str(issue["createdAt"])


@cache
def _query(name: str) -> str:
    return files("collectors.github").joinpath(f"{name}.graphql").read_text(encoding="utf-8")
