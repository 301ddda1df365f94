"""A stored score that recomputation does not confirm is named: key, column, both figures."""

from datetime import datetime
from functools import cache

import polars as pl
import pytest

from scoring import verify
from scoring.verify import NUMBERS, WORDS
from tests.scoring.builders import MAY_DAY, MORROW, card, scored

LEARNED = datetime(2024, 5, 1, 3)


def test_equal_scores_have_no_differences():
    assert differences(stored(), stored()).height == 0


def test_nothing_stored_nothing_to_prove():
    assert differences(stored().clear(), stored()).height == 0


@pytest.mark.parametrize("name", NUMBERS)
def test_one_altered_number_is_one_row_that_names_it(name):
    altered = stored().with_columns(pl.col(name) + 0.1)

    found = differences(altered, stored())

    assert found.select("subject", "as_of", "rubric", "known_at", "column").rows() == [
        ("alpha", MAY_DAY, "2024.1", LEARNED, name)
    ]


@pytest.mark.parametrize("name", ["status", "reason", "inputs_sha256"])
def test_one_altered_word_is_one_row_with_both_words(name):
    found = differences(stored().with_columns(pl.lit("another").alias(name)), stored())

    assert found.select("column", "stored", "recomputed").rows() == [(name, "another", stored()[name].item())]


def test_an_altered_mark_of_hindsight_is_named():
    found = differences(stored().with_columns(~pl.col("is_reconstructed")), stored())

    assert found.select("column", "stored", "recomputed").rows() == [("is_reconstructed", "true", "false")]


def test_the_noise_of_floating_point_is_no_difference():
    assert differences(stored().with_columns(pl.col("speed_raw") + 1e-12), stored()).height == 0


def test_a_number_where_there_was_none_is_a_difference():
    withheld = stored().with_columns(speed_score=pl.lit(None, pl.Float64))

    assert differences(withheld, stored())["column"].to_list() == ["speed_score"]
    assert differences(stored(), withheld)["column"].to_list() == ["speed_score"]


def test_a_score_that_cannot_be_made_again_differs_in_all_it_says():
    found = differences(stored(), stored().with_columns(as_of=pl.lit(MORROW)))

    assert set(found["column"]) == {*NUMBERS, *WORDS} - {"reason"}


@cache
def stored() -> pl.DataFrame:
    return scored(card(8)).scores.with_columns(known_at=pl.lit(LEARNED))


def differences(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return verify.differences({"score": one}, {"score": other})
