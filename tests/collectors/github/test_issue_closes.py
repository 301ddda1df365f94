"""Issues asked for by number: every close with what undid it, and the issues that are gone; which are asked for."""

from datetime import datetime, timedelta
from typing import Any

import graphql
import pytest

from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, LimitError
from collectors.github.issue_closes import Close, ask_closes, closes_query, read_closes
from collectors.github.issue_questions import Questions
from collectors.github_api.client import FETCHED_AT
from flows.replica.graphql import schema as replica_schema

MAY_DAY = datetime(2026, 5, 1)
DAY = timedelta(days=1)
JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=7)
FLAX = Subject(id="flax", name="Flax", kind="library", github="google/flax", github_id=8)
ALICE, BOT = {"__typename": "User", "login": "alice"}, {"__typename": "Bot", "login": "stale"}

# --- one issue ---


def test_each_close_is_undone_by_the_reopening_that_follows_it():
    found = read_closes(node(closed(1, BOT, "NOT_PLANNED"), reopened(2), closed(5), reopened(30), closed(31)))

    assert found == [
        Close(at(1), at(2), "NOT_PLANNED", is_by_bot=True),
        Close(at(5), at(30), None, is_by_bot=False),
        Close(at(31), None, None, is_by_bot=False),
    ]


def test_events_are_read_in_order_of_time_and_a_reopening_without_a_close_is_none():
    assert read_closes(node(closed(5), reopened(1), reopened(7), reopened(8))) == [
        Close(at(5), at(7), None, is_by_bot=False)
    ]


def test_a_close_by_a_deleted_account_is_not_one_by_a_bot():
    assert read_closes(node(closed(1, None))) == [Close(at(1), None, None, is_by_bot=False)]


def test_a_timeline_that_is_gone_is_named():
    with pytest.raises(ChangedError, match="timelineItems"):
        read_closes({"number": 1})


# --- asking ---


def test_the_query_is_what_github_and_the_replica_understand(schema):
    query = graphql.parse(closes_query([(FLAX, 1), (JAX, 2), (JAX, 3)]))

    assert graphql.validate(schema, query) == []
    assert graphql.validate(replica_schema(), query) == []


def test_issues_of_several_repositories_come_with_one_query():
    upstream = Upstream(
        {"r0": {"databaseId": 8, "i1": node(closed(1))}, "r1": {"databaseId": 7, "i2": node(), "i3": node(closed(2))}}
    )

    [found] = ask_closes(upstream, [(JAX, 3), (FLAX, 1), (JAX, 2)])

    assert found.table == "issue_asked"
    assert [(row["subject"], row["number"], len(row["closes"]), row["is_gone"]) for row in found.rows] == [
        ("flax", 1, 1, False),
        ("jax", 2, 0, False),
        ("jax", 3, 1, False),
    ]
    assert {row["asked_at"] for row in found.rows} == {MAY_DAY}


def test_an_issue_that_github_does_not_find_is_gone_and_the_others_are_kept():
    errors = [{"type": "NOT_FOUND", "path": ["r0", "i2"], "message": "Could not resolve"}]
    upstream = Upstream({"r0": {"databaseId": 7, "i2": None, "i3": node()}}, errors)

    [found] = ask_closes(upstream, [(JAX, 2), (JAX, 3)])

    assert [(row["number"], row["is_gone"]) for row in found.rows] == [(2, True), (3, False)]


@pytest.mark.parametrize(
    ("repository", "errors"),
    [
        ({"databaseId": 7, "i2": None}, [{"path": ["r0", "i2"], "message": "Something went wrong"}]),
        (None, [{"type": "NOT_FOUND", "path": ["r0"], "message": "no repository"}]),
        ({"databaseId": 99, "i2": None}, [{"type": "NOT_FOUND", "path": ["r0", "i2"], "message": "another's"}]),
        ({"databaseId": 7, "i2": {"number": 2}}, []),
    ],
    ids=["a fault", "no repository", "somebody else's repository", "half an issue"],
)
def test_what_is_not_said_is_not_gone(repository, errors):
    [found] = ask_closes(Upstream({"r0": repository}, errors), [(JAX, 2)])

    assert found.rows == ()


