"""The benchmarks: what their rules and tables say. What they measure is never asked of a test."""

import importlib

import pytest

from benchmarks.apart import apart
from benchmarks.figure import Asked, Figure, figure_of, line, number
from benchmarks.figures import ITEMS
from benchmarks.growth_table import Growth, is_worse, table, worse_steps
from benchmarks.many_subjects import copies, make_home
from benchmarks.stopwatch import Stopwatch
from benchmarks.subjects import STEPS
from tests.warehouse.builders import LEARNED, bring, stars
from warehouse.connection import open_writer
from warehouse.reader import open_reader

BARE = "bare insert of them"


@pytest.mark.parametrize(
    ("seconds", "worse"),
    [
        pytest.param({14: 1.0, 100: 7.1, 1_000: 71.0}, False, id="linear"),
        pytest.param({14: 1.0, 100: 1.2, 1_000: 1.4}, False, id="flat"),
        pytest.param({14: 1.0, 100: 50.0, 1_000: 5_000.0}, True, id="with the square"),
        pytest.param({14: 1.0, 100: 1.0, 1_000: 30.0}, True, id="late, behind a fixed cost"),
        pytest.param({14: 1.0, 100: 20.0, 1_000: 80.0}, True, id="in the middle"),
        pytest.param({14: 0.001, 100: 0.1}, False, id="too little to tell from noise"),
    ],
)
def test_a_step_is_worse_where_a_unit_costs_twice_that_of_any_smaller_size(seconds, worse):
    assert is_worse(seconds, 2.0) == worse


def test_a_table_of_growth_tells_turns_medians_ratio_and_verdict():
    few = [{"scores": 0.5, "pairs": 0.1}, {"scores": 0.1, "pairs": 0.1}, {"scores": 0.2, "pairs": 0.1}]
    growth = Growth("subjects", {10: few, 1_000: [{"scores": 21.5, "pairs": 90.0}]}, 2.0)

    assert worse_steps(growth) == ["pairs"]
    assert table(growth).splitlines() == [
        "| step, CPU s | 10 subjects | 1,000 subjects | ratio (linear: 100.0) | growth |",
        "| --- | --- | --- | --- | --- |",
        "| turns | 3 | 1 |  |  |",
        "| scores | 0.20 | 21.50 | 107.5 | linear or less |",
        "| pairs | 0.10 | 90.00 | 900.0 | worse than linear |",
    ]


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        pytest.param(Asked(2.2, is_ratio=True), "2.2 times the baseline: met", id="a ratio"),
        pytest.param(Asked(1.9, is_ratio=True), "1.9 times the baseline: **missed**", id="a ratio that is missed"),
        pytest.param(Asked(9), "9 s: met", id="seconds"),
        pytest.param(Asked(5), "5 s: **missed**", id="seconds that are missed"),
        pytest.param(None, "no figure", id="nothing"),
    ],
)
def test_a_figure_says_whether_what_was_asked_is_met(asked, verdict):
    figure = Figure("landing", "1,000 rows", [9.0, 6.0, 5.0], "s", BARE, [3.0, 3.0, 4.0], asked)

    assert line(figure) == f"| landing | 1,000 rows | 3 | 6.00 | s | {BARE} | 3.00 | 2.00 | {verdict} |"


def test_a_figure_comes_whole_from_another_process():
    told = [["landing", "1,000 rows", [6.0], "s", BARE, [3.0], asked] for asked in ([2.2, True], None)]

    assert [figure_of(one).asked for one in told] == [Asked(2.2, is_ratio=True), None]


def test_numbers_have_three_digits_that_count():
    assert [number(value) for value in (0.034, 3.14159, 31.4159, 3141.59)] == ["0.03", "3.14", "31.4", "3,142"]


def test_a_function_runs_in_a_process_of_its_own():
    assert apart("figure:number", 31.4159) == "31.4"


def test_every_item_and_every_step_that_is_measured_exists():
    places = [f"benchmarks.{one.replace(':', '.')}".rpartition(".") for one in ITEMS.values()]
    places += [path.rpartition(".") for path in STEPS]

    assert all(callable(getattr(importlib.import_module(module), name)) for module, _, name in places)


def test_a_moment_counts_for_the_innermost_step():
    moments = iter([0.0, 1.0, 4.0, 6.0, 7.0])
    watch = Stopwatch(lambda: next(moments))
    with watch.step("site"), watch.step("draws"):
        pass

    assert watch.seconds == {"site": 4.0, "draws": 2.0}


def test_a_stopwatch_counts_calls_of_functions_and_lets_them_be():
    watch = Stopwatch()
    with watch.watching({"benchmarks.figure.number": "numbers"}):
        told = importlib.import_module("benchmarks.figure").number(1.0)

    assert (told, list(watch.seconds)) == ("1.00", ["numbers"])
    assert importlib.import_module("benchmarks.figure").number is number


def test_subjects_are_copied_in_turns_under_numbered_names():
    assert copies(["flax", "jax"], 5).rows() == [
        ("flax", "flax"),
        ("jax", "jax"),
        ("flax", "flax-1"),
        ("jax", "jax-1"),
        ("flax", "flax-2"),
    ]


def test_a_copied_home_holds_the_last_word_of_each_month_of_every_copy(tmp_path):
    (tmp_path / "demo").mkdir()
    with open_writer(tmp_path / "demo/speedscore.duckdb", LEARNED) as demo:
        bring(demo, stars(10, 0), stars(11, 1), stars(12, 5), at=0)

    make_home(tmp_path / "demo", tmp_path / "home", 4)

    with open_reader(tmp_path / "home/speedscore.duckdb") as home:
        known = home.execute("select subject, value from observation where value is not null order by all").fetchall()
        subjects = home.execute("select subject from subject order by all").fetchall()
    assert known == [("jax", 11.0), ("jax", 12.0), ("jax-1", 11.0), ("jax-1", 12.0)]
    assert subjects == [("flax",), ("flax-1",), ("jax",), ("jax-1",)]
