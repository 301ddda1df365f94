"""Figures beside scores: each is the last word on its cell, as known at the moment that is asked about."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.observation import Observation, Reason
from catalog.span import Span
from catalog.subject import Subject
from tests.warehouse.builders import FOLLOWED, bring, learned, stars, week, weeks
from warehouse.connection import whole
from warehouse.figures import behind_figures, beside_figures, context_figures
from warehouse.frame import frame
from warehouse.land import Run, add, land
from warehouse.query import rows

STARS = METRICS["github.stars"]
JUDGED = pl.DataFrame({"subject": ["jax"], "metric": ["github.stars"], "status": ["curated"]})


@pytest.mark.parametrize("known", [1, 3])
def test_a_figure_is_shown_as_it_was_known_before_it_was_told_anew(warehouse, known):
    bring(warehouse, stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(6, 1), at=2, run_id="second")

    asked = {"metrics": ["github.stars"], "before": week(2), "known_at": learned(known)}
    of_site = rows(warehouse, "site_figures", **asked, most=9, after="", upto="z")

    value = 5 if known == 1 else 6
    assert [row["value"] for row in of_site] == [value]
    assert beside_figures(warehouse, JUDGED, learned(known), week(2))["jax", "github.stars"]["value"] == value
    assert context_figures(warehouse, ["github.stars"], learned(known), week(2), Span())["value"].to_list() == [value]


@pytest.mark.parametrize(("most", "shown"), [(9, [week(0), week(1), week(2), week(3)]), (3, [week(3)])])
def test_of_a_long_series_the_last_day_of_each_month_is_shown(warehouse, most, shown):
    bring(warehouse, *weeks(0, 1, 2, 3, 4), at=1)

    assert [row["valid_at"] for row in history(warehouse, most)] == shown


def test_where_the_last_day_of_a_month_was_taken_back_the_one_before_it_is_shown(warehouse):
    bring(warehouse, *weeks(0, 1, 2, 3, 4, 5), at=1, run_id="first")
    bring(warehouse, stars(None, 3, reason=Reason.SCHEMA_CHANGED), at=2, run_id="second")

    found = history(warehouse, 3)

    assert [(row["valid_at"], row["value"]) for row in found] == [(week(2), 3), (week(4), 5)]


@pytest.mark.parametrize(("since", "told"), [(3, [(3, 4, week(2))]), (2.5, [(3, 4, week(2))]), (1, [(1, 4, week(0))])])
def test_a_figure_has_moved_from_what_it_was_before_the_span(warehouse, since, told):
    bring(warehouse, *weeks(0, 1, 2, 3, 4), at=1)

    assert moved_since(warehouse, week(since), week(0)) == told


def test_what_a_figure_was_longer_ago_than_is_asked_is_not_told(warehouse):
    bring(warehouse, *weeks(0, 1), *weeks(3, 4), at=1)

    assert moved_since(warehouse, week(3), week(1)) == []


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 2.0**53 + 2])
@pytest.mark.parametrize("observed", ["pwc.share_icml", "papers.share_icml_2025"])
def test_what_brought_a_figure_is_found_to_the_last_bit_and_microsecond(warehouse, observed, value):
    moment = timedelta(hours=7, microseconds=1) / timedelta(weeks=1)
    bring(warehouse, stars(value, moment, metric=observed), at=moment, run_id="found")
    figure = {
        "subject": "jax",
        "metric": observed.removesuffix("_2025"),
        "source": METRICS[observed].source,
        "valid_at": week(moment),
        "known_at": learned(moment),
        "value": value,
    }

    [told] = behind_figures(warehouse, pl.DataFrame([figure])).values()
    another = behind_figures(warehouse, pl.DataFrame([{**figure, "known_at": learned(moment) + timedelta.resolution}]))

    assert (told["run_id"], told["observed"], another) == ("found", observed, {})


def history(warehouse: duckdb.DuckDBPyConnection, most: int) -> list[dict[str, Any]]:
    asked = {"metrics": ["github.stars"], "before": week(9), "known_at": learned(9), "after": "", "upto": "z"}
    return rows(warehouse, "site_figures", **asked, most=most)


def moved_since(warehouse: duckdb.DuckDBPyConnection, since: datetime, oldest: datetime) -> list[tuple[Any, ...]]:
    asked = {"metrics": ["github.stars"], "before": week(9), "since": since, "oldest": oldest, "after": "", "upto": "z"}
    found = rows(warehouse, "site_moved", **asked)
    return [(row["before"], row["after"], midnight(row["since"])) for row in found]


@pytest.mark.parametrize(("known", "share"), [(1, 0.5), (3, 0.6)])
def test_a_share_of_a_venue_is_shown_as_it_was_known_before_it_was_told_anew(warehouse, known, share):
    bring(warehouse, stars(0.5, 1, metric="papers.share_icml_2025"), at=1, run_id="first")
    bring(warehouse, stars(0.6, 1, metric="papers.share_icml_2025"), at=2, run_id="second")

    found = rows(warehouse, "site_shares", before=week(2), known_at=learned(known), after="", upto="z")

    assert [(row["venue"], row["year"], row["value"]) for row in found] == [("icml", 2025, share)]


def test_what_was_taken_back_is_no_good_value_and_the_one_before_it_is(warehouse):
    bring(warehouse, stars(4, 0), stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(None, 1, reason=Reason.SCHEMA_CHANGED), at=2, run_id="second")

    found = context_figures(warehouse, ["github.stars"], learned(3), week(2), Span())

    assert found["value"].to_list() == [4]


def test_what_moved_is_told_beside_what_stood_and_not_what_was_taken_back(warehouse):
    bring(warehouse, stars(4, 0), stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(None, 1, reason=Reason.SCHEMA_CHANGED), at=2, run_id="second")

    [moved] = night(warehouse, stars(6, 2), at=3)

    assert (moved["before"], moved["after"], moved["since"]) == (4, 6, week(0))


def test_what_moved_furthest_comes_first_and_what_stays_is_left_out(warehouse):
    night(warehouse, *(stars(100, 0, metric=one) for one in MOVING), stars(7, 0), at=1)

    found = night(warehouse, *(stars(value, 1, metric=one) for one, value in MOVING.items()), stars(7, 1), at=2)

    assert [(row["metric"], row["before"], row["after"]) for row in found] == [
        ("github.open_issues", 100, 300), ("github.forks", 100, 70), ("github.watchers", 100, 110)
    ]  # fmt: skip


@pytest.mark.parametrize("rows_at_once", [1, 1_000])
def test_what_moved_is_the_same_where_subjects_land_in_parts(warehouse, rows_at_once):
    subjects = [f"subject-{number:02}" for number in range(30)]
    followed = Catalog(
        subjects=tuple(Subject(id=one, name=one, kind="framework", github=f"o/{one}") for one in subjects)
    )
    for turn in (0, 1):
        told = [STARS.of(one, week(turn), 100 + turn * number) for number, one in enumerate(subjects)]
        with whole(warehouse):
            found = add(warehouse, frame(told), followed, run(learned(turn)), learned(turn), rows_at_once=rows_at_once)

    assert [row["subject"] for row in found.moved] == subjects[:9:-1]


def test_only_a_night_tells_what_moved(warehouse):
    bring(warehouse, stars(4, 0), at=1, run_id="first")

    assert bring(warehouse, stars(9, 1), at=2, run_id="second").moved == ()


MOVING = {"github.watchers": 110, "github.open_issues": 300, "github.forks": 70}


def run(moment: datetime) -> Run:
    return Run(f"night-{moment:%H}", "nightly", moment, moment, "1")


def night(warehouse: duckdb.DuckDBPyConnection, *observations: Observation, at: float) -> Sequence[Mapping[str, Any]]:
    return land(warehouse, frame(observations), FOLLOWED, run(learned(at)), learned(at)).moved
