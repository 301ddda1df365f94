"""Whatever is asked of GitHub is valid by its public schema, and what the replica answers stands in its description.

Nights and a backfill are run with everything that can be asked; a new query cannot be forgotten here.
"""

import gzip
import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import graphql
import pytest

from collectors.github.repositories import BATCH
from collectors.github_api import graphql as github_graphql
from collectors.source import sources
from flows.replica import Server, World, build_world
from flows.replica.answer import Answer, Request
from flows.replica.answer import Quota as Allowed
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.faults import Fault
from flows.replica.github import ROUTES, answer
from flows.replica.world import PROFILES
from flows.settings import load_settings
from flows.stages.backfill import run_backfill_plan
from flows.stages.backfill_plan import plan
from flows.stages.collect import collect_source
from flows.stages.nightly import land_night
from flows.stages.spans import Span
from tests.github_description import UNDESCRIBED, Description
from tests.today import TODAY, begin

FEW = [one for one in demo_subjects() if one["id"] in {"pytorch", "jax"}]
MANY = [{"id": f"one{n}", "name": f"One {n}", "kind": "framework", "github": f"many/one{n}"} for n in range(BATCH + 1)]
SMALL = {"commits": 60, "issues": 260, "stars": 2_000, "created": (TODAY - timedelta(days=400)).date()}
TINY = {"commits": 10, "issues": 20, "stars": 50, "created": (TODAY - timedelta(days=100)).date()}
ROOT = Path(__file__).resolve().parents[2]
SPEAKS_GRAPHQL = re.compile(r"\.graphql\"|[\"'](?:query|fragment) \w+")


def on_github() -> list[str]:
    """The sources that ask GitHub's API."""
    return [one.name for one in sources().values() if one.asks_github]


