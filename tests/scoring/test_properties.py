"""What holds for every world: bounds, monotony, independence, order (docs/method.md#what-is-missing)."""

import math
from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from scoring.rubric import Rubric
from scoring.score import Scored, score
from tests.scoring.builders import (
    CRITERIA,
    EVE,
    MAY_DAY,
    RUBRIC,
    Answer,
    answer,
    curated,
    days,
    evidence,
    not_applicable,
    raws,
    rubric_with,
    subjects,
    worth,
)

NAMES = sorted(CRITERIA)
LOGS = [name for name in NAMES if CRITERIA[name].norm == "log"]
PLAIN_GROUPS = sorted({(one.dimension, one.group) for one in RUBRIC.criteria if one.combine == "mean"})
EPSILON = 1e-9
FEW = settings(max_examples=6, deadline=None)
worlds = st.integers(0, 2**32 - 1).map(Random)


@FEW
@given(worlds)
def test_every_number_lies_between_nought_and_ten(chance):
    found = score(evidence(wild(chance)), subjects("alpha"), days(MAY_DAY), RUBRIC)

    for frame, columns in (
        (found.dimensions, ["score", "raw", "lo", "hi"]),
        (found.scores, ["speed_score", "speed_mean", "speed_raw", "lo", "hi"]),
        (found.contributions, ["mark", "points"]),
    ):
        numbers = frame.select(pl.col(columns)).unpivot()["value"].drop_nulls()
        assert numbers.is_between(0, 10 + EPSILON).all()
    assert found.dimensions["coverage"].is_between(0, 1 + EPSILON).all()


@FEW
@given(worlds)
def test_more_of_a_good_thing_never_lowers_a_score(chance):
    """One subject a step: from each to the next, one answer grows better; the direction is the rubric's."""
    answers = world(chance, "s00")
    steps = [answers]
    for _ in range(1, 25):
        better = chance.choice([one for one in steps[-1] if one["value"] is not None])
        steps.append([moved(one, 1.5) if one["metric"] == better["metric"] else one for one in steps[-1]])
    named = [row | {"subject": f"s{step:02}"} for step, rows in enumerate(steps) for row in rows]

    found = score(evidence(named), subjects(*(f"s{step:02}" for step in range(len(steps)))), days(MAY_DAY), RUBRIC)

    for (_,), rows in found.dimensions.group_by("dimension"):
        assert (rows.sort("subject")["raw"].drop_nulls().diff().drop_nulls() >= -EPSILON).all()


def test_the_better_goalpost_of_every_metric_is_worth_all_the_other_nothing():
    ends = [answer(name, getattr(CRITERIA[name], end), EVE, f"{name} {end}") for name in NAMES for end in ("lo", "hi")]

    found = score(evidence(ends), subjects(*(one["subject"] for one in ends)), days(MAY_DAY), RUBRIC).dimensions

    earned = dict(found.filter(pl.col("raw").is_not_null()).select("subject", "raw").iter_rows())
    assert earned == {f"{name} {end}": worth for name in NAMES for end, worth in (("lo", 0.0), ("hi", 10.0))}


@FEW
@given(worlds, st.sampled_from(LOGS), st.floats(1e-3, 1e3))
def test_the_unit_of_a_log_metric_is_irrelevant(chance, name, factor):
    one, answers = CRITERIA[name], world(chance)
    other_unit = rubric_with(name, lo=one.lo * factor, hi=one.hi * factor)
    scaled = [
        row | {"value": row["value"] * factor} if row["metric"] == name and row["value"] else row for row in answers
    ]

    assert same(raws(answers), raws(scaled, rubric=other_unit))


@FEW
@given(worlds)
def test_the_order_of_rows_subjects_days_and_metrics_is_irrelevant(chance):
    answers = [one for name in ("alpha", "beta", "gamma") for one in world(chance, name)]
    who, when = ["alpha", "beta", "gamma"], [MAY_DAY, MAY_DAY + timedelta(days=20)]
    turned = Rubric(**vars(RUBRIC) | {"criteria": tuple(shuffled(chance, RUBRIC.criteria))})

    straight = score(evidence(answers), subjects(*who), days(*when), RUBRIC)
    mixed = score(
        evidence(shuffled(chance, answers)), subjects(*shuffled(chance, who)), days(*shuffled(chance, when)), turned
    )

    assert_same(straight, mixed)


@FEW
@given(worlds, st.integers(1, 5))
def test_a_peer_more_changes_no_number_but_the_interval(chance, count):
    names = [f"peer{number}" for number in range(count)]
    own = world(chance, "alpha")
    peers = [one for name in names for one in world(chance, name)]

    alone = score(evidence(own), subjects("alpha"), days(MAY_DAY), RUBRIC)
    among = score(evidence(own + peers), subjects("alpha", *names), days(MAY_DAY), RUBRIC)

    assert_same(alone, only(among, "alpha"), but=["lo", "hi"])


@FEW
@given(worlds)
def test_a_peer_of_another_kind_changes_not_even_the_interval(chance):
    own, other = world(chance, "alpha"), world(chance, "library")
    kinds = pl.concat([subjects("alpha"), subjects("library", kind="library")])

    alone = score(evidence(own), subjects("alpha"), days(MAY_DAY), RUBRIC)
    among = score(evidence(own + other), kinds, days(MAY_DAY), RUBRIC)

    assert_same(alone, only(among, "alpha"))


