"""The order in which evidence arrives does not matter: the same facts leave the same values and scores."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.observation import Observation
from scoring.rubric_files import load
from scoring.score import score
from tests.warehouse.builders import bring, empty, learned, stars, week
from tests.whole import amount
from warehouse.scores import evidence, subjects_known

RUBRIC = load("2024.1")


class Said(NamedTuple):
    """One reading: of which series and week, how much, and at which hour it was learned."""

    metric: str
    source: str
    week: int
    value: float | None
    hour: int

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.metric, self.source, self.week)


class Left(NamedTuple):
    """What a warehouse says in the end: the last words, the effective values, the dimension scores."""

    words: list[tuple]
    values: list[list[tuple]]
    scores: pl.DataFrame


SAID = st.lists(
    st.builds(
        Said,
        metric=st.sampled_from(["github.stars", "github.open_issues"]),
        source=st.sampled_from(["github", "github-ranking"]),
        week=st.integers(0, 9),
        value=st.sampled_from([1000.0, 990.0, 900.0, 600.0, 28.0, 5000.0, None]),
        hour=st.integers(0, 2),
    ),
    min_size=12,
    max_size=40,
    unique_by=lambda said: said.key,
)


@settings(
    max_examples=amount(1, 2),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(said=SAID, draw=st.randoms(use_true_random=False))
def test_any_order_and_any_parts_leave_the_same_values_and_scores(migrated, said, draw):
    parts = [part for batch in batches(said) for part in split(batch, draw)]
    shuffled = draw.sample(parts, len(parts))

    in_order, out_of_order = left_by(migrated, batches(said)), left_by(migrated, shuffled)

    assert out_of_order.words == in_order.words
    assert out_of_order.values == in_order.values
    assert out_of_order.scores.equals(in_order.scores)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_the_counts_that_lists_of_a_day_give_the_highest_is_kept_and_an_empty_cell_takes_none_back(warehouse, order):
    told = [stars(value, 0, source="github-ranking", method="archived") for value in (100.0, 103.0, None)]

    for number in order:
        bring(warehouse, told[number])

    assert [row[4:] for row in words(warehouse)] == [(103, "measured", None)]


def batches(said: Iterable[Said]) -> list[list[Said]]:
    by_hour = sorted(said, key=lambda one: one.hour)
    return [list(group) for _, group in groupby(by_hour, key=lambda one: one.hour)]


def split(batch, draw) -> list[list[Said]]:
    mixed = draw.sample(batch, len(batch))
    cut = draw.randint(0, len(batch))
    return [part for part in (mixed[:cut], mixed[cut:]) if part]


def left_by(connection: duckdb.DuckDBPyConnection, parts: Iterable[list[Said]]) -> Left:
    empty(connection)
    for part in parts:
        bring(connection, *map(observation, part), at=part[0].hour)
    return Left(words(connection), values(connection), scores(connection))


def observation(said: Said) -> Observation:
    method = "snapshot" if said.source == "github" else "archived"
    return stars(said.value, said.week, said.metric, source=said.source, method=method)


def words(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    query = "select subject, metric, source, valid_at, value, status, reason from observation_current order by all"
    return connection.sql(query).fetchall()


def values(connection: duckdb.DuckDBPyConnection) -> list[list[tuple]]:
    moments = (f"'{week(number) + timedelta(hours=1)}', '{learned(9)}'" for number in (5, 11))
    asked = "select subject, metric, source, valid_at, value, status, is_fresh from metric_as_of({}) order by all"
    return [connection.sql(asked.format(moment)).fetchall() for moment in moments]


def scores(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    days: list[datetime] = [week(5), week(10)]
    found = evidence(connection, RUBRIC.metrics(), learned(9), max(days))
    grid = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Datetime("us")})
    scored = score(found, subjects_known(connection, learned(9)), grid, RUBRIC).dimensions
    return scored.sort(pl.all())