class Witness(Server):
    """A replica that keeps what it was asked and what it answered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.seen: list[tuple[str, bytes, Answer]] = []

    def respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        told, fault = super().respond(method, target, headers, body)
        self.seen.append((target.removeprefix("/github"), body, told))
        return told, fault

    @property
    def seen_by_github(self) -> list[tuple[str, bytes, Answer]]:
        return [one for one in self.seen if one[0].startswith(("/graphql", "/repos", "/orgs", "/rate_limit"))]


def world_of(subjects: Sequence[Mapping[str, Any]], profile: Mapping[str, Any]) -> World:
    with pytest.MonkeyPatch.context() as patch:
        for one in subjects:
            patch.setitem(PROFILES, one["id"], PROFILES.get(one["id"], {}) | profile)
        return build_world(subjects, TODAY.date())


@contextmanager
def witness(world: World, subjects: Sequence[Mapping[str, Any]], folder: Path, **more: str) -> Iterator[Witness]:
    """Serve the world to whatever runs in the block; no repository can be cloned."""
    with Witness(world) as server, pytest.MonkeyPatch.context() as patch:
        (folder / "catalog.toml").write_text(demo_catalog([dict(one) for one in subjects], [], server.url), "utf-8")
        git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "url.file:///nowhere/.insteadOf"}
        home = {"SPEEDSCORE_CATALOG": str(folder / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(folder / "home")}
        told = server.environment() | git | {"GIT_CONFIG_VALUE_0": "https://github.com/"} | home | more
        for name, value in told.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield server


class Nights:
    """Everything that nights and a backfill asked of GitHub, with the answers, and the modules that did the asking."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes, Answer]] = []
        self.askers: set[str] = set()

    @property
    def queries(self) -> list[str]:
        return [json.loads(body)["query"] for target, body, _ in self.seen if target.startswith("/graphql")]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Run two nights and a backfill, a night without a token, and one of more repositories than a query holds."""
    found, world = Nights(), world_of(FEW, SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(github_graphql, "graphql", noting(found.askers, github_graphql.graphql))
        with witness(world, FEW, tmp_path_factory.mktemp("token")) as server:
            for _ in range(2):
                settings, run_start = load_settings(), begin()
                land_night(settings, [collect_source(name, settings, run_start, []) for name in on_github()], run_start)
            span = Span(TODAY - timedelta(days=60), TODAY - timedelta(days=3))
            run_backfill_plan(settings, plan(settings, span, [], ["github"]), begin("backfill"))
            found.seen += server.seen_by_github
        with witness(world, FEW, tmp_path_factory.mktemp("alone"), GITHUB_TOKEN="") as server:
            collect_source("github", load_settings(), begin(), [])
            found.seen += server.seen_by_github
        with witness(world_of(MANY, TINY), MANY, tmp_path_factory.mktemp("many")) as server:
            collect_source("github", load_settings(), begin(), [])
            found.seen += server.seen_by_github
    return found


def noting(askers: set[str], ask: Any) -> Any:
    """Ask, and note the files of everybody on the way."""

    def noted(*arguments: Any) -> Any:
        askers.update(frame.filename for frame in inspect.stack(context=0))
        return ask(*arguments)

    return noted


# --- what is asked ---


def test_every_query_that_is_sent_is_valid_by_the_public_schema(nights, schema):
    for query in set(nights.queries):
        assert graphql.validate(schema, graphql.parse(query)) == [], query


def test_every_query_in_a_file_was_sent(nights):
    sent = [" ".join(query.split()) for query in nights.queries]

    paths = list((ROOT / "collectors").rglob("*.graphql"))
    assert len(paths) >= 7
    for path in paths:
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").splitlines() if "#" not in line]
        fields = [line for line in lines if not re.match(r"(query|fragment)\b", line)]
        assert any(all(line in one for line in fields) for one in sent), path.name


def test_every_module_that_writes_or_reads_a_query_was_on_the_way_of_one(nights):
    writers = {
        str(path) for path in (ROOT / "collectors").rglob("*.py") if SPEAKS_GRAPHQL.search(path.read_text("utf-8"))
    }

    assert len(writers) >= 7
    assert writers - nights.askers == set()


# --- what is answered ---


def test_every_rest_answer_is_as_github_describes_it(nights, described):
    told: set[str] = set()
    for target, _, one in nights.seen:
        path = urlsplit(target).path
        if path != "/graphql" and one.status == 200:
            told.add(described.template_of(path))
            body = gzip.decompress(one.body) if one.headers.get("Content-Encoding") == "gzip" else one.body
            assert described.faults(path, json.loads(body)) == []

    assert told == UNDESCRIBED | {
        "/repos/{owner}/{repo}",
        "/repos/{owner}/{repo}/contributors",
        "/repos/{owner}/{repo}/git/trees/{tree_sha}",
        "/orgs/{org}/repos",
    }


@pytest.mark.parametrize("path", [*(f"/repos/pytorch/pytorch{route}" for route in ("", *ROUTES)), "/rate_limit"])
def test_every_route_of_the_replica_answers_as_github_describes_it(described, path):
    allowed = Allowed(5_000, 4_999, 0, "core")
    found = answer(world_of(FEW, TINY), Request("GET", path, {}, {}, b"", "http://127.0.0.1", allowed))

    assert found.status == 200
    assert described.faults(path, json.loads(found.body)) == []


def test_what_is_not_described_is_too_young_to_be(described):
    assert set(described.paths) & UNDESCRIBED == set()


# --- the check itself ---


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/repos/pytorch/pytorch", "pytorch_repo_2020-03-12.json"),
        ("/repos/tensorflow/tensorflow/issues/59477", "tensorflow_pull_59477_as_issue.json"),
    ],
)
def test_a_recorded_answer_is_as_github_describes_it(described, recorded, path, file):
    assert described.faults(path, json.loads((recorded / "github_rest" / file).read_text("utf-8"))) == []


@pytest.mark.parametrize("payload", [{"id": "7"}, {"stars": 7}, {"owner": {"login": 7}}, [], {"archived": 1}], ids=repr)
def test_a_wrong_name_or_type_is_seen(described: Description, payload: Any):
    assert len(described.faults("/repos/o/r", payload)) == 1
