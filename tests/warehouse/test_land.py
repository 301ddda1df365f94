"""A landing adds what is new, all of it or nothing, and what the catalog says at that time."""

from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest

from catalog.load import Catalog, shipped_observations
from catalog.metric import METRICS
from catalog.observation import Reason
from catalog.subject import Subject
from tests.warehouse.builders import (
    FLAX,
    FOLLOWED,
    JAX,
    LEARNED,
    answer,
    bring,
    effective,
    learned,
    one,
    stars,
    week,
    weeks,
)
from warehouse.frame import frame
from warehouse.land import LandingResult, Run, land
from warehouse.query import rows

COUNTED = ("observation", "subject", "metric", "curated_fact", "run", "quality_event")


def test_the_same_rows_landed_twice_are_landed_once(warehouse):
    readings = weeks(0, 100, 103, None, 60, 0)

    first, second = bring(warehouse, *readings), bring(warehouse, *readings)

    assert (first.observations, first.missing, first.quarantined) == (5, 1, 2)
    assert (second.observations, second.revised) == (0, 0)
    assert one(warehouse, "select count(*) from observation") == 5
    assert one(warehouse, "select count(*) from quality_event") == 2


def test_a_reading_given_twice_in_one_landing_counts_once_with_the_higher_figure(warehouse):
    landed = bring(warehouse, stars(100, 0), stars(103, 0), stars(100, 0), stars(None, 0))

    assert landed.observations == 1
    assert effective(warehouse, 0) == 103


def test_a_zero_lands_without_a_sign_for_the_database_may_give_back_either(warehouse):
    bring(warehouse, stars(-0.0, 0, "pwc.share_slope_pp", lo=-0.0, hi=-0.0), stars(-0.5, 1, "pwc.share_slope_pp"))

    found = warehouse.sql("select value::text, lo::text, hi::text from observation order by valid_at").fetchall()
    assert found == [("0.0", "0.0", "0.0"), ("-0.5", None, None)]


def test_a_landing_counts_what_it_added(warehouse):
    bring(warehouse, *weeks(0, 100, 50, None), run_id="r7")

    counted = warehouse.sql("select run_id, kind, status, observations, missing, quarantined from run").fetchall()
    assert counted == [("r7", "import", "degraded", 3, 1, 1)]


def test_a_landing_with_nothing_missing_is_complete(warehouse):
    bring(warehouse, stars(100, 0))

    assert one(warehouse, "select status from run") == "complete"


def test_zero_lands_as_zero(warehouse):
    bring(warehouse, stars(0, 0))

    assert effective(warehouse, 0) == 0


def test_knowledge_moves_on_even_where_the_clock_stands_still(warehouse):
    moments = [bring(warehouse, stars(100 + number, number)).known_at for number in range(3)]

    assert moments == [LEARNED, LEARNED.replace(microsecond=1), LEARNED.replace(microsecond=2)]


def test_a_corrected_value_is_a_new_row_and_the_old_one_is_still_known_of_its_time(warehouse):
    bring(warehouse, stars(85_000, 0), at=1)
    bring(warehouse, stars(84_900, 0), at=2)

    assert effective(warehouse, 1, known=1) == 85_000
    assert effective(warehouse, 1, known=2) == 84_900
    assert one(warehouse, "select count(*) from observation") == 2


def test_an_older_word_that_arrives_later_does_not_undo_a_newer_one(warehouse):
    bring(warehouse, stars(84_900, 0), at=2)
    bring(warehouse, stars(85_000, 0), at=1)

    assert effective(warehouse, 1, known=1) == 85_000
    assert effective(warehouse, 1, known=2) == 84_900


def test_a_correction_of_the_bounds_alone_is_news(warehouse):
    bring(warehouse, stars(100, 0, n=7), at=1)

    assert bring(warehouse, stars(100, 0, n=8), at=2).observations == 1
    assert answer(warehouse, 0)["n"] == 8


