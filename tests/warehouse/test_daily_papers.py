"""A share of a year is told when nine tenths of its days were read, and papers enough are known."""

from datetime import datetime, timedelta

import pytest

from catalog.observation import Reason
from catalog.subject import Subject
from warehouse.daily_papers import LEAST_DAYS_READ, days_read, live_shares, papers_read
from warehouse.facts import append_facts
from warehouse.query import rows as rows_of

UNTIL = datetime(2026, 11, 1)
JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", papers_framework="jax")


@pytest.mark.parametrize(("days", "is_told"), [(30, False), (LEAST_DAYS_READ - 1, False), (LEAST_DAYS_READ, True)])
def test_a_window_that_is_not_full_is_not_told_as_the_years(warehouse, days, is_told):
    read(warehouse, days, papers_a_day=10)

    share = told(warehouse)

    assert (share.value, share.reason) == ((0.5, None) if is_told else (None, Reason.INCOMPLETE))


@pytest.mark.parametrize(("with_papers", "is_told"), [(20, True), (19, False)])
def test_days_without_papers_count_as_read_and_too_few_papers_tell_no_share(warehouse, with_papers, is_told):
    read(warehouse, 365, papers_a_day=10, with_papers=with_papers)

    assert told(warehouse).has_value is is_told


def read(warehouse, days, papers_a_day, with_papers=365):
    """Land the newest days: some have papers, of which every other one names JAX."""
    rows = []
    for back in range(1, days + 1):
        day = (UNTIL - timedelta(days=back)).date()
        papers = range(papers_a_day if back <= with_papers else 0)
        for number in papers:
            paper = {"paper_id": f"{day}-{number}", "repository": f"a/{day}-{number}", "packages": ""}
            rows.append(paper | {"listed_on": day, "frameworks": "jax" if number % 2 else "pytorch"})
        if not papers:
            rows.append({"listed_on": day})
    append_facts(warehouse, "paper", rows, UNTIL, "run")


def told(warehouse):
    name = "papers.share_365d_manifests"
    return next(one for one in live_shares(warehouse, [JAX], UNTIL, UNTIL) if one.metric == name)


def verdict(repository, state="named", read_at=UNTIL, **more):
    told = {"repository": repository, "state": state, "read_at": read_at, "way": "graphql", "rule": "imports@1"}
    return told | {"main": "jax", "libraries": '{"flax": 2, "jax": 3}'} | more


def test_the_last_reading_of_a_repository_tells_the_main_framework_and_what_it_imports(warehouse):
    read(warehouse, 2, papers_a_day=1)
    earlier = UNTIL - timedelta(days=1)
    rows = [verdict("a/2026-10-31-0", main="tf", read_at=earlier), verdict("a/2026-10-31-0")]
    append_facts(warehouse, "code_verdict", [*rows, verdict("a/2026-10-30-0", "no_code", main=None)], UNTIL, "run")

    found = papers_read(warehouse, UNTIL, UNTIL)

    assert found.rows() == [(UNTIL.date() - timedelta(days=1), "2026-10-31-0", ["jax"], ["flax", "jax"])]


def test_a_day_is_read_when_all_its_repositories_are(warehouse):
    read(warehouse, 3, papers_a_day=2, with_papers=2)
    assert days_read(warehouse, UNTIL, UNTIL) == 1  # of its papers: none

    names = ["a/2026-10-31-0", "a/2026-10-31-1", "a/2026-10-30-0"]
    append_facts(warehouse, "code_verdict", [verdict(one) for one in names], UNTIL, "run")

    assert days_read(warehouse, UNTIL, UNTIL) == 2


def test_what_was_not_read_is_due_the_newest_first_and_what_did_not_answer_after_a_week(warehouse):
    read(warehouse, 3, papers_a_day=1)
    old, new = UNTIL - timedelta(days=8), UNTIL - timedelta(days=1)
    rows = [verdict("a/2026-10-30-0", "unreadable", new), verdict("a/2026-10-29-0", "unreadable", old)]
    append_facts(warehouse, "code_verdict", rows, UNTIL, "run")

    due = rows_of(warehouse, "memory_papers_unread", before=UNTIL + timedelta(seconds=1))

    assert [one["repository"] for one in due] == ["a/2026-10-31-0", "a/2026-10-29-0"]
