"""What follows from issues and questions: an event with both values, a missing median that says what it is above."""

from datetime import datetime

import polars as pl
import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from flows.stages.derive import Brought, derive
from scoring.derive.issue_rates import RATES, Moving
from warehouse.facts import FACTS
from warehouse.frame import derived_frame
from warehouse.land import NOTICED, Run

MAY_DAY, LONG_AGO = datetime(2026, 5, 1), datetime(2024, 1, 1)
JAX = Catalog(subjects=(Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax"),), has_history=False)


def test_a_moving_rate_is_an_event_with_both_values():
    event = Moving("jax", MAY_DAY, 0.1, 0.55, 0.03).event()

    assert (event["subject"], event["metric"], event["kind"]) == ("jax", "github.issue_close_30d", "moving")
    assert (event["valid_at"], event["value"], event["expected"]) == (MAY_DAY, 0.1, 0.55)
    assert event["detail"] == (
        "rate is moving: 0.100 by Kaplan-Meier, 0.550 of the matured issues, over 3 standard errors of 0.030 apart"
    )


def test_an_event_has_the_columns_of_what_a_landing_notices():
    assert set(Moving("jax", MAY_DAY, 0.1, 0.55, 0.03).event()) == set(NOTICED)


def test_a_median_that_is_not_reached_is_missing_and_says_for_how_long_it_was_watched():
    [row] = derived_frame(rate("stackoverflow.first_answer_median_h", None, 2_880, None), "stackoverflow").to_dicts()

    assert (row["value"], row["lo"], row["hi"], row["n"]) == (None, 2_880, None, 5)
    assert (row["status"], row["reason"], row["source"]) == ("missing", "incomplete", "stackoverflow")


def test_a_share_that_cannot_be_told_has_no_ends():
    [row] = derived_frame(rate("github.issue_reopened_share_90d", None, 0.1, 0.3), "github").to_dicts()

    assert (row["value"], row["lo"], row["hi"]) == (None, None, None)


@pytest.mark.parametrize(
    ("state", "commits", "floor"),
    [("retired", 0.1, 0.0), ("live", 0.1, None), (None, 0.1, None), ("retired", 0.3, None)],
    ids=["it has ended", "slow, and live", "nobody knows", "retired, and yet at work"],
)
def test_rates_of_no_issues_stand_at_the_floor_only_where_a_project_has_ended(warehouse, state, commits, floor):
    seen = [
        METRICS["github.issues_walked"].of("jax", MAY_DAY, 1),
        METRICS["github.commits_week"].of("jax", MAY_DAY, commits),
    ]
    times = {"created_at": LONG_AGO, "closed_at": None, "first_response_at": None, "updated_at": LONG_AGO}
    issue = {
        "subject": "jax",
        "number": 1,
        "state_reason": None,
        "author_kind": "human",
        "is_comment_known": True,
        **times,
    }
    looked = dict.fromkeys(FACTS["repository_state"]) | {
        "repository": "JAX-ML/jax",
        "valid_at": MAY_DAY,
        "state": state,
    }
    facts = [Rows("issue", (issue,)), Rows("repository_state", (looked,))]

    found = derive(warehouse, Brought(JAX, Run("a-night", "nightly", MAY_DAY, MAY_DAY, "1"), seen, facts)).arrived

    [row] = found.filter(metric="github.issue_close_30d_widened").to_dicts()
    assert (row["value"], row["n"]) == (floor, 0)


def rate(metric: str, value: float | None, lo: float | None, hi: float | None) -> pl.DataFrame:
    row = {"subject": "jax", "day": MAY_DAY, "metric": metric, "value": value, "lo": lo, "hi": hi, "n": 5}
    return pl.DataFrame([row], schema=RATES)
