"""The first promise: whatever answers are taken away, no score, dimension, bound or word in favour rises.

See docs/method.md#what-is-missing.
"""

from collections.abc import Iterable
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.liveness import STATES
from scoring.days import ScoredDays, scored_days
from scoring.draws import DrawnCase
from scoring.lint import DIMENSIONS
from scoring.rubric_files import load
from scoring.uncertainty import drawn_day
from scoring.words.months import SPEED, courses
from scoring.words.peer_comparison import compare_peers
from scoring.words.quick_take import quick_take
from tests.scoring.builders import MAY_DAY, Answer, answer, evidence, not_applicable, subjects, worth
from tests.scoring.test_every_rubric import some
from tests.whole import amount

RUBRIC = load("2026.2")
NAMES = ("alpha", "beta", "gamma", "delta")
EPSILON = 1e-9
WORDS = ("Not rated", "Very weak", "Weak", "Mixed", "Solid", "Strong", "Extremely strong")
worlds = st.integers(0, 2**32 - 1).map(Random)
ROLES = sorted({*(one.backing for one in RUBRIC.criteria if one.backing), *RUBRIC.gates.values()})


def world(chance: Random) -> list[Answer]:
    """Return the answers of four rivals: mostly fresh, some stale, failed, absent or not applicable."""
    return [row for name in NAMES for row in one_of(chance, name)]


def one_of(chance: Random, name: str) -> Iterable[Answer]:
    judged = {one.metric for one in RUBRIC.criteria}
    good = chance.uniform(0, 10)
    for one in RUBRIC.criteria:
        told = some(chance, one.metric, worth(min(10.0, max(0.0, chance.gauss(good, 2))), one.metric, RUBRIC))
        yield from (row | {"subject": name} for row in told)
    for role in set(ROLES) - judged:
        told = [not_applicable(role)] if chance.random() < 0.1 else some(chance, role, chance.randrange(len(STATES)))
        yield from (row | {"subject": name} for row in told)


def without(chance: Random, rows: list[Answer]) -> list[Answer]:
    """Take whole sources, or one to five cells, of one subject or of all away, as if they had never been seen."""
    cells = sorted({(row["subject"], row["metric"]) for row in rows if row["status"] != "not_applicable"})
    if chance.random() < 0.3:
        source = chance.choice(cells)[1].partition(".")[0]
        gone = {cell for cell in cells if cell[1].startswith(f"{source}.")}
        if chance.random() < 0.5:
            who = chance.choice(NAMES)
            gone = {cell for cell in gone if cell[0] == who}
    else:
        gone = set(chance.sample(cells, chance.randint(1, 5)))
    return [row for row in rows if (row["subject"], row["metric"]) not in gone or row["status"] == "not_applicable"]


def scored(rows: list[Answer]) -> ScoredDays:
    return scored_days(evidence(rows), subjects(*NAMES).with_columns(name="subject"), [MAY_DAY], [MAY_DAY], RUBRIC)


def assert_no_rise(before: ScoredDays, after: ScoredDays) -> None:
    pairs = [
        (before.scored.scores, after.scored.scores, ["subject"], ["speed_raw", "speed_score", "lo"]),
        (before.scored.dimensions, after.scored.dimensions, ["subject", "dimension"], ["score", "raw", "lo"]),
        (before.drawn.intervals, after.drawn.intervals, ["subject"], ["lo", "p_first"]),
        (before.drawn.dimensions, after.drawn.dimensions, ["subject", "dimension"], ["lo"]),
    ]
    for old, new, key, columns in pairs:
        both = new.join(old, on=key, how="left", suffix="_old")
        for name in columns:
            risen = both.filter(pl.col(name) > pl.col(f"{name}_old").fill_null(-1.0) + EPSILON)
            assert risen.is_empty(), risen.select(*key, name, f"{name}_old")
    both = after.scored.dimensions.join(before.scored.dimensions, on=["subject", "dimension"], suffix="_old")
    assert both.filter(pl.col("hi") < pl.col("hi_old") - EPSILON).is_empty()


