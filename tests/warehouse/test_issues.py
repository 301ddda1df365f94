"""Issues are landed once, in any order, and given as they were known at any moment."""

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.derive.issue_closes import CLOSES
from warehouse.facts import CLOSE, FACTS, append_facts
from warehouse.issues import STORED, stored_closes, stored_issues
from warehouse.query import rows

MAY_DAY = datetime(2026, 5, 1)
HOUR = timedelta(hours=1)


def test_an_issue_comes_back_as_it_landed(warehouse):
    whole = issue(
        3,
        closed_at=MAY_DAY + HOUR,
        state_reason="COMPLETED",
        author_kind="gone",
        first_response_at=MAY_DAY + HOUR / 2,
        is_comment_known=True,
    )

    assert bring(warehouse, 1, whole) == 1
    assert stored(warehouse) == [whole]


def test_what_lands_twice_lands_once(warehouse):
    bring(warehouse, 1, issue(1), issue(2))

    assert bring(warehouse, 2, issue(1), issue(2)) == 0
    assert bring(warehouse, 1, issue(1)) == 0
    assert one(warehouse, "select count(*) from issue") == 2


def test_only_what_changed_is_added(warehouse):
    bring(warehouse, 1, issue(1), issue(2))

    assert bring(warehouse, 2, issue(1), issue(2, updated=5, closed_at=MAY_DAY + HOUR)) == 1
    assert [row["closed_at"] for row in stored(warehouse)] == [None, MAY_DAY + HOUR]


