"""Figures side by side are told as a card tells them: in words where the unit has words."""

import pytest

from flows.stages.compare import said_as


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