@pytest.mark.parametrize(
    "wrong", [{"status": "guessed"}, {"subject": None}], ids=["a status that is none", "no subject"]
)
def test_a_landing_that_fails_in_the_middle_leaves_nothing(warehouse, wrong):
    bring(warehouse, stars(100, 0), run_id="before")
    before = contents(warehouse)
    arrived = frame([stars(103, 1), stars(106, 2), stars(50, 3), *shipped_observations(FOLLOWED)])
    broken = pl.concat([arrived, arrived.tail(1).with_columns(**{k: pl.lit(v, pl.String) for k, v in wrong.items()})])

    with pytest.raises(duckdb.ConstraintException):
        land(warehouse, broken, Catalog(subjects=(JAX,)), run())

    assert contents(warehouse) == before


def test_a_landing_that_is_interrupted_in_the_middle_leaves_nothing(warehouse):
    bring(warehouse, stars(100, 0), run_id="before")
    before = contents(warehouse)
    interrupted = replace(run(), detail={"told": Interrupts()})

    with pytest.raises(KeyboardInterrupt):
        land(warehouse, frame([stars(103, 1), stars(50, 2)]), Catalog(subjects=(JAX,)), interrupted)

    assert contents(warehouse) == before


def test_the_next_landing_goes_on_after_one_that_failed(warehouse):
    with pytest.raises(duckdb.ConstraintException):
        land(warehouse, frame([stars(100, 0)]).with_columns(status=pl.lit("guessed")), FOLLOWED, run())

    assert bring(warehouse, stars(100, 0)).observations == 1


def test_a_source_that_does_not_apply_is_asked_once_the_catalog_has_its_key(warehouse):
    bring(warehouse, *shipped_observations(Catalog(subjects=(FLAX,))), catalog=Catalog(subjects=(FLAX,)), at=1)
    with_tag = Catalog(subjects=(replaced(FLAX, stackoverflow_tags=["flax"]),))
    bring(warehouse, *shipped_observations(with_tag), catalog=with_tag, at=2)

    assert said_of_questions(warehouse, known=1) == ("not_applicable", None)
    assert said_of_questions(warehouse, known=2) == ("missing", "incomplete")


def test_a_source_whose_key_is_lost_again_does_not_apply_again(warehouse):
    bare = Catalog(subjects=(FLAX,))
    with_tag = Catalog(subjects=(replaced(FLAX, stackoverflow_tags=["flax"]),))
    for at, catalog in enumerate((bare, with_tag, bare), start=1):
        bring(warehouse, *shipped_observations(catalog), catalog=catalog, at=at)

    assert said_of_questions(warehouse, known=2) == ("missing", "incomplete")
    assert said_of_questions(warehouse, known=3) == ("not_applicable", None)


def test_a_landing_without_the_catalogs_own_words_withdraws_nothing(warehouse):
    bring(warehouse, *shipped_observations(Catalog(subjects=(FLAX,))), catalog=Catalog(subjects=(FLAX,)), at=1)
    bring(warehouse, stars(100, 0), at=2)

    assert said_of_questions(warehouse, known=2) == ("not_applicable", None)


def test_a_subject_that_the_catalog_drops_is_followed_no_longer(warehouse):
    bring(warehouse, stars(100, 0), at=1)
    bring(warehouse, at=2, catalog=Catalog(subjects=(FLAX,)))

    assert followed(warehouse, 1) == ["flax", "jax"]
    assert followed(warehouse, 2) == ["flax"]


def test_a_subject_that_comes_back_is_followed_again(warehouse):
    for at, subjects in enumerate([(JAX, FLAX), (FLAX,), (FLAX, JAX)], start=1):
        bring(warehouse, at=at, catalog=Catalog(subjects=subjects))

    assert followed(warehouse, 3) == ["flax", "jax"]