def test_a_hundred_are_asked_at_once_and_a_limit_ends_it():
    upstream = Upstream({"r0": {"databaseId": 7}}, fault_after=2)

    found = list(ask_closes(upstream, [(JAX, number) for number in range(250)]))

    assert (len(found), upstream.asked) == (2, 3)


# --- which ---


def test_closed_issues_of_the_cohorts_are_asked_for_the_newest_first_and_then_what_is_left_over():
    walked = Rows(
        "issue",
        (
            row(1, closed_at=MAY_DAY),
            row(2),
            row(3, closed_at=MAY_DAY, created_at=MAY_DAY - 122 * DAY),
            row(4, state_reason="REOPENED"),
            row(5, closed_at=MAY_DAY, author_kind="bot"),
        ),
    )

    assert asked([walked], {"issues_without_closes": {"jax": [9, 1]}}) == [("jax", 4), ("jax", 1), ("jax", 9)]


@pytest.mark.parametrize(("total", "looked_for"), [(9, [("jax", 5), ("jax", 6)]), (10, []), (None, [])])
def test_issues_are_looked_for_where_fewer_exist_than_are_stored(total, looked_for):
    memory = {"issues": {"jax": MAY_DAY}, "issues_stored": {"jax": 9}, "issues_to_look_for": {"jax": [5, 6]}}
    new, old = row(11, created_at=MAY_DAY + DAY), row(5)

    assert asked([Rows("issue", (new, old)), *counters(total)], memory) == looked_for


def test_no_subject_waits_for_another_and_a_quarter_is_left_to_those_that_may_be_gone():
    memory = {
        "issues": {"jax": MAY_DAY},
        "issues_stored": {"jax": 9},
        "issues_to_look_for": {"jax": [5, 6, 7]},
        "issues_without_closes": {"jax": [1, 2, 3], "flax": [1, 2, 3]},
    }

    assert asked(counters(1), memory, most=4) == [("jax", 1), ("flax", 1), ("jax", 2), ("jax", 5)]


# --- builders ---


class Upstream:
    """Give one answer, again and again; after so many, a limit."""

    def __init__(self, data: dict[str, Any], errors: list[dict[str, Any]] | None = None, fault_after: int = 99) -> None:
        self.payload, self.asked, self.fault_after = {"data": data, "errors": errors or []}, 0, fault_after

    def __call__(self, query: str, variables: Any) -> tuple[dict[str, str], Any]:
        self.asked += 1
        if self.asked > self.fault_after:
            raise LimitError("enough")
        return {FETCHED_AT: MAY_DAY.isoformat()}, self.payload


def at(day: float) -> datetime:
    return MAY_DAY + day * DAY


def closed(day: float, actor: dict[str, str] | None = ALICE, reason: str | None = None) -> dict[str, Any]:
    stamp = f"{at(day).isoformat()}Z"
    return {"__typename": "ClosedEvent", "createdAt": stamp, "stateReason": reason, "actor": actor}


def reopened(day: float) -> dict[str, Any]:
    return {"__typename": "ReopenedEvent", "createdAt": f"{at(day).isoformat()}Z"}


def node(*events: dict[str, Any]) -> dict[str, Any]:
    return {"number": 1, "timelineItems": {"nodes": list(events)}}


def row(number: int, **more: Any) -> dict[str, Any]:
    plain = {"closed_at": None, "state_reason": None, "author_kind": "human", "created_at": MAY_DAY}
    return {"subject": "jax", "number": number, **plain, **more}


def counters(total: float | None) -> list[Any]:
    if total is None:
        return [METRICS["github.open_issues"].of("jax", MAY_DAY, 3)]
    names = {"github.open_issues": total, "github.issues_closed_ever": 0}
    return [METRICS[name].of("jax", MAY_DAY, value) for name, value in names.items()]


def asked(tonight, memory, most: int = 100) -> list[tuple[str, int]]:
    found = Questions([JAX, FLAX], memory, MAY_DAY)
    assert list(found.passing(tonight)) == list(tonight)
    return [(one.id, number) for one, number in found.asked(most)]
