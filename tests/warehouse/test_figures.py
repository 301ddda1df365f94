"""Figures beside scores: each is the last word on its cell, as known at the moment that is asked about."""

import polars as pl
import pytest

from catalog.observation import Reason
from tests.warehouse.builders import bring, learned, stars, week
from warehouse.figures import beside_figures, context_figures
from warehouse.query import rows

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
    assert context_figures(warehouse, ["github.stars"], learned(known), week(2))["value"].to_list() == [value]


@pytest.mark.parametrize(("known", "share"), [(1, 0.5), (3, 0.6)])
def test_a_share_of_a_venue_is_shown_as_it_was_known_before_it_was_told_anew(warehouse, known, share):
    bring(warehouse, stars(0.5, 1, metric="papers.share_icml_2025"), at=1, run_id="first")
    bring(warehouse, stars(0.6, 1, metric="papers.share_icml_2025"), at=2, run_id="second")

    found = rows(warehouse, "site_shares", before=week(2), known_at=learned(known), after="", upto="z")

    assert [(row["venue"], row["year"], row["value"]) for row in found] == [("icml", 2025, share)]


def test_what_was_taken_back_is_no_good_value_and_the_one_before_it_is(warehouse):
    bring(warehouse, stars(4, 0), stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(None, 1, reason=Reason.SCHEMA_CHANGED), at=2, run_id="second")

    found = context_figures(warehouse, ["github.stars"], learned(3), week(2))

    assert found["value"].to_list() == [4]


def test_what_moved_is_told_beside_what_stood_and_not_what_was_taken_back(warehouse):
    bring(warehouse, stars(4, 0), stars(5, 1), at=1, run_id="first")
    bring(warehouse, stars(None, 1, reason=Reason.SCHEMA_CHANGED), at=2, run_id="second")
    bring(warehouse, stars(6, 2), at=3, run_id="night")

    [moved] = rows(warehouse, "moved", run_id="night", known_at=learned(3))

    assert (moved["before"], moved["after"], moved["since"]) == (4, 6, week(0))
