"""Papers of today: their repositories, what those depend on, and which days are due."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from github import Auth

from catalog.frameworks import asked_packages, frameworks_of
from catalog.observation import Observation, Reason
from catalog.rows import Rows
from catalog.subject import Subject
from collectors import papers
from collectors.papers import DAYS_A_NIGHT, collect, costs, due_days, full_name
from collectors.upstream import Upstream
from flows.replica import files
from flows.replica.graphql import answer as graphql_answer
from tests.collectors.loopback import Loopback, Reply, as_json, seam

TODAY = date(2026, 11, 22)
PYTORCH = Subject(id="pytorch", name="PyTorch", kind="framework", github="a/a", pypi="torch")


@pytest.mark.parametrize(
    ("name", "text", "frameworks"),
    [
        ("requirements.txt", "torch==2.9.0\nnumpy", {"pytorch"}),
        ("requirements.txt", "\ufefftorch==2.9.0\nnumpy", {"pytorch"}),
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
    listed = {day: {f"p{day}-{n}": f"o/{day}-{n}" for n in range(16)} for day in days}
    monkeypatch.setattr(papers, "_list", lambda _, day: listed[day])

    assert [list(some) for some in papers._together(None, days, [])] == [days[:2], days[2:4], days[4:]]


def test_a_day_takes_its_list_and_two_queries_and_tells_papers_and_what_their_code_imports(night):
    rows = list(night.collect())

    told = {one["paper_id"]: one for one in table(rows, "paper")}
    verdicts = {one["repository"]: one for one in table(rows, "code_verdict")}
    assert night.paths() == ["/api/daily_papers", "/graphql", "/graphql"]
    assert (told["p1"]["repository"], told["p1"]["frameworks"], told["p1"]["packages"]) == (
        "O/torch",
        "tf",
        "tensorflow",
    )
    assert (told["p3"]["repository"], told["p3"]["frameworks"]) == (None, None)
    assert (told["p4"]["frameworks"], verdicts["o/gone"]["state"]) == (None, "gone")
    assert (verdicts["o/torch"]["main"], verdicts["o/torch"]["is_weak"]) == ("pytorch", False)
    assert (verdicts["o/plain"]["state"], verdicts["o/plain"]["main"]) == ("no_framework", None)
    assert [one.value for one in rows if isinstance(one, Observation)] == [1]


def test_repositories_of_known_days_that_were_not_read_are_read_later(night):
    known = {(TODAY - timedelta(days=7 + n)).isoformat(): True for n in range(730)}
    rows = list(night.collect(memory={"papers": known, "papers_unread": {"O/torch": TODAY, "o/plain": TODAY}}))

    assert table(rows, "paper") == []
    assert [one["repository"] for one in table(rows, "code_verdict")] == ["o/torch", "o/plain"]
    assert night.paths() == ["/graphql", "/graphql"]


def test_without_a_token_days_are_told_and_clones_say_what_they_can(night, tmp_path):
    rows = list(night.collect(signed_in=False, folder=tmp_path))

    assert {one["frameworks"] for one in table(rows, "paper")} == {None}
    assert {one["state"] for one in table(rows, "code_verdict")} == {"gone"}
    assert "/graphql" not in night.paths()
    assert [one.value for one in rows if isinstance(one, Observation)] == [1]


def test_where_a_list_tells_no_repository_the_papers_own_pages_are_asked(night):
    night.listed = [{"paper": {"id": f"q{number}"}} for number in range(10)]
    rows = list(night.collect())

    assert {one["repository"] for one in table(rows, "paper")} == {"O/torch"}
    assert night.paths().count("/api/papers/q3") == 1


@pytest.mark.parametrize(
    ("page", "told"),
    [(Reply(404), [1]), (Reply(404, b" <!doctype html>"), []), (as_json(["q3"]), []), (as_json({}), [])],
    ids=["gone", "gone as a whole", "a list", "empty"],
)
def test_a_paper_that_is_gone_costs_itself_and_a_page_of_another_form_is_no_paper_without_code(night, page, told):
    night.listed = [{"paper": {"id": f"q{number}"}} for number in range(10)]
    night.server.answering = lambda wire, asked: page if "/q3" in asked.path else night.answer(wire, asked)

    rows = list(night.collect())

    repositories = {one["paper_id"]: one["repository"] for one in table(rows, "paper")}
    assert repositories == ({f"q{n}": None if n == 3 else "O/torch" for n in range(10)} if told else {})
    assert [one.value for one in rows if isinstance(one, Observation) and one.value is not None] == told


@pytest.mark.parametrize(
    "odd",
    [Reply(404), Reply(400), Reply(500), as_json([{"paper": {}}]), as_json([{"paper": {"id": None}}]), as_json({})],
    ids=repr,
)
def test_a_day_that_cannot_be_read_holds_up_no_other(night, odd):
    lost = TODAY - timedelta(days=9)
    night.server.answering = lambda wire, asked: odd if f"date={lost}" in asked.path else night.answer(wire, asked)
    memory = {"papers": {(TODAY - timedelta(days=n)).isoformat(): True for n in range(11, 800)}}

    rows = list(night.collect(memory))

    assert {one["listed_on"] for one in table(rows, "paper")} == {TODAY - timedelta(days=n) for n in (7, 8, 10)}
    assert [one.value for one in rows if isinstance(one, Observation)] == [3]


@pytest.mark.parametrize("number", [99, 100, 250])
def test_a_day_of_more_papers_than_a_page_holds_is_read_to_its_end(night, number):
    night.listed = [{"paper": {"id": f"q{n}", "githubRepo": None}} for n in range(number)]

    rows = list(night.collect())

    assert len(table(rows, "paper")) == number
    assert night.paths().count("/api/daily_papers") == number // 100 + 1


def test_a_list_that_gives_its_first_page_again_is_no_whole_day(night):
    first = [{"paper": {"id": f"q{n}", "githubRepo": None}} for n in range(100)]
    night.server.answering = lambda *_: as_json(first)

    rows = list(night.collect())

    assert table(rows, "paper") == []
    assert [one.reason for one in rows if isinstance(one, Observation)] == [Reason.INCOMPLETE]


def test_days_that_came_before_the_hub_refused_are_told(night):
    lost, limited = TODAY - timedelta(days=9), Reply(429, headers={"Retry-After": "600"})
    night.server.answering = lambda wire, asked: limited if f"date={lost}" in asked.path else night.answer(wire, asked)
    memory = {"papers": {(TODAY - timedelta(days=n)).isoformat(): True for n in range(11, 800)}}

    rows = list(night.collect(memory))

    assert {one["listed_on"] for one in table(rows, "paper")} == {TODAY - timedelta(days=n) for n in (7, 8)}


def test_an_average_night_is_planned_with_at_most_three_queries_and_one_list():
    known = {(TODAY - timedelta(days=n)).isoformat(): True for n in range(730)}

    planned = {one.resource: one.calls for one in costs([PYTORCH], {"papers": known}, True)}

    assert planned == {"hugging face": 1, "github graphql": 4}


LISTED = [
    {"paper": {"id": "p1", "githubRepo": "https://github.com/O/torch.git"}},
    {"paper": {"id": "p2", "githubRepo": "https://github.com/o/plain"}},
    {"paper": {"id": "p3"}},
    {"paper": {"id": "p4", "githubRepo": "https://github.com/o/gone"}},
]
FILES = {
    "o/torch": {"requirements.txt": "tensorflow", "train.py": "import torch", "src/run.py": "from torch import nn"},
    "o/plain": {"plot.py": "import numpy"},
}
NOBODY_ELSE = SimpleNamespace(by_name={}, by_former_name={}, issues={})
YESTERDAY = {"papers": {(TODAY - timedelta(days=n)).isoformat(): True for n in range(8, 800)}}


@dataclass
class Night:
    """One day of papers, at a list and a GitHub on loopback."""

    server: Loopback
    listed: list[dict[str, Any]] = field(default_factory=lambda: LISTED)

    def collect(self, memory=YESTERDAY, *, signed_in=True, folder=None):
        with seam(None) as http:
            auth = Auth.Token("sesame") if signed_in else None
            urls = {
                "base_url": self.server.url,
                "graphql_url": f"{self.server.url}/graphql",
                "web_url": self.server.url,
            }
            upstream = Upstream(http, **urls, auth=auth, memory=memory, folder=folder)
            yield from collect([PYTORCH], upstream, datetime(2026, 11, 22, 2))

    def paths(self):
        return [one.path.partition("?")[0] for one in self.server.asked]

    def answer(self, _, asked):
        if asked.path.startswith("/api/papers/"):
            return as_json({"id": "q", "githubRepo": "https://github.com/O/torch"})
        if asked.path.startswith("/api/daily_papers"):
            page = int(parse_qs(urlsplit(asked.path).query).get("p", ["0"])[0])
            return as_json(self.listed[page * 100 : page * 100 + 100])
        if asked.path == "/graphql":
            return Reply(body=graphql_answer(NOBODY_ELSE, asked).body)
        return Reply(404)


@pytest.fixture
def night(server, monkeypatch):
    for name, texts in FILES.items():
        monkeypatch.setitem(files.REPOSITORIES, name, texts)
    found = Night(server)
    server.answering = found.answer
    return found


def table(found, name):
    return [row for one in found if isinstance(one, Rows) and one.table == name for row in one.rows]


def whole_months(newest: date, first: int, last: int) -> list[str]:
    """Return the months that lie so many months before a day."""
    return [(newest.replace(day=1) - timedelta(days=30.44 * back)).strftime("%Y-%m") for back in range(first, last)]
