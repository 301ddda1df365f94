"""Published benchmark tables: dated, with what their authors have to gain; a speed is against a fixed reference."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from catalog.benchmark import SUITES, Speed, Suite, read_suites, relative_speeds
from catalog.load import Catalog, shipped_observations
from catalog.observation import Status

KERAS = next(suite for suite in SUITES if suite.id == "keras-3")
HEAD = {
    "id": "mine",
    "name": "Mine",
    "hardware": "one machine",
    "metric": "time",
    "unit": "ms",
    "better": "less",
    "reference": "pytorch",
    "date": date(2026, 5, 1),
    "url": "https://example.org/table",
    "quote": "a table",
    "conflict_of_interest": False,
    "conflict": "none is known",
}


def test_every_shipped_table_is_dated_and_says_what_its_authors_have_to_gain(catalog):
    known = {subject.id for subject in catalog.subjects}

    assert len(SUITES) >= 2
    for suite in SUITES:
        assert suite.date < date(2026, 11, 24)
        assert suite.conflict
        assert suite.reference in suite.frameworks
        assert set(suite.frameworks) <= known
        assert suite.url.startswith("https://")


@pytest.mark.parametrize(
    ("task", "figures"),
    [
        ("bert fit, batch 32", (202.43, 214.49, 222.37)),
        ("segment anything fit, batch 1", (1222.85, 355.25, 361.69)),
        ("gemma generate, batch 1", (1669.01, 758.57, 703.46)),
    ],
)
def test_the_table_of_keras_3_has_the_figures_of_pytorch_tensorflow_and_jax(task, figures):
    phase = "training" if " fit" in task else "inference"

    assert tuple(KERAS.best(one, phase)[task] for one in ("pytorch", "tensorflow", "jax")) == figures


def test_no_cell_of_the_table_of_keras_3_is_told_twice():
    cells = [(one.task, one.framework, one.setup) for one in KERAS.result]

    assert len(cells) == len(set(cells)) == 90


def test_a_speed_is_the_geometric_mean_over_the_tasks_that_both_have():
    suite = table(pytorch={"a": 100, "b": 100, "c": 100}, jax={"a": 50, "b": 200})

    assert suite.speed("jax", "training") == Speed(pytest.approx(1.0), 2)
    assert suite.speed("pytorch", "training") == Speed(1.0, 3)


def test_the_best_set_up_of_a_framework_counts():
    suite = table(pytorch={"a": 100}, jax={"a": 400})
    quick = suite.model_copy(update={"result": [*suite.result, suite.result[1].model_copy(update={"value": 80.0})]})

    assert quick.speed("jax", "training") == Speed(pytest.approx(1.25), 1)


def test_more_is_better_where_the_table_counts_samples():
    suite = table(pytorch={"a": 100}, jax={"a": 80}, better="more", unit="samples/s")

    assert suite.speed("jax", "training") == Speed(pytest.approx(0.8), 1)


def test_another_framework_in_the_table_changes_nobodys_speed():
    alone, beside = table(pytorch={"a": 100}, jax={"a": 80}), table(pytorch={"a": 100}, jax={"a": 80}, mxnet={"a": 1})

    assert alone.speed("jax", "training") == beside.speed("jax", "training")


def test_without_a_common_task_there_is_no_speed():
    suite = table(pytorch={"a": 100}, jax={"b": 80})

    assert suite.speed("jax", "training") is None
    assert list(relative_speeds([suite])) == []


def test_two_common_tasks_tell_nothing():
    few, enough = (table(pytorch=dict.fromkeys(tasks, 100), jax=dict.fromkeys(tasks, 80)) for tasks in ("ab", "abc"))

    assert list(relative_speeds([few])) == []
    assert {one.subject for one in relative_speeds([enough])} == {"jax", "pytorch"}


def test_a_table_with_something_to_gain_tells_no_more_than_those_without():
    tasks = dict.fromkeys("abc", 100)
    own = table(pytorch=tasks, jax=dict.fromkeys("abc", 20)).model_copy(
        update={"conflict_of_interest": True, "id": "own"}
    )
    others = [table(pytorch=tasks, jax=dict.fromkeys("abc", time)) for time in (50, 80, 100)]

    def told(suites):
        return next(one.value for one in relative_speeds(suites) if (one.subject, one.source) == ("jax", "own"))

    assert told([own]) == pytest.approx(5)
    assert told([own, *others]) == pytest.approx(1.25)
    assert told([own, table(mxnet=tasks, pytorch=tasks)]) == pytest.approx(5)


@pytest.mark.parametrize(
    ("older", "told"),
    [
        ({}, 2.0 ** (2 / 3)),
        ({"date": date(2022, 5, 2)}, 2.0 ** (4 / 5)),
        ({"hardware": "another machine"}, 2.0),
        ({"reference": "jax"}, 2.0),
        ({"date": date(2026, 5, 1)}, 2.0),
        ({"date": date(2026, 5, 2)}, 2.0),
    ],
    ids=[
        "half after two years",
        "a fifth of both after four",
        "other hardware",
        "other reference",
        "same day",
        "newer",
    ],
)
def test_an_older_table_of_the_same_hardware_fades(older, told):
    newest = table(pytorch=dict.fromkeys("abc", 100), jax=dict.fromkeys("abc", 50))
    before = table(pytorch=dict.fromkeys("abc", 100), jax=dict.fromkeys("abc", 100))
    before = before.model_copy(update={"id": "before", "date": date(2024, 5, 1), **older})

    found = {(one.subject, one.source): one for one in relative_speeds([before, newest])}

    assert found["jax", "mine"].value == pytest.approx(told, rel=1e-12)
    assert found["jax", "mine"].n == 3


def test_a_speed_is_a_derived_observation_of_the_day_of_the_table():
    suite = table(pytorch=dict.fromkeys("abc", 100), jax=dict.fromkeys("abc", 80))
    observed = next(one for one in relative_speeds([suite]) if one.subject == "jax")

    assert (observed.metric, observed.value, observed.n) == ("benchmark.rel_training", pytest.approx(1.25), 3)
    assert (observed.status, observed.source, observed.url) == (Status.DERIVED, "mine", HEAD["url"])
    assert observed.valid_at == datetime(2026, 5, 1)


def test_speeds_are_told_of_the_subjects_that_are_followed(catalog):
    told = [one for one in shipped_observations(catalog.only(["jax"])) if one.metric.startswith("benchmark.")]

    assert {(one.subject, one.source) for one in told} == {("jax", "keras-3")}
    assert [one for one in shipped_observations(Catalog()) if one.metric.startswith("benchmark.")] == []


@pytest.mark.parametrize("lacking", ["conflict_of_interest", "conflict", "date", "url", "reference"])
def test_a_table_that_hides_something_is_refused(lacking):
    rows = [{"task": "a", "phase": "training", "framework": name, "setup": "plain", "value": 1.0} for name in "ab"]

    with pytest.raises(ValidationError, match=lacking):
        Suite.model_validate({key: value for key, value in HEAD.items() if key != lacking} | {"result": rows})


def test_tables_are_read_oldest_first():
    text = "".join(
        f'[[suite]]\nid = "t{year}"\nname = "T"\nhardware = "h"\nmetric = "m"\nunit = "u"\nbetter = "less"\n'
        f'reference = "jax"\ndate = {year}-01-01\nurl = "https://example.org"\nquote = "q"\nconflict_of_interest = true\n'
        f'conflict = "c"\nresult = [{row("jax")}, {row("flax")}]\n'
        for year in (2026, 2020)
    )

    assert [suite.id for suite in read_suites(text)] == ["t2020", "t2026"]


def row(framework: str) -> str:
    return f'{{ task = "a", phase = "inference", framework = "{framework}", setup = "s", value = 1.0 }}'


def table(better: str = "less", unit: str = "ms", **times: dict[str, float]) -> Suite:
    """Build a table of training times, a dictionary of tasks for each framework."""
    rows = [
        {"task": task, "phase": "training", "framework": framework, "setup": "plain", "value": float(value)}
        for framework, tasks in times.items()
        for task, value in tasks.items()
    ]
    return Suite.model_validate(HEAD | {"better": better, "unit": unit, "result": rows})
