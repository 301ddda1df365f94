"""Two ways to one figure that disagree are told with both values; what is within the tolerance is not."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from catalog.metric import METRICS
from catalog.tolerance import TOLERANCES
from tests.warehouse.builders import FOLLOWED, LEARNED, bring, one
from warehouse.frame import frame
from warehouse.issues import ISSUE, land_issues
from warehouse.land import NOTICED, Run, land

NIGHT = datetime(2026, 5, 1)
NOON = NIGHT + timedelta(hours=12)
DAY = timedelta(days=1)
EVENTS = "select subject, metric, value, expected from quality_event where kind = 'disagreement' order by all"


def seen(metric: str, value: float, at: datetime = NIGHT, **more):
    return METRICS[f"github.{metric}"].of("jax", at, value, **more)


def commits(clone: float, github: float, metric: str = "commits_28d"):
    return seen(metric, clone, method="exact", source="git"), seen(metric, github, method="exact")


@pytest.mark.parametrize(
    ("clone", "github", "is_told"),
    [(100, 100, False), (103, 100, False), (104, 100, True), (96, 100, True), (1_010, 1_000, False), (4, 0, True)],
)
def test_commits_of_the_clone_and_of_github_may_differ_a_little(warehouse, clone, github, is_told):
    bring(warehouse, *commits(clone, github))

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.commits_28d", clone, github)] * is_told


def test_the_event_names_the_comparison_both_counts_and_the_reason(warehouse):
    bring(warehouse, *commits(90, 60, "commits_90d"))

    assert one(warehouse, "select detail from quality_event").startswith(
        "commits: 90 here, 60 at GitHub; up to 3 is allowed because a branch"
    )


def test_a_disagreement_is_told_once_and_moves_no_value(warehouse):
    bring(warehouse, *commits(90, 60), at=1)
    bring(warehouse, *commits(90, 60), at=2)

    assert len(warehouse.sql(EVENTS).fetchall()) == 1
    assert one(warehouse, "select count(*) from observation where status = 'missing'") == 0


def test_stars_of_every_day_sum_to_the_stars_that_there_are(warehouse):
    bring(warehouse, *history(10, 1_000), seen("stars", 10_050, NOON))

    assert warehouse.sql(EVENTS).fetchall() == []


def test_stars_that_do_not_sum_are_told(warehouse):
    bring(warehouse, *history(10, 1_000), seen("stars", 12_000, NOON))

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.stars", 10_000, 12_000)]


@pytest.mark.parametrize("lost", [0, 4, 10], ids=["the beginning", "a day between", "where it begins"])
def test_a_history_with_holes_is_not_compared(warehouse, lost):
    found = history(10, 1_000)
    bring(warehouse, *found[:lost], *found[lost + 1 :], seen("stars", 12_000, NOON))

    assert warehouse.sql(EVENTS).fetchall() == []


def test_issues_that_are_stored_are_those_that_github_counts(warehouse):
    walked(warehouse, issues=20)
    bring(warehouse, *counters(15, 4))

    assert warehouse.sql(EVENTS).fetchall() == []


def test_issues_that_vanished_are_told(warehouse):
    walked(warehouse, issues=40)
    bring(warehouse, *counters(15, 4))

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.issues_walked", 40, 19)]


def test_a_walk_that_broke_off_is_not_compared(warehouse):
    walked(warehouse, issues=40)
    bring(warehouse, *counters(15, 4)[:2])

    assert warehouse.sql(EVENTS).fetchall() == []


def test_what_was_noticed_elsewhere_is_kept_once(warehouse):
    columns = ("jax", "github.issue_close_30d", "github", "moving", "it moves", NIGHT, 0.1, 0.5)
    noticed = pl.DataFrame([dict(zip(NOTICED, columns, strict=True))], schema=NOTICED)
    for _ in range(2):
        run = Run("run", "nightly", LEARNED, LEARNED, "1")
        land(warehouse, frame([seen("stars", 100, NOON)]), FOLLOWED, run, noticed=noticed)

    assert warehouse.sql("select kind, value, expected, run_id from quality_event").fetchall() == [
        ("moving", 0.1, 0.5, "run")
    ]


def test_a_tolerance_has_a_reason():
    assert {one.comparison for one in TOLERANCES} == {"commits", "stars", "issues"}
    assert all(one.reason and one.absolute >= 0 and 0 <= one.share < 0.1 for one in TOLERANCES)


def history(days: int, stars: float):
    """Give so many days of stars, the last one the day before yesterday, and the day on which they begin."""
    begin = NIGHT - (days + 1) * DAY
    exact = {"method": "exact_retained"}
    gained = [seen("stars_gained_1d", stars, begin + number * DAY, **exact) for number in range(days)]
    return [*gained, seen("stars_history_start", 1, begin, **exact)]


def counters(still_open: float, closed: float):
    return [seen("open_issues", still_open, NOON), seen("issues_closed_ever", closed, NOON), seen("issues_walked", 3)]


def walked(warehouse, issues: int) -> None:
    plain = dict.fromkeys(ISSUE) | {"subject": "jax", "author_kind": "human", "is_comment_known": True}
    rows = [{**plain, "number": number, "created_at": NIGHT, "updated_at": NIGHT} for number in range(issues)]
    land_issues(warehouse, pl.DataFrame(rows, schema=ISSUE), LEARNED, "run")
