"""What a day needs is read without all that came before it: every answer is the one that the whole history gives."""

import random
from datetime import datetime, timedelta

import polars as pl

from catalog.metric import METRICS
from catalog.observation import Reason
from scoring.answers import effective
from tests.warehouse.builders import bring, learned, stars, week
from tests.whole import amount
from warehouse.connection import note_present
from warehouse.scores import evidence, evidence_since

MOMENTS = amount(8, 100)
METRIC, SILENT = "github.stars", "discourse.users"
WAYS = [("snapshot", "github"), ("exact_retained", "github"), ("reconstructed", "github"), ("archived", "best-of")]
FOUND = ("subject", "metric", "as_of", "value", "status", "source", "valid_at", "known_at", "is_fresh")


def test_a_day_has_the_same_answers_from_what_is_read_for_it_as_from_all(warehouse):
    chance = random.Random(3)  # noqa: S311 - figures, not secrets
    write(warehouse, chance)
    note_present(warehouse, week(60))
    answered = shorter = 0
    for _ in range(MOMENTS):
        first, known = week(chance.uniform(1, 80)), learned(chance.choice([3, 9, 9, 20, 20]))
        days = [first, *(first + timedelta(days=step) for step in chance.sample(range(1, 90), k=3))]
        every = evidence(warehouse, [METRIC, SILENT], known, max(days))
        some = evidence_since(warehouse, [METRIC, SILENT], known, max(days), first)
        assert answers(days, some).equals(answers(days, every))
        assert silent(some) == silent(every)
        answered, shorter = answered + answers(days, every).height, shorter + (some.height < every.height)
    assert answered > MOMENTS
    assert shorter > MOMENTS / 3


def test_what_a_series_that_has_no_value_any_more_had_is_known_as_it_was_before(warehouse):
    bring(warehouse, stars(100, 1), at=1, run_id="measured")
    bring(warehouse, stars(None, 1, reason=Reason.RETRACTED), at=2, run_id="taken-back")
    note_present(warehouse, week(60))

    assert values(evidence_since(warehouse, [METRIC], learned(1), week(3), week(2))) == [100.0]
    assert values(evidence_since(warehouse, [METRIC], learned(2), week(3), week(2))) == []


def values(told: pl.DataFrame) -> list[float]:
    return told["value"].to_list()


def write(warehouse, chance):
    """Land readings of several ways, in any order, some of them held back, missing or said anew."""
    for number in range(10):
        method, source = chance.choice(WAYS)
        weeks = chance.sample(range(70), k=20)
        brought = [
            stars(chance.choice([100, 101, 104, 900, None]), one, method=method, source=source)
            for one in [*weeks, *(one + 1 / 7 for one in weeks[:3])]
        ]
        if number % 4 == 1:
            brought.append(METRICS[SILENT].not_applicable("jax"))
        if number % 4 == 3:
            brought.append(METRICS["discord.members"].not_applicable("jax"))
        bring(warehouse, *brought, at=number, run_id=f"run-{number}")


def answers(days: list[datetime], told: pl.DataFrame) -> pl.DataFrame:
    grid = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Datetime("us")}).with_columns(
        subject=pl.lit("jax"), metric=pl.lit(METRIC), max_age_days=pl.lit(40)
    )
    grid = grid.with_row_index("question")
    return (
        grid.join(effective(grid, told), on="question", how="left", maintain_order="left")
        .select(FOUND)
        .drop_nulls("value")
    )


def silent(told: pl.DataFrame) -> set[tuple[str, str]]:
    return set(told.filter(status="not_applicable").select("subject", "metric").iter_rows())