@FEW
@given(worlds, st.sampled_from(PLAIN_GROUPS))
def test_without_one_answer_a_group_stays_between_the_others(chance, place):
    names = [name for name in NAMES if (CRITERIA[name].dimension, CRITERIA[name].group) == place]
    kept = [answer(name, worth(chance.uniform(0, 10), name)) for name in chance.sample(names, max(1, len(names) - 1))]
    each = [one | {"subject": one["metric"]} for one in kept]

    found = score(evidence(kept + each), subjects("alpha", *names), days(MAY_DAY), RUBRIC).dimensions

    raw = dict(found.filter(pl.col("dimension") == place[0]).select("subject", "raw").iter_rows())
    others = [raw[one["metric"]] for one in kept]
    assert min(others) - EPSILON <= raw["alpha"] <= max(others) + EPSILON


@FEW
@given(worlds)
def test_the_future_is_irrelevant(chance):
    answers = world(chance)
    future = [one | {"valid_at": MAY_DAY + timedelta(days=chance.randint(0, 9)), "value": 1.0} for one in full(chance)]

    now = score(evidence(answers), subjects("alpha"), days(MAY_DAY), RUBRIC)
    hindsight = score(evidence(answers + future), subjects("alpha"), days(MAY_DAY), RUBRIC)

    assert_same(now, hindsight)


@FEW
@given(worlds)
def test_a_failed_fetch_newer_than_a_good_one_changes_nothing(chance):
    good = [one | {"valid_at": MAY_DAY - timedelta(days=10)} for one in full(chance)]
    failed = [answer(name, None, EVE) for name in NAMES if chance.random() < 0.5]

    before = score(evidence(good), subjects("alpha"), days(MAY_DAY), RUBRIC)
    after = score(evidence(good + failed), subjects("alpha"), days(MAY_DAY), RUBRIC)

    assert_same(before, after)


@FEW
@given(worlds)
def test_the_contributions_sum_to_the_score(chance):
    answers = [*full(chance, "alpha"), *world(chance, "beta"), *world(chance, "gamma")]

    found = score(evidence(answers), subjects("alpha", "beta", "gamma"), days(MAY_DAY), RUBRIC)

    sums = found.contributions.group_by("subject", "dimension").agg(pl.col("points").sum() * 5)
    both = found.dimensions.join(sums, on=["subject", "dimension"])
    assert (both["raw"].fill_null(0.0) - both["points"]).abs().max() < EPSILON
    whole = found.contributions.filter(pl.col("subject") == "alpha")["points"].sum()
    assert whole == pytest.approx(found.scores.filter(pl.col("subject") == "alpha")["speed_raw"].item(), abs=EPSILON)


@pytest.mark.parametrize("name", [name for name in LOGS if CRITERIA[name].hi / CRITERIA[name].lo == 1000])
def test_a_doubling_is_worth_one_point(name):
    middle = worth(4, name)

    once, twice = raws([answer(name, middle)]), raws([answer(name, 2 * middle)])

    assert twice["ecosystem"] - once["ecosystem"] == pytest.approx(1.003, abs=1e-3)


def test_beyond_full_marks_a_doubling_is_worth_nothing():
    assert raws([answer("github.stars", 200_000)])["ecosystem"] == 10.0
    assert raws([answer("github.stars", 400_000)])["ecosystem"] == 10.0


def world(chance: Random, subject: str = "alpha") -> list[Answer]:
    """Return a subject with fresh, stale, failed, judged, absent and inapplicable answers."""
    return [one for name in NAMES for one in some_answer(chance, name, subject)]


def some_answer(chance: Random, name: str, subject: str) -> list[Answer]:
    value = worth(chance.uniform(0, 10), name)
    long_ago = MAY_DAY - timedelta(days=chance.randint(401, 900))
    kinds = {
        "fresh": [answer(name, value, EVE - timedelta(days=chance.randint(0, 12)), subject)],
        "stale": [answer(name, value, long_ago, subject)],
        "failed": [answer(name, None, EVE, subject)],
        "judged": [curated(name, value, EVE - timedelta(days=chance.randint(0, 179)), subject=subject)],
        "two sources": [answer(name, value, EVE, subject), answer(name, 1.0, EVE, subject, lane=3, source="tracker")],
        "absent": [],
        "not applicable": [not_applicable(name, subject)],
    }
    return kinds[chance.choices(list(kinds), weights=[8, 3, 1, 2, 1, 2, 1])[0]]


def full(chance: Random, subject: str = "alpha") -> list[Answer]:
    return [answer(name, worth(chance.uniform(0, 10), name), EVE, subject) for name in NAMES]


def wild(chance: Random) -> list[Answer]:
    """Return values that no goalpost expects."""
    odd = [0.0, -1.0, 1e-300, 1e300, math.inf, -math.inf, 0.5, 3.0, 77_000.0]
    return [answer(name, chance.choice(odd), EVE) for name in NAMES if chance.random() < 0.9]


def moved(one: Answer, marks: float) -> Answer:
    """Return the same answer some marks better."""
    criterion = CRITERIA[one["metric"]]
    if criterion.norm == "log":
        return one | {"value": one["value"] * (criterion.hi / criterion.lo) ** (marks / 10)}
    return one | {"value": one["value"] + (criterion.hi - criterion.lo) * marks / 10}


def shuffled(chance: Random, items) -> list:
    return chance.sample(list(items), len(items))


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(
        (one[key] is None and other[key] is None) or math.isclose(one[key], other[key], abs_tol=EPSILON) for key in one
    )


def only(found: Scored, subject: str) -> Scored:
    own = pl.col("subject") == subject
    return Scored(*(frame.filter(own) for frame in vars(found).values()))


def assert_same(one: Scored, other: Scored, but: list[str] | None = None) -> None:
    for name in ("scores", "dimensions", "contributions"):
        left, right = (getattr(each, name).drop(but or [], strict=False) for each in (one, other))
        assert_frame_equal(left, right, abs_tol=1e-12, rel_tol=0)
