"""The points of an explanation sum to the difference, and are those of the definition of Shapley."""

from datetime import datetime, timedelta
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import explain
from scoring.explain import Gate, Move, Side, moves
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import marks, score
from scoring.shapley import coalitions, shapley
from tests.scoring.builders import EVE, MAY_DAY, Answer, answer, card, curated, days, evidence, subjects, worth
from tests.whole import amount

FEW = settings(max_examples=amount(3, 6), deadline=None)
FIRST, MODERN = load("2024.1"), load("2026.1")
ROLES = ("main", "official_server", "cloud", "mobile", "edge", "profiling")
worlds = st.integers(0, 2**32 - 1).map(Random)


def side(answers: list[Answer], rubric: Rubric = FIRST, on: datetime = MAY_DAY) -> Side:
    who, when = subjects("alpha"), days(on)
    scored = score(evidence(answers), who, when, rubric)
    shut = scored.gates.select("dimension", "metric", "value", "factor").iter_rows()
    gates = {name: Gate(metric, state, factor) for name, metric, state, factor in shut}
    raw = dict(scored.dimensions.select("dimension", "raw").iter_rows())
    return Side(marks(evidence(answers), who, when, rubric), gates, raw, rubric)


def points(found: list[Move]) -> dict[str, float]:
    return {move.metric: move.points for move in found}


def difference(before: Side, after: Side) -> float:
    both = [(before.raw[name], after.raw[name]) for name in before.raw]
    return sum(new - old for old, new in both if old is not None and new is not None) / 5


@FEW
@given(st.lists(st.floats(-9, 9), min_size=16, max_size=16))
def test_a_value_is_the_mean_over_all_orders(drawn):
    worths = np.array(drawn)

    orders = list(permutations(range(4)))
    gains = [[worths[mask(order, who, 1)] - worths[mask(order, who, 0)] for order in orders] for who in range(4)]

    assert shapley(worths) == pytest.approx(np.mean(gains, axis=1))
    assert shapley(worths).sum() == pytest.approx(worths[-1] - worths[0])


def test_the_coalitions_begin_with_nobody_and_end_with_all():
    assert coalitions(2).tolist() == [[False, False], [True, False], [False, True], [True, True]]


@pytest.mark.parametrize("rubric", [load(one) for one in available()], ids=available())
@FEW
@given(worlds)
def test_all_points_sum_to_the_difference(rubric, chance):
    before, after = side(wild(chance, rubric), rubric), side(wild(chance, rubric), rubric)

    assert sum(move.points for move in moves(before, after)) == pytest.approx(difference(before, after), abs=1e-9)


@FEW
@given(worlds)
def test_small_games_give_what_one_big_game_gives(chance):
    """Few answers change, so that the whole dimension can be one game; none falls silent, so that it need not be."""
    rows = [*card(5, rubric=MODERN), *states(chance)]
    changed = chance.sample([row["metric"] for row in card(5, rubric=MODERN)], 9)
    before = side(rows, MODERN)
    after = side([row for row in rows if row["metric"] not in changed and "liveness" not in row["metric"]]
                 + [answer(name, worth(chance.uniform(0, 10), name, MODERN)) for name in changed]
                 + states(chance), MODERN)  # fmt: skip

    apart = points(moves(before, after))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explain, "_games", lambda players, *_: [players] if players else [])
        whole = points(moves(before, after))

    assert apart == pytest.approx(whole, abs=1e-12)


def test_what_did_not_change_is_not_named():
    before = side(card(5))
    after = side([*card(5, but=["github.stars"]), answer("github.stars", worth(6, "github.stars"))])

    assert points(moves(before, after)) == {"github.stars": pytest.approx(1 * 0.25 / 2 / 5)}


def test_a_value_beyond_full_marks_is_named_and_moved_nothing():
    before = side([*card(5, but=["github.stars"]), answer("github.stars", 200_000)])
    after = side([*card(5, but=["github.stars"]), answer("github.stars", 300_000)])

    [move] = moves(before, after)

    assert (move.metric, move.kind, move.before, move.after, move.points) == (
        "github.stars", "value", 200_000, 300_000, 0,
    )  # fmt: skip


def test_each_kind_of_change_is_called_by_its_name():
    before = side([*card(5, but=["github.stars", "curated.cloud"]), curated("curated.cloud", 2)])
    after = side([*card(5, but=["curated.cloud"]), curated("curated.cloud", 3), answer("liveness.mobile", 0)])

    assert {move.metric: move.kind for move in moves(before, after)} == {
        "github.stars": "coverage",
        "curated.cloud": "curated",
        "liveness.mobile": "liveness",
    }


def test_a_gate_that_closes_bears_its_share():
    """People double the dimension, the gate halves it: whoever comes first gets more of it."""
    only = ["github.commits_90d"]
    before = side([answer(only[0], worth(4, only[0], MODERN)), answer("liveness.main", 4)], MODERN)
    after = side([answer(only[0], worth(8, only[0], MODERN)), answer("liveness.main", 1)], MODERN)

    found = points(moves(before, after))

    assert found["github.commits_90d"] == pytest.approx((8 - 4) * (1 + 0.6) / 2 / 5)
    assert found["liveness.main"] == pytest.approx((0.6 - 1) * (4 + 8) / 2 / 5)


def test_too_many_changes_play_in_teams_and_still_sum():
    """Production loses everything that was judged and gains what was not: all its groups are coupled."""
    production = [one.metric for one in FIRST.criteria if one.dimension == "production"]
    long_ago = MAY_DAY - timedelta(days=900)
    before = side([answer(name, worth(8, name), EVE if place % 2 else long_ago) for place, name in enumerate(production)]
                  + [answer(f"liveness.{role}", 0) for role in ROLES])  # fmt: skip
    after = side(
        [answer(name, worth(3, name), long_ago if place % 2 else EVE) for place, name in enumerate(production)]
    )

    found = moves(before, after)

    assert any(", " in move.metric for move in found)
    assert sum(move.points for move in found) == pytest.approx(difference(before, after), abs=1e-9)


def test_a_dimension_that_is_unknown_at_an_end_is_left_out():
    research = [one.metric for one in FIRST.criteria if one.dimension == "research"]

    found = moves(side(card(5, but=research)), side(card(9)))

    assert {move.dimension for move in found} == {"ecosystem", "production", "learning", "performance"}


def wild(chance: Random, rubric: Rubric) -> list[Answer]:
    """Return fresh, stale and absent answers, and states behind some of them."""
    ages = [timedelta(days=1), timedelta(days=900)]
    rows = [
        answer(one.metric, worth(chance.uniform(-1, 11), one.metric, rubric), MAY_DAY - chance.choices(ages, [4, 1])[0])
        for one in rubric.criteria
        if chance.random() < 0.85
    ]
    return rows + states(chance)


def states(chance: Random) -> list[Answer]:
    return [answer(f"liveness.{role}", chance.randint(0, 4)) for role in ROLES if chance.random() < 0.8]


def mask(order: tuple[int, ...], who: int, more: int) -> int:
    """Return the coalition of those who came before somebody, or up to them."""
    return sum(1 << one for one in order[: order.index(who) + more])
