"""What follows from issues: a rate that is moving is an event with both of its values."""

from datetime import datetime

from flows.derive import as_noticed
from scoring.issue_rates import Moving

MAY_DAY = datetime(2026, 5, 1)


def test_a_moving_rate_is_an_event_with_both_values():
    [event] = as_noticed([Moving("jax", MAY_DAY, 0.1, 0.55, 0.03)]).to_dicts()

    assert (event["subject"], event["metric"], event["kind"]) == ("jax", "github.issue_close_30d", "moving")
    assert (event["valid_at"], event["value"], event["expected"]) == (MAY_DAY, 0.1, 0.55)
    assert event["detail"] == (
        "rate is moving: 0.100 by Kaplan-Meier, 0.550 of the matured issues, over 3 standard errors of 0.030 apart"
    )


def test_rates_that_stay_are_no_events():
    assert as_noticed([]).is_empty()
