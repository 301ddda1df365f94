"""Issues of very many repositories: pages without comments, and the comments of the young ones by their ids."""

from datetime import datetime
from pathlib import Path
from typing import Any

import graphql

from collectors.errors import LimitError
from collectors.github.issue_comments import UNASKED, ask_comments, changes_field, changes_fields, with_comments
from collectors.github.issue_pages import read_page

BORDER = datetime(2026, 1, 1)
COMMENTS = {
    "totalCount": 1,
    "nodes": [{"createdAt": "2026-03-02T00:00:00Z", "author": {"login": "x", "__typename": "User"}}],
}


def test_a_young_issue_gets_its_comments_and_an_old_one_is_left_unknown():
    found = page(issue("new", "2026-03-01T00:00:00Z"), issue("old", "2025-12-31T23:59:59Z"))

    filled(answering("new"), [found], BORDER, most=10)

    new, old = read_page(found)
    assert (new.first_response_at, new.is_comment_known) == (datetime(2026, 3, 2), True)
    assert (old.first_response_at, old.is_comment_known) == (None, False)


def test_the_newest_are_asked_first_when_not_all_may_be():
    asked: list[list[str]] = []
    found = page(*(issue(f"i{n}", f"2026-03-{n:02}T00:00:00Z") for n in range(1, 10)))

    filled(answering(asked=asked), [found], BORDER, most=2)

    assert asked == [["i9", "i8"]]


def test_a_hundred_ids_go_into_a_query():
    asked: list[list[str]] = []
    pages = [page(*(issue(f"p{p}i{n}", "2026-03-01T00:00:00Z") for n in range(60))) for p in range(4)]

    filled(answering(asked=asked), pages, BORDER, most=500)

    assert [len(ids) for ids in asked] == [100, 100, 40]


def test_comments_that_cannot_be_had_cost_no_issue(caplog):
    def refuse(*_: Any) -> Any:
        raise LimitError("over the limit")

    found = page(issue("new", "2026-03-01T00:00:00Z"))

    filled(refuse, [found], BORDER, most=10)

    assert [one.is_comment_known for one in read_page(found)] == [False]
    assert "comments of 1 issues are unknown: over the limit; next: wait" in caplog.text


def test_an_odd_page_costs_the_comments_of_no_other(caplog):
    odd, good = {"nodes": ["text"]}, page(issue("new", "2026-03-01T00:00:00Z"))

    filled(answering("new"), [odd, good], BORDER, most=10)

    assert [one.is_comment_known for one in read_page(good)] == [True]
    assert "a page of issues: the answer has no id" in caplog.text


def test_an_issue_that_has_gone_meanwhile_is_left_unknown():
    found = page(issue("gone", "2026-03-01T00:00:00Z"))

    filled(lambda *_: ({}, {"data": {"nodes": [None]}}), [found], BORDER, most=10)

    assert found["nodes"][0]["comments"] == UNASKED


def test_both_queries_are_valid_against_the_schema_of_github(schema):
    comments = (Path(__file__).resolve().parents[3] / "collectors/github/issue_comments.graphql").read_text("utf-8")
    changes = f'query {{ repository(owner: "a", name: "b") {{ {changes_field(BORDER)} }} }}\n{changes_fields()}'

    assert [graphql.validate(schema, graphql.parse(query)) for query in (comments, changes)] == [[], []]


# --- builders ---


def filled(ask: Any, pages: list[dict[str, Any]], border: datetime, most: int) -> None:
    comments = ask_comments(ask, pages, border, most)
    for one in pages:
        with_comments(one, comments)


def issue(name: str, created: str) -> dict[str, Any]:
    plain = {"number": 1, "closedAt": None, "state": "OPEN", "stateReason": None, "author": None}
    return {**plain, "id": name, "createdAt": created, "updatedAt": created}


def page(*issues: dict[str, Any]) -> dict[str, Any]:
    return {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": list(issues)}


def answering(*_: str, asked: list[list[str]] | None = None) -> Any:
    """Answer every id with one comment, and note what was asked."""

    def ask(_: str, variables: Any) -> Any:
        ids = list(variables["ids"])
        if asked is not None:
            asked.append(ids)
        return {}, {"data": {"nodes": [{"id": one, "comments": COMMENTS} for one in ids]}}

    return ask
