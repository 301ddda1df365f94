"""What one doubling is worth and what half a point costs follow from the rubric, and agree with the marks."""

import pytest

from scoring.method_table import method_rows
from scoring.rubric_files import available, load
from tests.scoring.builders import card, scored


@pytest.mark.parametrize("rubric", available())
def test_the_weights_of_every_dimension_sum_to_one_and_all_points_to_ten(rubric):
    rows = method_rows(load(rubric))
    dimensions = {row["dimension"] for row in rows}

    assert len(dimensions) == 5
    for name in dimensions:
        assert sum(row["weight"] for row in rows if row["dimension"] == name) == pytest.approx(1)
    assert sum(row["most"] for row in rows) == pytest.approx(10)


def test_one_doubling_of_a_figure_is_worth_what_it_says():
    row = next(row for row in method_rows(load("2024.1")) if row["metric"] == "github.stars")
    before, after = (raw(5_000 * times) for times in (1, 2))

    assert after - before == pytest.approx(row["doubling"])


def test_half_a_point_costs_what_it_says():
    told = {row["metric"]: row["price"] for row in method_rows(load("2026.2"))}

    # 0.26 of a dimension is 0.52 points; half a point is 0.5 / 0.52 of the way from 0.001 to 1 on a log scale
    assert told["papers.import_share"] == f"{1000 ** (0.5 / 0.52):.3g} times as much"
    assert told["github.forks"] == "not by this alone"


def raw(stars: float) -> float:
    """Return the Speed Score before rounding of a card with so many stars."""
    answers = [one if one["metric"] != "github.stars" else {**one, "value": stars} for one in card(5)]
    return scored(answers).scores["speed_raw"][0]
