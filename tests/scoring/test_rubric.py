"""A rubric is a dated file that tells all about its judgement; a wrong one is refused in one clear sentence."""

import tomllib
from datetime import datetime
from importlib.resources import files

import pytest

from catalog.metric import METRICS
from scoring.lint import DIMENSIONS, lint, measured_weight
from scoring.rubric_files import RubricError, available, default_on, load, read

TEXT = files("scoring").joinpath("rubrics/2024.1.toml").read_text(encoding="utf-8")
SHIPPED = available()
TOLD = {"source", "unit", "window", "max_age_days", "direction", "rationale", "shadow"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rubric_has_no_fault(name):
    assert lint(load(name)) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rubric_is_called_like_its_file(name):
    assert load(name).id == name


def test_names_of_rubrics_sort_as_numbers_do():
    """Python and SQL take the greatest name for the newest: a tenth of a year would want another name than 2026.10."""
    assert list(SHIPPED) == sorted(SHIPPED, key=lambda name: [int(part) for part in name.split(".")])


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rubric_tells_all_about_every_metric(name):
    text = files("scoring").joinpath(f"rubrics/{name}.toml").read_text(encoding="utf-8")

    silent = [metric for metric, row in metrics(text) if not row.keys() >= TOLD or not row["rationale"].strip()]

    assert silent == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rubric_asks_only_for_what_is_observed_in_the_same_unit_and_for_no_longer(name):
    text = files("scoring").joinpath(f"rubrics/{name}.toml").read_text(encoding="utf-8")

    for metric, row in metrics(text):
        known = METRICS[f"{metric}_2023"] if metric not in METRICS else METRICS[metric]
        assert (metric, row["source"]) == (metric, known.source)
        assert name == "2026.2" or (metric, row["max_age_days"]) == (metric, known.max_age_days)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_declared_direction_is_that_of_the_goalposts(name):
    text = files("scoring").joinpath(f"rubrics/{name}.toml").read_text(encoding="utf-8")

    for metric, row in metrics(text):
        is_less_better = row.get("hi", 1) < row.get("lo", 0)
        assert (metric, row["direction"]) == (metric, "less is better" if is_less_better else "more is better")


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (datetime(2019, 1, 1), "2026.2"),
        (datetime(2024, 1, 14), "2026.2"),
        (datetime(2024, 1, 15), "2024.1"),
        (datetime(2024, 1, 31), "2024.1"),
        (datetime(2024, 2, 1), "2026.2"),
        (datetime(2026, 1, 1), "2026.2"),
        (datetime(2026, 11, 24), "2026.2"),
    ],
)
def test_a_day_is_judged_by_the_newest_rubric_in_force_and_the_days_before_all_by_the_newest_in_hindsight(on, name):
    assert default_on(on) == name


def test_two_thirds_of_a_modern_rubric_and_more_rest_on_measurement():
    assert load("2026.1").min_measured >= 0.7
    assert measured_weight(load("2026.1")) >= 0.7


def test_the_first_rubric_has_forty_one_metrics_in_five_dimensions():
    rubric = load("2024.1")

    assert len(rubric.criteria) == 41
    assert {one.dimension for one in rubric.criteria} == set(DIMENSIONS)
    assert set(rubric.min_coverage.values()) == {0.6}


def test_weights_sum_to_one_within_each_group():
    totals = load("2024.1").frame().group_by("dimension", "group").agg(total="weight")

    assert all(sum(total) == pytest.approx(1.0) for total in totals["total"])


def test_relative_weights_are_shared_out():
    weights = {one.metric: one.weight for one in load("2024.1").criteria if one.group == "targets"}

    assert weights == {"curated.cloud": 0.4, "curated.mobile": 0.2, "curated.edge": 0.2, "curated.web": 0.2}


def test_three_thirds_written_out_are_a_whole():
    groups = {one.group: one.group_weight for one in load("2024.1").criteria if one.dimension == "learning"}

    assert sum(groups.values()) == pytest.approx(1.0, abs=1e-15)


