"""What the warehouse remembers for the next run."""

from datetime import timedelta

import pytest

from catalog.metric import METRICS
from catalog.observation import Reason
from tests.warehouse.builders import bring, learned, stars, week
from warehouse.query import each, rows

COUNTED_ISSUES = ("github.open_issues", "github.issues_closed_ever")


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [(0, True), (59, True), (60, True), (61, False), (121, False), (-45, True), (-60, True), (-61, False)],
)
def test_a_count_and_the_stars_of_its_day_were_asked_together_within_an_hour(warehouse, minutes, counted):
    start = week(0) + timedelta(days=200, minutes=20)
    for number, (metric, known_at) in enumerate(
        [("github.stars_gained_today", start), ("github.stars", start + timedelta(minutes=minutes))]
    ):
        bring(warehouse, METRICS[metric].of("jax", week(number), 7.0), run_id=metric)
        warehouse.execute("update observation set known_at = $1 where metric = $2", [known_at, metric])

    found = rows(warehouse, "memory_stars_counted", before=learned(10**5))

    assert [row["counted_at"] for row in found] == [week(0)] * counted


def test_a_repository_counts_its_issues_itself_in_the_newest_answer_that_has_both(warehouse):
    for number, figures in enumerate([(10.0, 90.0), (12.0, 93.0)]):
        told = [
            METRICS[name].of("jax", week(number), value) for name, value in zip(COUNTED_ISSUES, figures, strict=True)
        ]
        bring(warehouse, *told, METRICS["github.open_issues"].of("flax", week(number), 3.0), at=number)

    assert rows(warehouse, "memory_issues_told") == [{"subject": "jax", "issues": 105}]


def test_very_many_rows_are_given_one_by_one_and_all_of_them(warehouse):
    names = [
        METRICS[name].of(f"subject-{number:05}", week(0), 1.0) for number in range(12_000) for name in COUNTED_ISSUES
    ]
    bring(warehouse, *names)

    assert len(list(each(warehouse, "memory_asked", before=learned(10**5)))) == 24_000


def test_a_metric_was_last_had_at_its_newest_value_that_stands(warehouse):
    bring(warehouse, stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(6, 2), at=2, run_id="second")
    bring(warehouse, stars(None, 3), at=3, run_id="third")

    assert asked_at(warehouse, 9) == week(2)

    bring(warehouse, stars(None, 2, reason=Reason.SCHEMA_CHANGED), at=4, run_id="fourth")

    assert asked_at(warehouse, 9) == week(1)


@pytest.mark.parametrize(("before", "newest"), [(1.5, week(1)), (2.5, week(2)), (4.5, week(2)), (0.5, None)])
def test_what_a_metric_was_last_had_at_is_told_as_it_was_known_then(warehouse, before, newest):
    bring(warehouse, stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(6, 2), at=2, run_id="second")
    bring(warehouse, stars(7, 3), at=5, run_id="third")

    assert asked_at(warehouse, before) == newest


def asked_at(warehouse, before):
    found = {row["metric"]: row["asked_at"] for row in rows(warehouse, "memory_asked", before=learned(before))}
    return found.get("github.stars")
