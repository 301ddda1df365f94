"""A fact whose words still stand is looked at again later, and never sooner."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.confirmation import confirmed
from catalog.fact import Fact
from catalog.volatility import periods_d

days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(days, days)
def test_a_confirmation_moves_the_day_of_review_on_and_never_back(read_on, stood_on):
    fact = curated(read_on)
    [after] = confirmed([fact], {fact.key: stood_on})

    assert after.review_by >= fact.review_by
    assert after.confirmed_on == (stood_on if stood_on > read_on else fact.confirmed_on)
    if stood_on > read_on:
        assert after.review_by >= stood_on + timedelta(days=periods_d()[fact.metric] * 3 // 4)
    assert (after.value, after.valid_from, after.key) == (fact.value, fact.valid_from, fact.key)


def test_a_fact_on_a_metric_of_the_user_keeps_its_own_period():
    fact = curated(date(2026, 1, 1), "pwc.share_imagenet")
    [after] = confirmed([fact], {fact.key: date(2026, 5, 1)})

    assert after.review_by - date(2026, 5, 1) == fact.review_by - fact.valid_from


def test_another_fact_confirms_nothing():
    fact = curated(date(2026, 1, 1))

    assert confirmed([fact], {("jax", fact.metric, "Other", fact.valid_from): date(2026, 5, 1)}) == (fact,)


def curated(read_on: date, metric: str = "curated.mobile") -> Fact:
    value = 0.5 if metric.startswith("pwc.") else "good"
    days = {"valid_from": read_on, "review_by": read_on + timedelta(days=100)}
    return Fact(subject="jax", metric=metric, value=value, source="Guide", **days)
