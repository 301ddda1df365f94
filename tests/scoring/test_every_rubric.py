"""What holds under every rubric and for every metric of it, in any world (docs/method.md#what-is-missing)."""

import math
from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from catalog.liveness import STATES
from scoring.criterion import Criterion
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import score
from tests.scoring.builders import EVE, MAY_DAY, Answer, answer, curated, days, evidence, subjects, worth
from tests.whole import amount

FEW = settings(max_examples=amount(2, 4), deadline=None)
EPSILON = 1e-9
worlds = st.integers(0, 2**32 - 1).map(Random)
every_rubric = pytest.mark.parametrize("rubric", [load(one) for one in available()], ids=available())
thousandfold = [
    pytest.param(rubric, one, id=f"{rubric.id} {one.metric}")
    for rubric in map(load, available())
    for one in rubric.criteria
    if one.norm == "log" and max(one.hi / one.lo, one.lo / one.hi) == pytest.approx(1000)
]


@every_rubric
@FEW
@given(worlds)
def test_more_of_each_metric_in_its_direction_never_lowers_a_dimension(rubric, chance):
    """Each metric has a pair of subjects that differ in it alone."""
    base = world(chance, rubric)
    rows = [
        row | {"subject": f"{one.metric} {end}"}
        for one in rubric.criteria
        for end, value in zip(("less", "more"), two_values(chance, one, rubric), strict=True)
        for row in [*(row for row in base if row["metric"] != one.metric), answer(one.metric, value)]
    ]

    assert_never_lower(rows, [one.metric for one in rubric.criteria], rubric)


@every_rubric
@FEW
@given(worlds)
def test_what_backs_a_capability_or_a_dimension_never_lowers_it_by_coming_alive(rubric, chance):
    base = world(chance, rubric)
    roles = sorted({*(one.backing for one in rubric.criteria if one.backing), *rubric.gates.values()})
    states = {role: sorted(chance.sample(range(len(STATES)), 2)) for role in roles}
    rows = [
        row | {"subject": f"{role} {end}"}
        for role in roles
        for end, state in zip(("less", "more"), states[role], strict=True)
        for row in [*(row for row in base if row["metric"] != role), answer(role, state)]
    ]

    assert_never_lower(rows, roles, rubric)


@every_rubric
@FEW
@given(worlds)
def test_every_number_lies_between_nought_and_ten(rubric, chance):
    odd = [0.0, -1.0, 1e-300, 1e300, math.inf, -math.inf, 0.5, 3.0, 77_000.0]
    rows = [row | {"value": chance.choice(odd)} if chance.random() < 0.7 else row for row in world(chance, rubric)]

    found = score(evidence(rows), subjects("alpha"), days(MAY_DAY), rubric)

    for frame, columns in ((found.dimensions, ["score", "raw", "lo", "hi"]), (found.scores, ["speed_raw", "lo", "hi"])):
        assert frame.select(pl.col(columns)).unpivot()["value"].drop_nulls().is_between(0, 10 + EPSILON).all()
    assert found.contributions["mark"].drop_nulls().is_between(0, 10 + EPSILON).all()
    assert found.dimensions["coverage"].is_between(0, 1 + EPSILON).all()


@every_rubric
@FEW
@given(worlds, st.floats(1e-3, 1e3), st.floats(-5, 5))
def test_the_unit_of_a_metric_is_irrelevant(rubric, chance, factor, shift):
    """Log metrics in another unit; linear ones in another unit and from another zero."""
    one = chance.choice([one for one in rubric.criteria if one.norm != "ordinal"])

    def other(value: float) -> float:
        return value * factor + (shift if one.norm == "linear" else 0.0)

    changed = Criterion(**vars(one) | {"lo": other(one.lo), "hi": other(one.hi)})
    criteria = tuple(changed if each.metric == one.metric else each for each in rubric.criteria)
    rows = world(chance, rubric)
    told = [
        row | {"value": other(row["value"])} if row["metric"] == one.metric and row["value"] is not None else row
        for row in rows
    ]

    here = score(evidence(rows), subjects("alpha"), days(MAY_DAY), rubric).dimensions
    there = score(
        evidence(told), subjects("alpha"), days(MAY_DAY), Rubric(**vars(rubric) | {"criteria": criteria})
    ).dimensions

    assert_frame_equal(here.drop("score"), there.drop("score"), abs_tol=1e-7, rel_tol=0)


