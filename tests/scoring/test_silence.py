"""Falling silent never raises a score: what went silent is not better than it was, nor than what still speaks."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.score import score
from tests.scoring.builders import (
    CRITERIA,
    MAY_DAY,
    RUBRIC,
    Answer,
    answer,
    card,
    days,
    dimension,
    evidence,
    subjects,
    verdict_on,
    worth,
)

LONG_AGO = MAY_DAY - timedelta(days=500)
NAMES = sorted(CRITERIA)


def test_a_silent_answer_that_was_better_takes_the_mean():
    assert ecosystem(forks=silent(10), stars=4)["raw"] == pytest.approx(popularity(4, 7))


def test_a_silent_answer_that_was_worse_keeps_its_mark():
    assert ecosystem(forks=silent(2), stars=8)["raw"] == pytest.approx(popularity(8, 2))


def test_a_silent_answer_does_not_count_as_covered():
    assert ecosystem(forks=silent(8), stars=8)["coverage"] == pytest.approx(0.875)


def test_a_silent_answer_says_that_it_is_stale():
    row = verdict_on([*card(8, but=["github.forks"]), old("github.forks", 8)])

    assert (row["status"], row["reason"]) == ("provisional", "coverage ecosystem 88%")


def test_a_group_fallen_silent_keeps_its_weight():
    row = ecosystem(forks=silent(2), stars=silent(2))

    assert row["raw"] == pytest.approx(0.25 * 2 + 0.75 * 8)


def test_a_dimension_that_only_remembers_has_no_mark():
    answers = [old(name, 8) for name, one in CRITERIA.items() if one.dimension == "ecosystem"]

    row = dimension("ecosystem", answers)

    assert (row["raw"], row["score"], row["coverage"]) == (None, None, 0.0)


def test_of_channels_a_silent_one_does_not_outdo_those_that_speak():
    assert of_channels(8, 6, silent(10)) == pytest.approx(7.0)


def test_with_one_channel_left_the_worst_silent_one_stands_beside_it():
    assert of_channels(9, silent(2), silent(10)) == pytest.approx(5.5)


def test_when_the_low_one_of_three_falls_silent_the_other_silent_one_is_not_lifted():
    """Found by the property below: the mean of those that still spoke lifted the third from 5.5 to 9."""
    before = verdict_on(activity(2, 9, silent(10)))["ecosystem"]
    after = verdict_on(activity(silent(2), 9, silent(10)))["ecosystem"]

    assert after <= before


def test_when_the_last_one_of_a_group_falls_silent_the_group_is_not_lifted():
    """Found by the property below: a silent ten beside a silent two made six of two."""
    before = ecosystem(forks=silent(10), stars=2)["raw"]
    after = ecosystem(forks=silent(10), stars=silent(2))["raw"]

    assert after <= before


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_no_failed_fetch_raises_a_score(chance):
    """One answer after another falls silent; every step is a subject of the same world."""
    marks = [chance.uniform(-1, 11) for _ in NAMES]
    order = chance.sample(range(len(NAMES)), len(NAMES))
    steps = [set(order[:step]) for step in range(len(order) + 1)]
    answers = [one for step, gone in enumerate(steps) for one in remembered(f"s{step:02}", marks, gone)]

    found = score(evidence(answers), subjects(*(f"s{step:02}" for step in range(len(steps)))), days(MAY_DAY), RUBRIC)

    for (name,), rows in found.dimensions.group_by("dimension"):
        series = rows.sort("subject")["raw"].drop_nulls()
        assert (series.diff().drop_nulls() <= 1e-9).all(), name
        assert (rows.sort("subject")["coverage"].diff().drop_nulls() <= 1e-12).all(), name


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=41, max_size=41), st.sampled_from(NAMES))
def test_time_passing_without_an_answer_raises_no_dimension(marks, name):
    """The others are asked again on the last day; this one was last answered when it was still good."""
    limit = CRITERIA[name].max_age_days
    last, later = MAY_DAY - timedelta(days=limit), MAY_DAY + timedelta(days=1)
    others = [one for one in NAMES if one != name]
    answers = [
        answer(one, worth(mark, one), at)
        for one, mark in zip(NAMES, marks, strict=True)
        for at in seen(one, name, last)
    ]
    answers += [answer(one, worth(mark, one), MAY_DAY) for one, mark in zip(NAMES, marks, strict=True) if one in others]

    found = score(evidence(answers), subjects("alpha"), days(MAY_DAY, later), RUBRIC).dimensions

    before, after = (dict(rows.select("dimension", "raw").iter_rows()) for (_,), rows in sorted_days(found))
    assert all(after[one] is None or after[one] <= before[one] + 1e-9 for one in before)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=41, max_size=41), st.sets(st.integers(0, 40)), st.sampled_from(NAMES))
def test_removing_an_answer_never_raises_coverage(marks, gone, name):
    answers = remembered("alpha", marks, gone)

    all_of_them = coverages(answers)
    without_one = coverages([one for one in answers if one["metric"] != name])

    assert all(without_one[one] <= all_of_them[one] + 1e-12 for one in all_of_them)


def silent(mark: float) -> tuple[str, float]:
    """Tell that an answer was worth this mark when it was last seen, long ago."""
    return ("silent", mark)


def said(metric: str, mark) -> Answer:
    return old(metric, mark[1]) if isinstance(mark, tuple) else answer(metric, worth(mark, metric))


def old(metric: str, mark: float, subject: str = "alpha") -> Answer:
    return answer(metric, worth(mark, metric), LONG_AGO, subject)


def ecosystem(forks, stars) -> dict:
    rest = card(8, but=["github.forks", "github.stars"])
    return dimension("ecosystem", [*rest, said("github.forks", forks), said("github.stars", stars)])


def popularity(one: float, other: float) -> float:
    """Return the ecosystem whose other groups have 8."""
    return 0.25 * (one + other) / 2 + 0.75 * 8


def activity(*marks) -> list[Answer]:
    names = ["github.contributors", "github.commits_week", "github.issue_close_30d"]
    return [*card(8, but=names), *(said(name, mark) for name, mark in zip(names, marks, strict=True))]


def of_channels(*marks) -> float:
    """Return the mark of the community group alone."""
    names = ["discord.members", "discourse.users", "stackoverflow.questions"]
    answers = [*card(8, but=names), *(said(name, mark) for name, mark in zip(names, marks, strict=True))]
    return (dimension("ecosystem", answers)["raw"] - 0.625 * 8) / 0.375


def remembered(subject: str, marks: list[float], gone: set[int]) -> list[Answer]:
    """Return a full card of which some answers were last seen long ago."""
    pairs = enumerate(zip(NAMES, marks, strict=True))
    return [
        old(name, mark, subject) if place in gone else answer(name, worth(mark, name), subject=subject)
        for place, (name, mark) in pairs
    ]


def seen(metric: str, silent_one: str, last: datetime) -> list[datetime]:
    return [last] if metric == silent_one else [MAY_DAY - timedelta(days=1)]


def sorted_days(found):
    return sorted(found.group_by("as_of"), key=lambda pair: pair[0])


def coverages(answers: list[Answer]) -> dict[str, float]:
    found = score(evidence(answers), subjects("alpha"), days(MAY_DAY), RUBRIC)
    return dict(found.dimensions.select("dimension", "coverage").iter_rows())