@pytest.mark.parametrize(
    "changed",
    [
        {"author_kind": "gone"},
        {"state_reason": "NOT_PLANNED"},
        {"closed_at": MAY_DAY},
        {"created_at": MAY_DAY - HOUR},
        {"first_response_at": MAY_DAY + HOUR},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_change_that_github_does_not_date_is_a_change(warehouse, changed):
    bring(warehouse, 1, issue(1))

    assert bring(warehouse, 2, issue(1, **changed)) == 1
    assert stored(warehouse) == [issue(1, **changed)]


def test_an_older_view_of_an_issue_says_nothing(warehouse):
    bring(warehouse, 1, issue(1, updated=5, closed_at=MAY_DAY))

    assert bring(warehouse, 2, issue(1, updated=4)) == 0
    assert stored(warehouse) == [issue(1, updated=5, closed_at=MAY_DAY)]


def test_of_two_views_in_one_landing_the_newer_counts(warehouse):
    bring(warehouse, 1, issue(1, updated=2), issue(1, updated=3, closed_at=MAY_DAY), issue(1, updated=1))

    assert stored(warehouse) == [issue(1, updated=3, closed_at=MAY_DAY)]


def test_a_past_knowledge_holds_nothing_that_came_later(warehouse):
    bring(warehouse, 1, issue(1))
    bring(warehouse, 3, issue(1, updated=5, closed_at=MAY_DAY), issue(2))

    assert stored(warehouse, 0) == []
    assert stored(warehouse, 1) == stored(warehouse, 2) == [issue(1)]
    assert stored(warehouse, 3) == [issue(1, updated=5, closed_at=MAY_DAY), issue(2)]


def test_a_response_that_was_seen_stays_seen(warehouse):
    bring(warehouse, 1, issue(1, first_response_at=MAY_DAY + HOUR))
    bring(warehouse, 2, issue(1, updated=5, is_comment_known=False))

    assert stored(warehouse) == [issue(1, updated=5, first_response_at=MAY_DAY + HOUR)]


def test_that_nobody_had_answered_is_not_known_of_a_later_view(warehouse):
    bring(warehouse, 1, issue(1))

    assert bring(warehouse, 2, issue(1, is_comment_known=False)) == 0
    assert stored(warehouse) == [issue(1)]

    bring(warehouse, 3, issue(1, updated=5, is_comment_known=False))

    assert stored(warehouse) == [issue(1, updated=5, is_comment_known=False)]


def test_comments_that_were_fetched_late_are_a_change(warehouse):
    bring(warehouse, 1, issue(1, is_comment_known=False))

    assert bring(warehouse, 2, issue(1)) == 1
    assert stored(warehouse) == [issue(1)]


def test_repositories_are_kept_apart(warehouse):
    bring(warehouse, 1, issue(1), issue(1, subject="flax", closed_at=MAY_DAY))

    assert [(row["subject"], row["closed_at"]) for row in stored(warehouse)] == [("flax", MAY_DAY), ("jax", None)]


def test_nothing_is_fine(warehouse):
    assert bring(warehouse, 1) == 0
    assert stored(warehouse) == []
    assert stored_issues(warehouse, MAY_DAY).schema == STORED


def test_a_landing_can_be_taken_back(warehouse):
    warehouse.execute("begin")
    bring(warehouse, 1, issue(1))
    warehouse.execute("rollback")

    assert stored(warehouse) == []


# --- what was asked by number ---


def test_closes_that_github_told_come_back(warehouse):
    bring(warehouse, 1, issue(1, updated=9, closed_at=at(9)))
    ask(warehouse, 10, (at(2), at(3), "COMPLETED", True), (at(9), None, None, False))

    assert closes(warehouse) == [(1, at(2), at(3), "COMPLETED", True), (1, at(9), None, None, False)]
    assert told(warehouse, "is_history_known") == [True]


def test_our_own_walks_saw_a_close_that_was_undone(warehouse):
    bring(warehouse, 1, issue(1, updated=1, closed_at=at(1), state_reason="COMPLETED"))
    bring(warehouse, 2, issue(1, updated=2, closed_at=at(1), state_reason="COMPLETED"))
    bring(warehouse, 3, issue(1, updated=5, state_reason="REOPENED"))
    bring(warehouse, 4, issue(1, updated=8, closed_at=at(8)))
    bring(warehouse, 5, issue(1, updated=9, closed_at=at(9)))

    assert closes(warehouse) == [
        (1, at(1), at(5), "COMPLETED", None),
        (1, at(8), at(9), None, None),
        (1, at(9), None, None, None),
    ]
    assert closes(warehouse, 2) == [(1, at(1), None, "COMPLETED", None)]
    assert told(warehouse, "is_history_known") == [False]


def test_what_was_seen_after_the_question_is_added_to_the_answer(warehouse):
    bring(warehouse, 1, issue(1, updated=1, closed_at=at(1)))
    ask(warehouse, 2, (at(1), None, "COMPLETED", True))
    bring(warehouse, 3, issue(1, updated=5, state_reason="REOPENED"))
    bring(warehouse, 4, issue(1, updated=8, closed_at=at(8)))

    assert closes(warehouse) == [(1, at(1), at(5), "COMPLETED", True), (1, at(8), None, None, None)]


def test_an_issue_that_was_open_all_the_time_has_its_history(warehouse):
    bring(warehouse, 1, issue(1), issue(2, state_reason="REOPENED"))

    assert told(warehouse, "is_history_known") == [True, False]
    assert closes(warehouse) == []


def test_an_issue_that_is_gone_was_last_seen_before(warehouse):
    bring(warehouse, 1, issue(1), issue(2))
    ask(warehouse, 4)
    ask(warehouse, 6, is_gone=True)

    assert told(warehouse, "gone_at") == [at(4), None]
    assert told(warehouse, "gone_at", hour=5) == [None, None]


def test_an_issue_that_comes_back_is_not_gone(warehouse):
    bring(warehouse, 1, issue(1))
    ask(warehouse, 4, is_gone=True)
    bring(warehouse, 6, issue(1, updated=5))

    assert told(warehouse, "gone_at") == [None]


def test_that_nobody_had_answered_is_known_until_comments_were_last_fetched(warehouse):
    bring(warehouse, 1, issue(1, updated=2))
    bring(warehouse, 3, issue(1, updated=5, is_comment_known=False))
    bring(warehouse, 3, issue(2, updated=5, is_comment_known=False))

    assert told(warehouse, "comments_until") == [at(2), None]


def test_an_answer_lands_once(warehouse):
    assert ask(warehouse, 4) == 1
    assert ask(warehouse, 4) == 0


def test_issues_are_asked_for_by_turns(warehouse):
    young = [issue(number) for number in range(1, 61)]
    old = [issue(number, created_at=MAY_DAY - 300 * 24 * HOUR) for number in range(100, 130)]
    bring(warehouse, 1, *young, *old, issue(200, closed_at=at(1)), issue(201, closed_at=at(1), author_kind="bot"))
    first = to_ask(warehouse)
    bots_and_open = [number for number, lacks_closes in first if not lacks_closes]
    answers = [
        {"subject": "jax", "number": number, "asked_at": at(2), "is_gone": number == 1, "closes": []}
        for number, _ in first
    ]
    append_facts(warehouse, "issue_asked", answers, at(2), "run")

    assert [number for number, lacks_closes in first if lacks_closes] == [200]
    assert len(bots_and_open) == 50 + 20 + 1
    second = [number for number, _ in to_ask(warehouse)]
    assert set(second) >= {*range(51, 61), *range(120, 130)}
    assert 1 not in second
    assert dict(to_ask(warehouse))[200] is False
    [counted] = rows(warehouse, "memory_issues_stored", before=at(100))
    assert counted["issues"] == 60 + 30 + 2 - 1


VIEWS = st.lists(
    st.tuples(
        st.integers(1, 3),  # number
        st.integers(0, 5),  # hour of the change
        st.integers(0, 4),  # hour of the landing
        st.booleans(),  # are comments known
    ),
    min_size=1,
    max_size=12,
    unique_by=(lambda view: view[:2], lambda view: (view[0], view[2])),
)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(views=VIEWS, draw=st.randoms(use_true_random=False))
def test_the_order_of_landings_does_not_matter(warehouse, views, draw):
    in_order = sorted(views, key=lambda view: view[2])
    shuffled = draw.sample(views, len(views))

    assert known_at_each_hour(warehouse, shuffled) == known_at_each_hour(warehouse, in_order)


def known_at_each_hour(warehouse, views) -> list[Any]:
    warehouse.execute("delete from issue")
    for number, updated, learned, is_known in views:
        closed_at = MAY_DAY + updated * HOUR if updated % 2 else None
        assert bring(warehouse, learned, issue(number, updated, closed_at=closed_at, is_comment_known=is_known)) <= 1
    for number, updated, learned, is_known in views:  # a second time changes nothing
        closed_at = MAY_DAY + updated * HOUR if updated % 2 else None
        assert bring(warehouse, learned, issue(number, updated, closed_at=closed_at, is_comment_known=is_known)) == 0
    return [stored(warehouse, hour) for hour in range(6)]


def test_a_change_dated_in_years_to_come_lets_no_walk_pass_over_those_until_then(warehouse):
    bring(warehouse, 3, issue(1, updated=2), issue(2, updated=24 * 365))

    assert rows(warehouse, "memory_issues", before=at(100)) == [{"subject": "jax", "updated_at": at(2)}]


def test_a_source_whose_clock_is_ahead_is_walked_by_its_own(warehouse):
    bring(warehouse, 3, issue(1, updated=2), issue(2, updated=20))

    assert rows(warehouse, "memory_issues", before=at(100)) == [{"subject": "jax", "updated_at": at(20)}]


# --- builders ---


def issue(number: int, updated: int = 0, **more: Any) -> dict[str, Any]:
    plain = {
        "subject": "jax",
        "number": number,
        "created_at": MAY_DAY,
        "closed_at": None,
        "state_reason": None,
        "author_kind": "human",
        "first_response_at": None,
        "is_comment_known": True,
        "updated_at": MAY_DAY + updated * HOUR,
    }
    return {**plain, **more}


def bring(warehouse: duckdb.DuckDBPyConnection, hour: int, *issues: dict[str, Any]) -> int:
    return append_facts(warehouse, "issue", issues, MAY_DAY + hour * HOUR, f"run {hour}")


def at(hour: int) -> datetime:
    return MAY_DAY + hour * HOUR


def ask(warehouse: duckdb.DuckDBPyConnection, hour: int, *closes: tuple[Any, ...], is_gone: bool = False) -> int:
    """Keep what GitHub said of issue 1 at that hour."""
    made = [dict(zip(CLOSE, one, strict=True)) for one in closes]
    row = {"subject": "jax", "number": 1, "asked_at": at(hour), "is_gone": is_gone, "closes": made}
    return append_facts(warehouse, "issue_asked", [row], at(hour), f"run {hour}")


def to_ask(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[int, bool]]:
    moments = {"before": at(100), "cohorts_since": at(100) - timedelta(days=121)}
    return [(row["number"], row["lacks_closes"]) for row in rows(warehouse, "memory_issues_to_ask", **moments)]


def closes(warehouse: duckdb.DuckDBPyConnection, hour: int = 100) -> list[tuple[Any, ...]]:
    found = stored_closes(warehouse, at(hour))
    assert found.schema == CLOSES
    return found.drop("subject").rows()


def told(warehouse: duckdb.DuckDBPyConnection, column: str, hour: int = 100) -> list[Any]:
    return stored_issues(warehouse, at(hour)).sort("number")[column].to_list()


def stored(warehouse: duckdb.DuckDBPyConnection, hour: int = 100) -> list[dict[str, Any]]:
    found = stored_issues(warehouse, MAY_DAY + hour * HOUR)
    assert found.columns == list(STORED)
    return sorted(found.select(*FACTS["issue"]).rows(named=True), key=lambda row: (row["subject"], row["number"]))


def one(warehouse: duckdb.DuckDBPyConnection, query: str) -> Any:
    return warehouse.sql(query).fetchall()[0][0]
