"""Figures side by side are told as a card tells them: in words where the unit has words."""

import polars as pl
import pytest

from flows.stages.compare import figures_of, said_as


@pytest.mark.parametrize(
    ("metric", "value", "told"),
    [
        ("liveness.main", 0.0, "retired"),
        ("liveness.main", 4.0, "live"),
        ("github.is_archived", 1.0, "present"),
        ("curated.cloud", 4.0, "excellent"),
        ("curated.cloud", 2.5, "2.50"),
        ("stackoverflow.answered_30d", 0.611, "61.1%"),
        ("github.stars", 101_020.0, "101,020"),
        ("github.stars", None, None),
    ],
)
def test_a_figure_is_told_in_its_unit(metric, value, told):
    assert said_as(metric, value) == told


def test_a_figure_that_is_past_its_age_is_not_told_as_one_that_counts():
    row = {"dimension": "performance", "metric": "benchmark.rel_training", "mark": 9.0, "weight": 0.1, "value": 1.05}
    contributions = pl.DataFrame(
        [row | {"subject": "mxnet", "state": "stale"}, row | {"subject": "pytorch", "state": "fresh"}]
    )

    [figure] = figures_of(contributions, {"mxnet": "MXNet", "pytorch": "PyTorch", "jax": "JAX"})

    assert (figure["MXNet"], figure["PyTorch"], figure["JAX"]) == ("1.05 (too old)", "1.05", None)
