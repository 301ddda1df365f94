"""What is dying is worth less, and the card says by how much; silence about it raises nothing."""

from datetime import timedelta

import polars as pl
import pytest

from catalog.liveness import STATES
from scoring.rubric_files import load
from tests.scoring.builders import (
    EVE,
    MAY_DAY,
    Answer,
    answer,
    card,
    curated,
    raws,
    scored,
    verdict_on,
)

MODERN = load("2026.1")
MOBILE = 0.6 * 0.2  # its weight in the production of 2024.1
LONG_AGO = MAY_DAY - timedelta(days=300)


def state(role: str, name: str, on=EVE, **more) -> Answer:
    return answer(f"liveness.{role}", STATES.index(name), on, **more)


def modern(*more: Answer, mark: float = 8.0) -> list[Answer]:
    return [*card(mark, rubric=MODERN), *more]


@pytest.mark.parametrize(
    ("name", "factor"), [("live", 1), ("stable", 1), ("watch", 1), ("declining", 0.75), ("retired", 0.25)]
)
def test_a_capability_is_worth_as_much_as_what_backs_it_is_alive(name, factor):
    found = raws([*card(10), state("mobile", name)])["production"]

    assert found == pytest.approx(10 - (1 - factor) * 10 * MOBILE)


def test_where_no_state_was_ever_known_nothing_is_taken_off():
    assert raws(card(10))["production"] == 10
    assert raws(modern(mark=10), rubric=MODERN)["ecosystem"] == 10


@pytest.mark.parametrize(
    ("name", "factor"), [("live", 1), ("stable", 1), ("watch", 1), ("declining", 0.6), ("retired", 0.25)]
)
def test_the_main_repository_gates_the_ecosystem_and_nothing_else(name, factor):
    free, gated = raws(modern(), rubric=MODERN), raws(modern(state("main", name)), rubric=MODERN)

    assert gated["ecosystem"] == pytest.approx(free["ecosystem"] * factor)
    assert gated | {"ecosystem": None} == free | {"ecosystem": None}


def test_the_first_rubric_has_no_gate():
    assert raws([*card(8), state("main", "retired")]) == raws(card(8))


def test_what_was_taken_off_stands_in_rows_of_its_own_and_all_points_still_sum_to_the_score():
    found = scored(modern(state("main", "declining"), state("mobile", "retired")), rubric=MODERN)
    rows = {(row["group"], row["metric"]): row for row in found.contributions.to_dicts()}
    free = {row["metric"]: row for row in scored(modern(), rubric=MODERN).contributions.to_dicts()}

    gate, mobile = rows["gate", "liveness.main"], rows["targets", "liveness.mobile"]
    assert gate["points"] == pytest.approx(-0.4 * 8 / 5, abs=0.05)
    assert mobile["points"] == pytest.approx(-0.75 * free["curated.mobile"]["points"])
    assert (gate["value"], gate["weight"], gate["state"], gate["mark"]) == (1, 0, "fresh", None)
    assert rows["targets", "curated.mobile"]["mark"] == free["curated.mobile"]["mark"]
    assert found.contributions["points"].sum() == pytest.approx(found.scores["speed_raw"].item(), abs=1e-9)


def test_a_state_that_is_past_its_age_keeps_its_factor():
    fresh = raws(modern(state("main", "retired"), state("cloud", "retired")), rubric=MODERN)
    stale = raws(modern(state("main", "retired", LONG_AGO), state("cloud", "retired", LONG_AGO)), rubric=MODERN)

    assert stale == fresh


def test_a_failed_look_changes_nothing():
    known = [state("main", "retired", LONG_AGO), state("cloud", "declining", LONG_AGO)]
    failed = [answer("liveness.main", None), answer("liveness.cloud", None)]

    assert raws(modern(*known, *failed), rubric=MODERN) == raws(modern(*known), rubric=MODERN)


def test_a_state_of_the_future_is_not_known_today():
    assert raws(modern(state("main", "retired", MAY_DAY)), rubric=MODERN) == raws(modern(), rubric=MODERN)


def test_the_interval_passes_the_gate_too():
    found = scored([*modern(state("main", "retired"))], rubric=MODERN).dimensions
    row = found.row(by_predicate=pl.col("dimension") == "ecosystem", named=True)

    assert row["lo"] == pytest.approx(row["raw"]) == row["hi"]


@pytest.mark.parametrize(("age_days", "share"), [(1, 0.5), (300, 0.0)], ids=["fresh", "stale"])
def test_a_judgement_that_fresh_liveness_disciplines_counts_as_half_measured(age_days, share):
    alone = [curated("curated.cloud", 4)]
    backed = [*alone, state("cloud", "live", MAY_DAY - timedelta(days=age_days))]

    assert verdict_on(alone, rubric=MODERN)["measured_share"] == 0
    assert verdict_on(backed, rubric=MODERN)["measured_share"] == pytest.approx(share)


def test_only_a_known_state_changes_the_fingerprint():
    bare, seen = verdict_on(card(8)), verdict_on([*card(8), state("mobile", "live")])

    assert seen["speed_raw"] == bare["speed_raw"]
    assert seen["inputs_sha256"] != bare["inputs_sha256"]
