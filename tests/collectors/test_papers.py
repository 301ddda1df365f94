"""Papers of today: their repositories, what those depend on, and which days are due."""

from datetime import date, timedelta

import graphql
import pytest

from catalog.frameworks import asked_packages, frameworks_of
from collectors import papers
from collectors.papers import DAYS_A_NIGHT, dependencies_query, due_days, full_name, read_packages

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "text", "frameworks"),
    [
        ("requirements.txt", "torch==2.9.0\nnumpy", {"pytorch"}),
        ("requirements.txt", "# torch\nnumpy  # jax", set()),
        ("requirements.txt", "torchmetrics\njaxtyping\ntensorflow-probability", set()),
        ("requirements.txt", "--extra-index-url https://x/torch\nTensorFlow_GPU>=2", {"tf"}),
        ("requirements.txt", "torch @ https://x/y.whl ; python_version > '3.8'", {"pytorch"}),
        ("requirements.txt", "jax[cuda12]>=0.9\nflax", {"jax"}),
        (
            "pyproject.toml",
            '[project]\ndependencies = [\n  "torch>=2",\n  "paddlepaddle; extra == \'p\'",\n]',
            {"pytorch", "paddle"},
        ),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntorch = "^2.0"', {"pytorch"}),
        ("pyproject.toml", 'name = "torch-like"', set()),
        ("setup.py", "install_requires=['mindspore', \"tensorflow >= 2\"]", {"mindspore", "tf"}),
        ("setup.cfg", "install_requires =\n    jax\n    numpy", {"jax"}),
        ("environment.yml", "dependencies:\n  - pytorch::pytorch=2.1\n  - pip:\n      - mxnet", {"pytorch", "mxnet"}),
        ("environment.yml", "name: torch\nchannels:\n  - conda-forge", set()),
        ("requirements.txt", "", set()),
    ],
)
def test_a_dependency_file_names_what_it_asks_for(name, text, frameworks):
    assert frameworks_of(asked_packages({name: text})) == frameworks


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/o/r", "o/r"),
        ("http://www.github.com/o/r.git", "o/r"),
        ("github.com/o/r/", "o/r"),
        ("https://github.com/o/r/tree/main/x", "o/r"),
        ("https://gitlab.com/o/r", None),
        ("https://github.com/o", None),
        ("https://evil.example/github.com/o/r", None),
        (None, None),
        (7, None),
    ],
)
def test_only_an_address_at_github_is_a_repository(url, name):
    assert full_name(url) == name


def test_the_newest_unread_days_are_due_a_week_after_they_were_listed():
    newest = TODAY - timedelta(days=7)

    assert due_days({}, TODAY)[0] == newest
    assert due_days({}, TODAY)[:DAYS_A_NIGHT] == [newest - timedelta(days=back) for back in range(DAYS_A_NIGHT)]
    sampled = due_days({}, TODAY)[DAYS_A_NIGHT:]
    assert {day.weekday() for day in sampled} == set(range(7))
    assert all(sum(day.strftime("%Y-%m") == month for day in sampled) >= 4 for month in whole_months(newest, 2, 7))
    known = {(newest - timedelta(days=n)).isoformat(): True for n in range(730)}
    assert due_days(known, TODAY) == []
    assert due_days(known, TODAY + timedelta(days=1)) == [newest + timedelta(days=1)]


def test_days_are_asked_together_as_far_as_one_query_reaches(monkeypatch):
    days = [TODAY - timedelta(days=n) for n in range(5)]
    listed = {day: {f"p{day}-{n}": f"o/{day}-{n}" for n in range(20)} for day in days}
    monkeypatch.setattr(papers, "_list", lambda _, day: listed[day])

    assert [list(some) for some in papers._together(None, days)] == [days[:2], days[2:4], days[4:]]


def test_a_repository_that_is_gone_is_unknown_and_one_without_files_names_nothing():
    assert read_packages(None) is None
    assert read_packages({"f0": None, "f1": {"text": "[project]"}}) == set()
    assert read_packages({"f0": {"text": "torch"}, "f1": {}}) == {"torch"}


def test_the_query_of_dependencies_is_valid_against_the_schema_of_github(schema):
    assert graphql.validate(schema, graphql.parse(dependencies_query(["o/r", "p/s"]))) == []


def whole_months(newest: date, first: int, last: int) -> list[str]:
    """Return the months that lie so many months before a day."""
    return [(newest.replace(day=1) - timedelta(days=30.44 * back)).strftime("%Y-%m") for back in range(first, last)]
