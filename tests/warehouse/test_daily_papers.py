"""A share of a year is told when nine tenths of its days were read, and papers enough are known."""

from datetime import datetime, timedelta

import pytest

from catalog.observation import Reason
from catalog.subject import Subject
from warehouse.daily_papers import LEAST_DAYS_READ, live_shares
from warehouse.facts import append_facts

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
    return next(one for one in live_shares(warehouse, [JAX], UNTIL, UNTIL) if one.metric == "papers.share_365d")