def test_a_catalog_entry_has_a_row_for_each_change_and_no_other(warehouse):
    renamed = replaced(JAX, github="google/jax2")
    for at, subject in enumerate([JAX, JAX, renamed, renamed], start=1):
        bring(warehouse, at=at, catalog=Catalog(subjects=(subject,)))

    known = warehouse.sql("select known_at, catalog_json->>'github' from subject order by all").fetchall()
    assert known == [(learned(1), "jax-ml/jax"), (learned(3), "google/jax2")]


def test_curated_facts_have_a_row_for_each_change_and_no_other(warehouse, catalog):
    fact = next(fact for fact in catalog.facts if fact.metric == "github.stars")
    for at, value in enumerate([77_000.0, 77_000.0, 78_000.0], start=1):
        changed = fact.model_copy(update={"value": value})
        bring(warehouse, at=at, catalog=replace(catalog, facts=(changed,)))

    known = warehouse.sql("select known_at, value from curated_fact order by all").fetchall()
    assert known == [(learned(1), 77_000), (learned(3), 78_000)]


def test_what_is_missing_shows_as_a_gap_until_it_is_filled(warehouse):
    bring(warehouse, stars(None, 0, reason=Reason.RATE_LIMITED), at=1)
    gap = warehouse.sql("select subject, metric, reason, valid_at, is_recoverable from gap").fetchall()
    bring(warehouse, stars(100, 0), at=2)

    assert gap == [("jax", "github.stars", "rate_limited", week(0), True)]
    assert warehouse.sql("from gap").fetchall() == []


def test_nothing_at_all_can_be_landed(warehouse):
    assert land(warehouse, frame([]), Catalog(), run()) == LandingResult(LEARNED, 0, 0, 0, 0)


class Interrupts:
    """Stands for the operator who presses Ctrl-C while the run is being written down."""

    def __str__(self) -> str:
        raise KeyboardInterrupt


def contents(warehouse) -> dict[str, list[tuple]]:
    return {table: warehouse.sql(f"from {table} order by all").fetchall() for table in COUNTED}


def said_of_questions(warehouse, known: int) -> tuple:
    asked = f"from metric_as_of('{week(30)}', '{learned(known)}')"
    found = warehouse.sql(
        f"select status, reason {asked} where subject = 'flax' and metric = 'stackoverflow.questions'"
    )
    return found.fetchall()[0]


def followed(warehouse, known: int) -> list[str]:
    return [row["subject"] for row in rows(warehouse, "subjects_known", known_at=learned(known))]


def replaced(subject: Subject, **changed) -> Subject:
    return subject.model_copy(update=changed)


def run() -> Run:
    return Run("run", "import", LEARNED, LEARNED, "1")


@pytest.mark.parametrize(
    "valid_at",
    [
        datetime(2202, 1, 1),
        datetime(9999, 12, 31),
        datetime(1, 1, 1),
        datetime(1969, 12, 31),
        LEARNED + timedelta(days=1, seconds=1),
    ],
)
def test_what_is_about_a_moment_that_cannot_have_been_is_refused_and_counted(warehouse, valid_at):
    wrong = METRICS["github.stars"].of("jax", valid_at, 7)
    landed = land(warehouse, frame([stars(100, 0), wrong]), FOLLOWED, run())

    assert (landed.observations, landed.refused) == (1, 1)
    assert warehouse.sql("select distinct value from observation").fetchall() == [(100,)]


@pytest.mark.parametrize(
    "valid_at",
    [
        datetime(2024, 2, 29),
        datetime(2025, 12, 31, 23, 59, 59),
        datetime(2026, 3, 29, 1, 30),
        LEARNED + timedelta(hours=14),
    ],
    ids=["a leap day", "the end of a year", "an hour that summer time leaves out", "today in Kiritimati"],
)
def test_a_moment_that_has_come_somewhere_on_earth_lands(warehouse, valid_at):
    landed = land(warehouse, frame([METRICS["github.stars"].of("jax", valid_at, 7)]), FOLLOWED, run())

    assert (landed.observations, landed.refused) == (1, 0)