def test_another_byte_is_another_rubric():
    assert read(TEXT, "2024.1").sha256 == load("2024.1").sha256
    assert read(TEXT + "#", "2024.1").sha256 != load("2024.1").sha256


STARS = '[dimension.ecosystem.group.popularity.metrics."github.stars"]\nnorm = "log"\nlo = 100\nhi = 100_000\n'
POPULARITY = "[dimension.ecosystem.group.popularity]\nweight = 0.25\n"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        pytest.param(
            POPULARITY,
            POPULARITY.replace("0.25", "0.35"),
            r"rubric mine: the group weights of ecosystem sum to 1\.1; they must sum to 1",
            id="weights of groups",
        ),
        pytest.param(
            POPULARITY,
            POPULARITY.replace("0.25", "'much'"),
            "rubric mine: could not convert string to float: 'much'",
            id="a weight in words",
        ),
        pytest.param(
            STARS,
            STARS + "weight = -1\n",
            r"rubric mine: github\.\w+: weight and max_age_days must be above 0",
            id="a negative weight",
        ),
        pytest.param(
            STARS,
            STARS.replace("lo = 100\n", "lo = 100_000\n"),
            r"rubric mine: github\.stars: lo and hi must differ",
            id="one goalpost",
        ),
        pytest.param(
            STARS,
            STARS.replace("lo = 100\n", "lo = 0\n"),
            r"rubric mine: github\.stars: the goalposts of a log norm must be above 0",
            id="a log norm from zero",
        ),
        pytest.param(
            STARS,
            STARS.replace("hi = 100_000", "hi = nan"),
            r"rubric mine: github\.stars: lo and hi must be finite",
            id="a goalpost that is not a number",
        ),
        pytest.param(
            STARS,
            STARS.replace('"log"', '"logarithmic"'),
            r"rubric mine: github\.stars: norm 'logarithmic' is not one of linear, log, ordinal",
            id="an unknown norm",
        ),
        pytest.param(
            'combine = "top2"',
            'combine = "best"',
            r"rubric mine: \S+: combine 'best' is not mean or top2",
            id="an unknown way to combine",
        ),
        pytest.param(STARS, STARS.replace("lo = 100\n", ""), "rubric mine: key 'lo' is missing", id="no goalpost"),
        pytest.param(STARS, STARS.replace('norm = "log"\n', ""), "rubric mine: key 'norm' is missing", id="no norm"),
        pytest.param(
            "[dimension.ecosystem]\nmin_coverage = 0.6\n",
            "",
            "rubric mine: key 'min_coverage' is missing",
            id="no least coverage",
        ),
        pytest.param("limited = 2.5\n", "", "rubric mine: key 'limited' is missing", id="no level"),
        pytest.param("base_date = 2024-01-15\n", "", "rubric mine: key 'base_date' is missing", id="no date"),
        pytest.param("schema = 1\n", "schema = \n", "rubric mine: not valid TOML: .*line 3", id="not TOML"),
        pytest.param(
            "dimension.research",
            "dimension.papers",
            r"rubric mine: its dimensions are \['ecosystem', 'learning', 'papers', .*; they must be",
            id="an unknown dimension",
        ),
    ],
)
def test_a_wrong_rubric_is_refused_with_its_name_and_its_fault(right, wrong, message):
    assert right in TEXT

    with pytest.raises(RubricError, match=f"^{message}"):
        read(TEXT.replace(right, wrong), "mine")


def test_an_unknown_rubric_is_refused_with_those_that_there_are():
    with pytest.raises(RubricError, match=r"^no rubric is called '1999\.1'; there are 2024\.1"):
        load("1999.1")


def metrics(text: str):
    """Yield name and row of every metric of a rubric file."""
    for dimension in tomllib.loads(text)["dimension"].values():
        for group in dimension["group"].values():
            yield from group["metrics"].items()
