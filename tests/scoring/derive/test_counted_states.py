"""Counts of all commits tell of past days: who stood still, and who was only not counted."""

from datetime import datetime, timedelta

import pytest

from catalog.liveness import STATES
from scoring.derive.counted_states import Count, silences, states

BEGIN = datetime(2021, 1, 7)
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize("pushed_before", [None, timedelta(days=1_000)])
def test_a_count_that_has_never_moved_tells_no_life_until_it_has_stood_for_half_a_year(pushed_before):
    """Of the last commit nothing is known but that it came before the first count: a dead repository was live."""
    pushed_at = None if pushed_before is None else BEGIN - pushed_before
    counts = [Count(BEGIN + number * WEEK, 260, pushed_at) for number in range(40)]

    found = told(counts)

    assert set(found.values()) == {"retired"}
    assert min(found) == BEGIN + 26 * WEEK


def test_a_count_that_has_not_moved_yet_is_of_a_live_repository_where_somebody_has_just_pushed():
    assert set(told(weekly(1, 0)).values()) == {"live"}


def test_a_count_without_a_last_push_tells_from_its_first_step_on():
    counts = [Count(BEGIN + number * WEEK, 260 + max(0, number - 2)) for number in range(6)]

    assert sorted(told(counts)) == [BEGIN + number * WEEK for number in range(3, 6)]


def test_a_busy_repository_is_live_at_every_count():
    assert set(told(weekly(100, 20)).values()) == {"live"}


def test_one_that_stops_declines_and_is_retired_half_a_year_after_its_last_commit():
    found = told([*weekly(100, 20), *still(60, after=100)])

    last = BEGIN + 99 * WEEK
    assert found[last + 7 * WEEK] == "live"
    assert found[last + 13 * WEEK] == "declining"
    assert found[last + 26 * WEEK] == "retired"
    assert found[last + 60 * WEEK] == "retired"


def test_a_count_that_stands_still_while_somebody_pushes_tells_nothing():
    frozen = [one._replace(pushed_at=one.at) for one in still(60, after=100)]

    found = told([*weekly(100, 20), *frozen])

    assert max(found) <= BEGIN + 101 * WEEK
    assert list(silences("jax", "best-of", [*weekly(100, 20), *frozen])) == []


@pytest.mark.parametrize(("weeks", "is_silent"), [(12, False), (13, True), (40, True)])
def test_a_count_that_has_not_moved_for_ninety_days_is_no_commit_in_ninety_days(weeks, is_silent):
    found = list(silences("jax", "best-of", still(weeks + 1, after=1)))

    assert bool(found) == is_silent
    assert {(one.metric, one.value, one.definition) for one in found} <= {
        ("github.commits_90d", 0.0, "commits_90d@counts")
    }


def test_one_that_moves_again_was_not_silent_any_more():
    counts = [*still(30, after=1), Count(BEGIN + 31 * WEEK, 9_001)]

    assert list(silences("jax", "best-of", counts))[-1].valid_at == BEGIN + 30 * WEEK


def test_a_state_is_derived_and_says_of_what():
    [one, *_] = states("jax", "best-of", weekly(3, 20))

    assert (one.metric, one.method, one.status, one.source) == ("liveness.main", "reconstructed", "derived", "best-of")


def test_what_a_jump_of_the_count_brought_decides_no_state():
    """A repository that had gone quiet would look live for the 90 days after it, had the jump been commits."""
    last = BEGIN + 99 * WEEK
    late = [one._replace(commits=one.commits + 900, pushed_at=one.at) for one in still(40, after=100)[19:]]
    quiet = [*weekly(100, 20), *still(19, after=100)]

    jumped = told([*quiet, late[0]._replace(is_shifted=True), *late[1:]])
    believed = told([*quiet, *late])

    assert believed[last + 20 * WEEK] != "declining"
    assert last + 20 * WEEK not in jumped
    assert jumped[last + 19 * WEEK] == believed[last + 19 * WEEK] == "declining"


def test_a_jump_of_a_busy_count_leaves_it_live():
    counts = [one._replace(commits=one.commits + 900 * (number >= 60)) for number, one in enumerate(weekly(100, 20))]
    counts[60] = counts[60]._replace(is_shifted=True)

    assert set(told(counts).values()) == {"live"}
    assert len(told(counts)) == 100


def told(counts):
    return {one.valid_at: STATES[int(one.value)] for one in states("jax", "best-of", counts)}


def weekly(weeks, commits):
    return [Count(BEGIN + number * WEEK, 1_000 + number * commits, BEGIN + number * WEEK) for number in range(weeks)]


def still(weeks, after):
    """Count on as the weekly ones ended, and nobody pushes."""
    last = BEGIN + (after - 1) * WEEK
    return [Count(last + number * WEEK, 1_000 + (after - 1) * 20, last) for number in range(1, weeks + 1)]