def favours(days: ScoredDays) -> dict[str, set[str]]:
    """Return what is said in favour of each: strengths by what they speak of, uses, and the rank of every word."""
    field, names = compare_peers(days.marked, days.scored, days.rubric), dict(zip(NAMES, NAMES, strict=True))
    found = {}
    for name in NAMES:
        take = quick_take(field, name, names)
        strengths = {f"strength {phrase.facts[0].key}" for phrase in take.strengths}
        found[name] = strengths | {f"for {phrase.text}" for phrase in take.best_for}
    return found


@settings(max_examples=amount(4, 15), deadline=None)
@given(worlds)
def test_no_answer_that_is_taken_away_raises_anything(chance):
    rows = world(chance)
    before = scored(rows)

    for _ in range(5):
        assert_no_rise(before, scored(without(chance, rows)))


@settings(max_examples=amount(2, 8), deadline=None)
@given(worlds)
def test_no_answer_that_is_taken_away_earns_a_word_in_favour(chance):
    rows = world(chance)
    before, after = scored(rows), scored(without(chance, rows))
    old, new = favours(before), favours(after)

    for name in NAMES:
        assert not any(word.startswith("for ") for word in new[name] - old[name])
        if len(old[name]) < 4:  # of more than fit on a card others may take the place
            assert {word for word in new[name] if word.startswith("strength")} <= old[name]
        words = [courses(one.scored, name, is_monotone=True) for one in (before, after)]
        for part in (SPEED, *words[0]):
            assert WORDS.index(words[1][part].word) <= WORDS.index(words[0][part].word)


@settings(max_examples=amount(2, 8), deadline=None)
@given(worlds)
def test_what_grows_stale_raises_nothing(chance):
    rows = world(chance)

    assert_no_rise(scored(rows), scored(aged(chance, rows)))


def aged(chance: Random, rows: list[Answer]) -> list[Answer]:
    """Let some measured answers be of long ago."""
    old = {(row["subject"], row["metric"]) for row in rows if row["status"] == "measured" and chance.random() < 0.2}
    return [
        row | {"valid_at": row["valid_at"].replace(year=2010)} if (row["subject"], row["metric"]) in old else row
        for row in rows
    ]


@settings(max_examples=amount(2, 8), deadline=None)
@given(worlds)
def test_in_no_draw_does_a_lower_end_rise_or_a_higher_end_fall(chance):
    rows = world(chance)
    before = drawn(rows)

    for less in (without(chance, rows), aged(chance, rows), aged(chance, rows)):
        after = drawn(less)
        for less_known, known in zip(after, before, strict=True):
            assert (less_known.lower[0] <= known.lower[0] + EPSILON).all()
            assert (less_known.upper[0] >= known.upper[0] - EPSILON).all()


def drawn(rows: list[Answer]) -> list[DrawnCase]:
    days = scored(rows)
    return list(drawn_day(days.scored.scores.sort("subject"), days.marked, days.scored, RUBRIC))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_no_dimension_is_decided_by_one_figure(dimension):
    criteria = [one for one in RUBRIC.criteria if one.dimension == dimension and not one.liveness]
    lightest, *between, heaviest = sorted(criteria, key=lambda one: one.group_weight * one.weight)
    others = {one.metric for one in RUBRIC.criteria if one.dimension == dimension} - {lightest.metric, heaviest.metric}
    alone = [*map(not_applicable, others), answer(heaviest.metric, worth(9.0, heaviest.metric, RUBRIC))]
    both = [*alone, answer(lightest.metric, worth(9.0, lightest.metric, RUBRIC))]

    assert between
    assert [score_of(rows, dimension) is None for rows in (alone, both)] == [True, False]


def score_of(rows: list[Answer], dimension: str) -> float | None:
    days = scored([row | {"subject": "alpha"} for row in rows])
    [found] = days.scored.dimensions.filter(subject="alpha", dimension=dimension)["score"]
    return found
