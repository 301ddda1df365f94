"""Subjects are looked at many at once: each has the rates that it has alone, whatever moments the others hold."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.derive import issue_blocks
from scoring.derive.issue_blocks import blocks
from scoring.derive.issue_closes import CLOSES, NONE
from scoring.derive.issue_rates import RATES, estimates, moving_of, rates
from scoring.derive.widened_rates import widened_rates
from tests.scoring.derive.builders import issue_frame
from tests.scoring.derive.test_issue_rates import DAY, MAY_DAY, born, issue, spell

DAYS = [MAY_DAY - number * 40 * DAY for number in range(4)]
ODD = [datetime(1950, 1, 1), datetime(1970, 1, 1), datetime(2112, 1, 1), datetime(2300, 1, 1), datetime(9999, 12, 31)]
ISSUES = st.lists(
    st.tuples(
        st.sampled_from(["flax", "jax", "keras", "mlx"]),
        st.integers(0, 500),  # age on May Day, in days
        st.none() | st.integers(0, 300),  # closed, in days after its birth
        st.none() | st.integers(1, 100),  # reopened, in days after that
        st.none() | st.integers(0, 2000),  # first answer, in hours after its birth
        st.none() | st.tuples(st.sampled_from(["created_at", "closed_at", "gone_at"]), st.sampled_from(ODD)),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60)
@given(made=ISSUES)
def test_together_each_subject_and_day_has_the_rates_that_it_has_alone(made):
    issues, closes = history(made)
    alone = [one for _, one in sorted(issues.group_by("subject"), key=lambda one: one[0])]

    for work, columns in ((rates, RATES), (widened_rates, RATES)):
        expected = pl.concat([pl.DataFrame(schema=columns), *(work(one, DAYS, closes) for one in alone)])
        assert work(issues, DAYS, closes).equals(expected)
    assert rates(issues, DAYS[:1], closes).equals(rates(issues, DAYS, closes).filter(day=DAYS[0]))
    apart = [told for one in alone for told in moving_of(estimates(one, DAYS, closes))]
    assert moving_of(estimates(issues, DAYS, closes)) == apart


def test_a_subject_of_very_many_issues_stands_alone_and_many_small_ones_together(monkeypatch):
    monkeypatch.setattr(issue_blocks, "MOST_ISSUES", 5)
    monkeypatch.setattr(issue_blocks, "MOST_SUBJECTS", 3)
    sizes = {"a": 2, "b": 9, "c": 1, "d": 1, "e": 1, "f": 1, "g": 5}
    issues = issue_frame([born(60, subject=name) for name, size in sizes.items() for _ in range(size)])

    found = [one.cells["subject"].to_list() for one in blocks(issues, [MAY_DAY], NONE)]

    assert found == [["a"], ["b"], ["c", "d", "e"], ["f"], ["g"]]


@pytest.mark.parametrize("day", [datetime(1970, 1, 2), MAY_DAY, datetime(2111, 1, 1)])
def test_the_last_issue_of_one_subject_is_none_of_the_next(day):
    issues = issue_frame([issue(at, subject=name) for name in "abc" for at in (datetime(1969, 1, 1), *ODD)])

    opened = rates(issues, [day]).filter(metric="github.open_issues")["value"].to_list()

    assert opened == [sum(at < day for at in (datetime(1969, 1, 1), *ODD))] * 3


# --- builders ---


def history(made: list[tuple[Any, ...]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return issues, some with moments that no server should send, and closes of some."""
    issues, closes = [], []
    for number, (subject, age, closed, reopened, answer, odd) in enumerate(made, start=1):
        own = {"subject": subject, "number": number // 2, "is_history_known": closed is not None}
        at = None if answer is None else MAY_DAY - age * DAY + timedelta(hours=answer)
        more = own | {"gone_at": None, "first_response_at": at} | ({odd[0]: odd[1]} if odd else {})
        issues.append(born(age, closed) | more)
        if closed is not None and reopened is not None and number % 2:
            closes.append(spell(age, closed, closed + reopened, number=number // 2) | {"subject": subject})
    return issue_frame(issues), pl.DataFrame(closes, schema=CLOSES)
