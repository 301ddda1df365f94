"""An observation is a value or a reasoned absence, and nothing in between."""

from datetime import UTC, datetime

import pytest

from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status

MAY_DAY = datetime(2026, 5, 1)


def test_zero_is_a_value():
    assert observation(value=0.0).has_value


def test_a_missing_value_has_a_reason():
    missing = METRICS["github.stars"].missing("jax", MAY_DAY, Reason.RATE_LIMITED)

    assert not missing.has_value
    assert (missing.value, missing.reason) == (None, "rate_limited")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"value": float("nan")}, id="not a number"),
        pytest.param({"value": float("inf")}, id="infinite"),
        pytest.param({"value": float("-inf")}, id="minus infinite"),
        pytest.param({"lo": float("nan")}, id="a bound that is no number"),
        pytest.param({"hi": float("inf")}, id="an infinite bound"),
        pytest.param({"valid_at": datetime(2026, 5, 1, tzinfo=UTC)}, id="a moment with a time zone"),
        pytest.param({"status": Status.MISSING, "value": None}, id="missing without a reason"),
        pytest.param({"status": Status.MISSING, "reason": Reason.STALE}, id="missing with a value"),
        pytest.param({"status": Status.NOT_APPLICABLE}, id="not applicable with a value"),
        pytest.param({"value": None}, id="measured without a value"),
        pytest.param({"value": None, "status": Status.CURATED}, id="curated without a value"),
        pytest.param({"reason": Reason.STALE}, id="measured with a reason"),
        pytest.param(
            {"status": Status.NOT_APPLICABLE, "value": None, "reason": Reason.STALE}, id="not applicable with a reason"
        ),
    ],
)
def test_what_is_neither_a_value_nor_a_reasoned_absence_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^github\.stars of jax: "):
        observation(**wrong)


def observation(**changed) -> Observation:
    plain = {
        "subject": "jax",
        "metric": "github.stars",
        "method": "snapshot",
        "source": "github",
        "valid_at": MAY_DAY,
        "value": 30_000.0,
        "status": Status.MEASURED,
        "definition": "stars@1",
        "unit": "accounts",
    }
    return Observation(**{**plain, **changed})
