"""Whatever is asked of GitHub is valid by its public schema, and what the replica answers stands in its description.

A night and a backfill are run with everything that can be asked; a new query cannot be forgotten here.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import graphql
import pytest
from jsonschema import Draft4Validator

from benchmarks.replica import Server, World, build_world
from benchmarks.replica.answer import Answer
from benchmarks.replica.demo import demo_catalog, demo_subjects
from benchmarks.replica.faults import Fault
from benchmarks.replica.world import PROFILES
from flows.backfill import Span, plan
from flows.collect import ON_GITHUB, collect_source
from flows.fill import fill
from flows.land import begin
from flows.nightly import land_night
from flows.settings import load_settings

SUBJECTS = ("pytorch", "jax")
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
QUERY = re.compile(r"^\s*(?:query|fragment)\b", re.MULTILINE)
ROOT = Path(__file__).parents[2]
UNDESCRIBED = {"/repos/{owner}/{repo}/stargazers/history"}
"""Younger than the description that is kept here."""

FOR_MANY = {"issue_changes", "issue_comments"}
"""Sent where hundreds of repositories are followed; tests/collectors/test_github_issue_comments.py validates them."""


class Witness(Server):
    """A replica that keeps what it was asked and what it answered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.seen: list[tuple[str, str, bytes, Answer]] = []

    def respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        answer, fault = super().respond(method, target, headers, body)
        self.seen.append((method, target, body, answer))
        return answer, fault


@cache
def small_world() -> World:
    small = {"commits": 60, "issues": 260, "stars": 2_000, "created": (TODAY - timedelta(days=400)).date()}
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world([one for one in demo_subjects() if one["id"] in SUBJECTS], TODAY.date())


@contextmanager
def witness(folder: Path, **more: str) -> Iterator[Witness]:
    """Serve the world to whatever runs in the block; no repository can be cloned."""
    with Witness(small_world()) as server, pytest.MonkeyPatch.context() as patch:
        subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
        (folder / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "url.file:///nowhere/.insteadOf"}
        home = {"SPEEDSCORE_CATALOG": str(folder / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(folder / "home")}
        told = server.environment() | git | {"GIT_CONFIG_VALUE_0": "https://github.com/"} | home | more
        for name, value in told.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield server


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, bytes, Answer]]:
    """Give everything that two nights, a backfill, and a night without a token ask of GitHub, with the answers."""
    folder, alone = tmp_path_factory.mktemp("token"), tmp_path_factory.mktemp("alone")
    with witness(folder) as server:
        for _ in range(2):
            settings, begun = load_settings(), begin("nightly")
            found = [collect_source(name, settings, begun, []) for name in ON_GITHUB]
            land_night(settings, found, begun)
        span = Span(TODAY - timedelta(days=60), TODAY - timedelta(days=3))
        fill(settings, plan(settings, span, [], ["github"]), begin("backfill"))
        kept = server.seen
    with witness(alone, GITHUB_TOKEN="") as server:
        collect_source("github", load_settings(), begin("nightly"), [])
        return [one for one in (*kept, *server.seen) if one[1].startswith("/github")]


def test_every_query_that_is_sent_is_valid_by_the_public_schema(seen, public_schema):
    queries = {json.loads(body)["query"] for _, target, body, _ in seen if target.startswith("/github/graphql")}
    names = {match[1] for query in queries if (match := re.search(r"query\s+(\w+)", query))}

    assert len(names) >= 5
    for query in queries:
        assert graphql.validate(public_schema, graphql.parse(query)) == [], query


def test_every_query_in_the_project_was_sent(seen):
    sent = [" ".join(json.loads(body)["query"].split()) for _, target, body, _ in seen if "graphql" in target]

    for path in (ROOT / "collectors/queries").glob("*.graphql"):
        if path.stem in FOR_MANY:
            continue
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").splitlines() if "#" not in line]
        fields = [line for line in lines if not re.match(r"(query|fragment)\b", line)]
        assert any(all(line in one for line in fields) for one in sent), path.name


def test_every_rest_answer_is_as_github_describes_it(seen, description):
    told: set[str] = set()
    for method, target, _, answer in seen:
        path = urlsplit(target).path.removeprefix("/github")
        if path == "/graphql" or answer.status != 200:
            continue
        template = template_of(path, description["paths"])
        told.add(template)
        if template in UNDESCRIBED:
            continue
        schema = description["paths"][template][method.lower()]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
        faults = list(
            Draft4Validator({**schema, "components": description["components"]}).iter_errors(json.loads(body))
        )
        assert [f"{template}: {'.'.join(map(str, one.path))}: {one.message[:160]}" for one in faults[:5]] == []
    assert told >= UNDESCRIBED | {"/repos/{owner}/{repo}", "/repos/{owner}/{repo}/contributors"}


def template_of(path: str, paths: Mapping[str, Any]) -> str:
    """Give the described path that a path is an instance of."""
    for template in sorted({*paths, *UNDESCRIBED}, key=lambda one: one.count("{")):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            return template
    raise AssertionError(f"GitHub describes no path {path}")


@pytest.fixture(scope="module")
def public_schema(recorded: Path) -> graphql.GraphQLSchema:
    text = gzip.decompress((recorded / "github_schema/schema.graphql.gz").read_bytes()).decode()
    return graphql.build_schema(text, assume_valid=True, no_location=True)


@pytest.fixture(scope="module")
def description(recorded: Path) -> dict[str, Any]:
    text = gzip.decompress((recorded / "github_schema/openapi_api.github.com.json.gz").read_bytes())
    return excerpts(json.loads(text))


def excerpts(schema: Any) -> Any:
    """Write OpenAPI 3.0's nullable as JSON Schema does, for excerpts: nothing is required, and nothing is unknown."""
    if isinstance(schema, list):
        return [excerpts(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    own = {
        name: one
        for name, one in schema.items()
        if name != "nullable" and not (name == "required" and isinstance(one, list))
    }
    found = {name: excerpts(one) for name, one in own.items()}
    if isinstance(found.get("properties"), dict) and "type" in found:
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found
