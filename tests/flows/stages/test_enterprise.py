"""A GitHub of one's own: figures, commits and links are its own, whoever bears the same name on github.com."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stamina

from catalog.observation import Observation
from flows.settings import load_settings
from flows.stages.collect import collect_source
from flows.stages.land import RunStart
from tests.collectors.git.git_server import GitServer, git, serve_from
from tests.collectors.loopback import Asked, Loopback, Reply, as_json, serving

NIGHT = datetime(2026, 5, 1, 2)
CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "tool"
name = "Tool"
kind = "framework"
github = "team/tool"
"""
REPOSITORY = {
    "id": 7,
    "full_name": "team/tool",
    "stargazers_count": 12,
    "forks_count": 3,
    "subscribers_count": 2,
    "archived": False,
    "pushed_at": "2026-04-30T00:00:00Z",
}


def test_commits_come_from_the_host_whose_stars_are_counted(enterprise, collected):
    found = {one.metric: one for one in collected(SPEEDSCORE_GITHUB_API_URL=f"{enterprise.url}/api/v3")}

    assert found["github.stars"].value == 12
    assert found["github.commits_total"].value == 1
    links = {found[name].url for name in ("github.stars", "github.commits_total", "github.contributors")}
    assert links == {f"{enterprise.url}/team/tool"}


def test_queries_go_beside_the_api_and_no_version_is_asked_that_a_server_may_not_know(enterprise, collected):
    collected(SPEEDSCORE_GITHUB_API_URL=f"{enterprise.url}/api/v3/", GITHUB_TOKEN="ghp_sesame")

    assert {asked.path for asked in enterprise.asked if asked.method == "POST"} == {"/api/graphql"}
    assert not any("x-github-api-version" in asked.headers for asked in enterprise.asked)


def test_a_mirror_of_the_api_leaves_clones_and_links_where_they_are(enterprise, collected):
    found = {one.metric: one for one in collected(SPEEDSCORE_GITHUB_API_URL=f"{enterprise.url}/mirror")}

    assert (found["github.commits_total"].value, found["github.stars"].value) == (3, 12)
    assert found["github.stars"].url == "https://github.com/team/tool"


def test_a_setting_says_otherwise(enterprise, collected):
    told = {"SPEEDSCORE_GITHUB_API_URL": f"{enterprise.url}/mirror", "SPEEDSCORE_GITHUB_WEB_URL": f"{enterprise.url}/"}
    found = {one.metric: one for one in collected(**told)}

    assert found["github.commits_total"].value == 1
    assert found["github.stars"].url == f"{enterprise.url}/team/tool"


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Observation]]:
    """Ask GitHub as a night does, under the settings that the test adds."""
    (tmp_path / "catalog.toml").write_text(CATALOG, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)

    def collect(**told: str) -> list[Observation]:
        for name, text in told.items():
            monkeypatch.setenv(name, text)
        settings = load_settings(home_dir=tmp_path / "home", catalog=tmp_path / "catalog.toml")
        return collect_source("github", settings, RunStart("nightly", "one", NIGHT), []).observations

    return collect


@pytest.fixture
def enterprise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Serve the API and a repository with one commit; a stranger's on github.com has three."""
    stamina.set_testing(True, attempts=1)
    own, stranger = GitServer(tmp_path / "own", tmp_path / "own.config"), serve_from(tmp_path, monkeypatch.setenv)
    for place, commits in ((own, 1), (stranger, 3)):
        repository = place.repository("team/tool")
        for number in range(commits):
            repository.commit(NIGHT - timedelta(days=3 + number))
    git(f"--git-dir={own.folder / 'team/tool.git'}", "update-server-info")
    with serving(lambda _, asked: answer(asked, own.folder)) as server:
        yield server
    stamina.set_testing(False)


def answer(asked: Asked, folder: Path) -> Reply:
    path = asked.path.partition("?")[0]
    if path.endswith("/repos/team/tool"):
        return as_json(REPOSITORY)
    if path.endswith("/contributors"):
        return as_json([{}])
    file = folder / path.lstrip("/")
    return Reply(200, file.read_bytes()) if file.is_file() else Reply(404)
