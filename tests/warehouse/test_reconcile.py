"""Two ways to one figure that disagree are told with both values; what is within the tolerance is not."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from catalog.metric import METRICS
from catalog.tolerance import TOLERANCES
from tests.warehouse.builders import FOLLOWED, LEARNED, bring, one
from warehouse.facts import FACTS, append_facts
from warehouse.frame import frame
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
    tonight = {"commits", "stars", "issues"}
    past = {"stars_past", "commits_past", "stars_month", "issues_opened_month", "issues_closed_month"}
    assert {one.comparison for one in TOLERANCES} == tonight | past
    assert all(one.reason and one.absolute >= 0 and 0 <= one.share <= 0.2 for one in TOLERANCES)


# --- our history beside that of dated trackers ---


def tracked(metric: str, value: float, at: datetime, source: str = "github-ranking"):
    return seen(metric, value, at, method="archived", source=source)


def test_stars_of_a_past_day_that_a_tracker_counted_otherwise_are_told_once_a_year(warehouse):
    days = [datetime(2024, 3, 1), datetime(2024, 6, 1), datetime(2024, 9, 1), datetime(2025, 2, 1)]
    ours = [
        seen("stars", stars, day, method="reconstructed")
        for stars, day in zip((9_600, 8_000, 8_900, 9_000), days, strict=True)
    ]
    bring(warehouse, *ours, *(tracked("stars", 10_000, day) for day in days))

    assert warehouse.sql(EVENTS).fetchall() == [
        ("jax", "github.stars", 8_000, 10_000),
        ("jax", "github.stars", 9_000, 10_000),
    ]


@pytest.mark.parametrize(("counted", "is_told"), [(1_000, False), (1_050, False), (1_060, True)])
def test_commits_of_a_past_day_are_compared_with_what_a_tracker_counted(warehouse, counted, is_told):
    bring(
        warehouse,
        seen("commits_90d", 1_000, NIGHT - 99 * DAY, method="exact", source="git"),
        tracked("commits_90d", counted, NIGHT - 99 * DAY, "best-of-ml-python"),
    )

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.commits_90d", 1_000, counted)] * is_told


@pytest.mark.parametrize(("events", "is_told"), [(3_100, False), (3_500, False), (4_000, True), (2_000, True)])
def test_stars_of_a_month_are_compared_with_the_events_of_that_month(warehouse, events, is_told):
    given = [seen("stars_gained_1d", 100, datetime(2024, 5, day), method="exact_retained") for day in range(1, 32)]
    bring(warehouse, *given, tracked("stars_gained_month", events, datetime(2024, 6, 1), "open-digger"))

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.stars_gained_month", 3_100, events)] * is_told


def test_a_month_of_which_a_day_is_missing_is_not_compared(warehouse):
    given = [seen("stars_gained_1d", 100, datetime(2024, 5, day), method="exact_retained") for day in range(1, 31)]
    bring(warehouse, *given, tracked("stars_gained_month", 9_000, datetime(2024, 6, 1), "open-digger"))

    assert warehouse.sql(EVENTS).fetchall() == []


@pytest.mark.parametrize("is_walked", [True, False])
def test_issues_of_a_month_are_compared_where_all_issues_are_known(warehouse, is_walked):
    walked(warehouse, issues=40)
    end = datetime(NIGHT.year, NIGHT.month + 1, 1)
    told = [
        tracked("issues_opened_month", 80, end, "open-digger"),
        tracked("issues_closed_month", 3, end, "open-digger"),
    ]
    bring(warehouse, *told, *([seen("issues_walked", 3, end + DAY)] if is_walked else []))

    assert warehouse.sql(EVENTS).fetchall() == [("jax", "github.issues_opened_month", 40, 80)] * is_walked


def history(days: int, stars: float):
    """Return so many days of stars, the last one the day before yesterday, and the day on which they begin."""
    begin = NIGHT - (days + 1) * DAY
    exact = {"method": "exact_retained"}
    gained = [seen("stars_gained_1d", stars, begin + number * DAY, **exact) for number in range(days)]
    return [*gained, seen("stars_history_start", 1, begin, **exact)]


def counters(still_open: float, closed: float):
    return [seen("open_issues", still_open, NOON), seen("issues_closed_ever", closed, NOON), seen("issues_walked", 3)]


def walked(warehouse, issues: int) -> None:
    plain = dict.fromkeys(FACTS["issue"]) | {"subject": "jax", "author_kind": "human", "is_comment_known": True}
    rows = [{**plain, "number": number, "created_at": NIGHT, "updated_at": NIGHT} for number in range(issues)]
    append_facts(warehouse, "issue", rows, LEARNED, "run")
