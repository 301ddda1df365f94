"""The time to a first answer: the median of those who asked, the unanswered ones among them."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from scoring.derive.first_answers import first_answers

DAY = datetime(2026, 5, 1)
BEGIN = DAY - timedelta(days=100)


@pytest.mark.parametrize(
    ("hours", "median"),
    [
        ([1, 2, 3], 2),
        ([1, 2, 3, 4], 2),
        ([1, None, None], None),
        ([1, 5, None], 5),
        ([1, 5, None, None], 5),
        ([0, 0, 9], 0),
        ([3_000, 3_000, 3_000], None),
    ],
)
def test_the_median_counts_those_who_still_wait(hours, median):
    assert found(hours)["value"] == median


def test_a_cohort_that_nobody_answered_says_how_long_it_was_watched():
    row = found([None, None])

    assert (row["value"], row["lo"], row["n"]) == (None, 2_400, 2)


def test_a_young_question_is_censored_where_it_was_last_seen():
    asked = [BEGIN, DAY - timedelta(hours=10), DAY - timedelta(hours=10)]
    first = [BEGIN + timedelta(hours=20), None, None]

    assert first_answers(questions(asked, first))["value"].to_list() == [20]


def test_together_each_subject_has_its_median_to_the_last_bit():
    """By one number Polars multiplies a column with the reciprocal, and divides a single row."""
    waits = {f"s{number:02}": timedelta(seconds=41_841 + 317 * number) for number in range(60)}
    some = {name: questions([BEGIN], [BEGIN + wait], name) for name, wait in waits.items()}

    together = first_answers(pl.concat(some.values())).sort("subject")["value"].to_list()

    assert together == [wait.total_seconds() / 3_600 for wait in waits.values()]
    assert together == [first_answers(one)["value"].item() for one in some.values()]


def test_each_subject_has_its_own_cohort():
    both = pl.concat([questions([BEGIN], [BEGIN + timedelta(hours=h)], name) for h, name in ((4, "jax"), (9, "flax"))])

    assert dict(first_answers(both).select("subject", "value").iter_rows()) == {"jax": 4, "flax": 9}


def found(hours):
    first = [None if one is None else BEGIN + timedelta(hours=one) for one in hours]
    return first_answers(questions([BEGIN] * len(hours), first)).to_dicts()[0]


def questions(asked, first, subject="jax"):
    rows = [
        {"subject": subject, "asked_at": a, "first_answer_at": f, "seen_until": DAY}
        for a, f in zip(asked, first, strict=True)
    ]
    moment = pl.Datetime("us")
    return pl.DataFrame(
        rows, schema={"subject": pl.String, "asked_at": moment, "first_answer_at": moment, "seen_until": moment}
    )