@every_rubric
@FEW
@given(worlds, st.integers(1, 3))
def test_a_peer_more_moves_no_number_but_the_bounds(rubric, chance, count):
    names = [f"peer{number}" for number in range(count)]
    own = world(chance, rubric)
    peers = [row | {"subject": name} for name in names for row in world(chance, rubric)]

    alone = score(evidence(own), subjects("alpha"), days(MAY_DAY), rubric)
    among = score(evidence(own + peers), subjects("alpha", *names), days(MAY_DAY), rubric)

    for part in ("scores", "dimensions", "contributions"):
        mine = getattr(among, part).filter(pl.col("subject") == "alpha")
        assert_frame_equal(getattr(alone, part).drop("lo", "hi", strict=False), mine.drop("lo", "hi", strict=False))


@every_rubric
@FEW
@given(worlds)
def test_the_contributions_sum_to_the_dimensions(rubric, chance):
    found = score(evidence(world(chance, rubric)), subjects("alpha"), days(MAY_DAY), rubric)

    sums = found.contributions.group_by("dimension").agg(pl.col("points").sum() * 5)
    both = found.dimensions.join(sums, on="dimension")
    assert (both["raw"].fill_null(0.0) - both["points"]).abs().max() < EPSILON


@every_rubric
@FEW
@given(worlds, st.integers(-150, 150).filter(bool))
def test_the_same_story_weeks_later_scores_the_same_weeks_later(rubric, chance, weeks):
    shift = pl.duration(weeks=weeks)
    told, when = evidence(world(chance, rubric)), days(*(MAY_DAY + timedelta(days=step) for step in (0, 11, 30, 90)))
    later = told.with_columns(pl.col("valid_at", "valid_until", "known_at", "doubted_at") + shift)

    here = score(told, subjects("alpha"), when, rubric)
    there = score(later, subjects("alpha"), when.with_columns(pl.col("as_of") + shift), rubric)

    moved = there.dimensions.with_columns(pl.col("as_of") - shift)
    assert_frame_equal(moved, here.dimensions)


@pytest.mark.parametrize(("rubric", "one"), thousandfold)
def test_a_doubling_of_a_log_metric_is_worth_one_point_unless_it_is_clipped(rubric, one):
    def mark(value: float) -> float:
        found = score(evidence([answer(one.metric, value)]), subjects("alpha"), days(MAY_DAY), rubric)
        return found.contributions.row(by_predicate=pl.col("metric") == one.metric, named=True)["mark"]

    middle, sign = worth(4, one.metric, rubric), 1 if one.hi > one.lo else -1
    best = worth(10, one.metric, rubric)

    assert sign * (mark(2 * middle) - mark(middle)) == pytest.approx(1.003, abs=1e-3)
    assert mark(best * 2**sign) == mark(best) == 10.0


def world(chance: Random, rubric: Rubric) -> list[Answer]:
    """Return answers that are fresh, stale, failed or absent, and states of what backs them."""
    roles = {*(one.backing for one in rubric.criteria if one.backing), *rubric.gates.values()}
    rows = [
        row
        for one in rubric.criteria
        for row in some(chance, one.metric, worth(chance.uniform(0, 10), one.metric, rubric))
    ]
    judged = {one.metric for one in rubric.criteria}
    return rows + [row for role in sorted(roles - judged) for row in some(chance, role, chance.randrange(len(STATES)))]


def some(chance: Random, metric: str, value: float) -> list[Answer]:
    long_ago = MAY_DAY - timedelta(days=chance.randint(501, 900))
    kinds = {
        "fresh": [answer(metric, value, EVE - timedelta(days=chance.randint(0, 12)))],
        "stale": [answer(metric, value, long_ago)],
        "failed": [answer(metric, None, EVE)],
        "judged": [curated(metric, value, EVE, valid_until=MAY_DAY + timedelta(days=chance.randint(1, 80)))],
        "absent": [],
    }
    return kinds[chance.choices(list(kinds), weights=[8, 2, 1, 2, 1])[0]]


def two_values(chance: Random, one: Criterion, rubric: Rubric) -> list[float]:
    """Return two values of a metric, the second the better; they may lie beyond the goalposts."""
    worse, better = sorted(chance.uniform(-2, 12) for _ in range(2))
    return [worth(worse, one.metric, rubric), worth(better, one.metric, rubric)]


def assert_never_lower(rows: list[Answer], names: list[str], rubric: Rubric) -> None:
    who = subjects(*(f"{name} {end}" for name in names for end in ("less", "more")))
    found = score(evidence(rows), who, days(MAY_DAY), rubric).dimensions.select("subject", "dimension", "raw")
    raws = {(subject, dimension): raw for subject, dimension, raw in found.iter_rows()}
    for name in names:
        for dimension in {dimension for _, dimension in raws}:
            less, more = raws[f"{name} less", dimension], raws[f"{name} more", dimension]
            assert (less is None) == (more is None)
            assert less is None or more >= less - EPSILON, (name, dimension)
