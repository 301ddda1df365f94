"""The interval says what the score would be if the missing answers were like the peers'."""

from datetime import datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.score import score
from tests.scoring.builders import (
    CRITERIA,
    MAY_DAY,
    RUBRIC,
    answer,
    card,
    days,
    dimension,
    evidence,
    not_applicable,
    subjects,
    worth,
)

FORKS = "github.forks"
POPULARITY_OF_ONE = 0.25 / 2


def test_without_peers_a_missing_answer_may_be_anything():
    row = dimension("ecosystem", card(8, but=[FORKS]))

    assert row["raw"] == pytest.approx(8)
    assert row["lo"] == pytest.approx(8 - 8 * POPULARITY_OF_ONE)
    assert row["hi"] == pytest.approx(8 + 2 * POPULARITY_OF_ONE)


def test_two_peers_are_too_few():
    assert interval(peers=[4, 5]) == pytest.approx((8 - 8 * POPULARITY_OF_ONE, 8 + 2 * POPULARITY_OF_ONE))


def test_three_peers_bound_a_missing_answer_by_their_tenth_and_ninetieth_percentile():
    """Of 3, 5 and 9 these are 3.4 and 8.2."""
    low, high = (8 + (end - 8) * POPULARITY_OF_ONE for end in (3.4, 8.2))

    assert interval(peers=[3, 5, 9]) == pytest.approx((low, high))


def test_peers_that_are_all_worse_leave_the_point_inside():
    low, high = interval(peers=[1, 1, 1])

    assert (low, high) == pytest.approx((8 - 7 * POPULARITY_OF_ONE, 8))


def test_a_stale_answer_is_as_open_as_a_missing_one():
    stale = answer(FORKS, worth(8, FORKS), MAY_DAY - timedelta(days=99))

    assert interval(stale, peers=[3, 5, 9]) == pytest.approx(interval(peers=[3, 5, 9]))


def test_a_stale_peer_is_no_peer():
    assert interval(peers=[3, 5, 9], seen=MAY_DAY - timedelta(days=99)) == pytest.approx(interval(peers=[]))


def test_subjects_of_another_kind_are_no_peers():
    assert interval(peers=[3, 5, 9], kind="library") == pytest.approx(interval(peers=[]))


def test_what_does_not_apply_opens_nothing():
    row = dimension("ecosystem", [*card(8, but=[FORKS]), not_applicable(FORKS)])

    assert (row["lo"], row["hi"]) == pytest.approx((8, 8))


def test_the_best_two_channels_bound_the_community():
    """Without the other two, the low end is (6 + 0) / 2 and the high end (10 + 10) / 2."""
    row = dimension("ecosystem", card(6, but=["discord.members", "discourse.users"]))

    assert row["lo"] == pytest.approx(0.625 * 6 + 0.375 * 3)
    assert row["hi"] == pytest.approx(0.625 * 6 + 0.375 * 10)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_the_interval_always_holds_the_point(chance):
    names = [f"s{number}" for number in range(6)]
    ages = [1, 1, 1, 500]
    answers = [
        answer(metric, worth(chance.uniform(-1, 11), metric), MAY_DAY - timedelta(days=chance.choice(ages)), name)
        for name in names
        for metric in CRITERIA
        if chance.random() < 0.7
    ]

    found = score(evidence(answers), subjects(*names), days(MAY_DAY), RUBRIC)

    for frame, point in ((found.dimensions, "raw"), (found.scores, "speed_raw")):
        known = frame.filter(pl.col(point).is_not_null())
        assert (known["lo"] <= known[point] + 1e-9).all()
        assert (known["hi"] >= known[point] - 1e-9).all()


def interval(*more, peers: list[float], seen: datetime = MAY_DAY - timedelta(days=1), kind: str = "framework"):
    """Return lo and hi of the ecosystem of alpha, which has 8 everywhere but no fresh forks."""
    names = [f"peer{number}" for number in range(len(peers))]
    answers = [*card(8, but=[FORKS]), *more]
    answers += [answer(FORKS, worth(mark, FORKS), seen, name) for name, mark in zip(names, peers, strict=True)]
    who = pl.concat([subjects("alpha"), subjects(*names, kind=kind)]) if names else subjects("alpha")

    rows = score(evidence(answers), who, days(MAY_DAY), RUBRIC).dimensions

    row = rows.row(by_predicate=(pl.col("subject") == "alpha") & (pl.col("dimension") == "ecosystem"), named=True)
    return row["lo"], row["hi"]
