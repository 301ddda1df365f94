"""Figures side by side are told as a card tells them: in words where the unit has words."""

import polars as pl
import pytest

from flows.stages.compare import figures_of, open_dimensions, said_as
from scoring.rubric_files import load


@pytest.mark.parametrize(
    ("metric", "value", "told"),
    [
        ("liveness.main", 0.0, "retired"),
        ("liveness.main", 4.0, "live"),
        ("github.is_archived", 1.0, "yes"),
        ("curated.cloud", 4.0, "excellent"),
        ("curated.cloud", 2.5, "2.5"),
        ("stackoverflow.answered_30d", 0.611, "61 %"),
        ("github.stars", 101_020.0, "101,020"),
        ("github.commits_week", 0.769, "0.769"),
        ("github.commits_week", 24.0, "24"),
        ("github.last_release_age_d", 55.375, "55.4"),
        ("serving.managed_clouds", 2.0, "2"),
    ],
)
def test_a_figure_is_told_in_its_unit(metric, value, told):
    assert said_as(metric, value) == told


def test_a_dimension_is_open_where_something_that_could_raise_it_is_not_known():
    rows = [
        ("alpha", "ecosystem", 7.5, 0.98),
        ("alpha", "learning", 7.5, 1.0),
        ("alpha", "research", None, 0.4),
        ("beta", "ecosystem", 7.5, 1.0),
    ]
    dimensions = pl.DataFrame(rows, schema=["subject", "dimension", "score", "coverage"], orient="row")

    assert open_dimensions(dimensions, load("2026.2")) == {"alpha": {"ecosystem"}}
    assert open_dimensions(dimensions, load("2024.1")) == {}


def test_a_figure_that_is_past_its_age_is_not_told_as_one_that_counts():
    row = {"dimension": "performance", "metric": "benchmark.rel_training", "mark": 9.0, "weight": 0.1, "value": 1.05}
    contributions = pl.DataFrame(
        [row | {"subject": "mxnet", "state": "stale"}, row | {"subject": "pytorch", "state": "fresh"}]
    )

    [figure] = figures_of(contributions, {"mxnet": "MXNet", "pytorch": "PyTorch", "jax": "JAX"}, said_as)

    assert (figure["MXNet"], figure["PyTorch"], figure["JAX"]) == ("1.05 (too old)", "1.05", None)
