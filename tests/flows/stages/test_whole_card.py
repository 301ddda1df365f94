"""A night against the replica gives every shipped subject a whole card: known by collection, not by judgement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import stamina

from collectors.source import sources
from flows.replica import Fault, Server, World, build_world
from flows.replica.demo import demo_catalog, demo_facts, demo_repositories, demo_subjects
from flows.replica.git import write_repositories
from flows.settings import Settings, load_settings
from flows.stages.collect import collect_source
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.score import default_days, score_days
from tests.today import TODAY, begin
from tests.whole import long
from warehouse.reader import open_reader

CARDS = "select subject, speed_raw, coverage, measured_share from latest_score"
pytestmark = long
KILLED = {
    "discord": "/discord/",
    "discourse": "/forum/",
    "github": "/github/",
    "huggingface": "/huggingface/",
    "pypi": "/pypistats/",
    "pwc": "/papers/",
    "stackoverflow": "/stackexchange/",
}
"""One path for each upstream."""


def test_every_subject_has_a_card_of_which_most_is_known_and_most_is_measured(cards: dict[str, Any]) -> None:
    assert set(cards) == {one["id"] for one in demo_subjects()}
    for score, coverage, measured in cards.values():
        assert score is not None
        assert coverage >= 0.9
        assert measured >= 0.7


@pytest.mark.parametrize("upstream", KILLED)
def test_a_night_without_an_upstream_moves_no_score_and_says_what_is_missing(
    home: Path, cards: dict[str, Any], upstream: str
) -> None:
    fault = Fault(prefix=KILLED[upstream], kind="status:503", times=float("inf"))
    with serving_from(home, [fault]) as settings:
        night = run(settings, [upstream])

    assert upstream in night.lost
    assert {row["source"]: row["why"] for row in night.table()}[upstream].startswith("unreachable")
    assert found(home) == cards


# --- the nights ---


def run(settings: Settings, names: list[str]) -> NightlyResult:
    run_start = begin()
    night = land_night(settings, [collect_source(name, settings, run_start, []) for name in names], run_start)
    score_days(settings, default_days(), "2026.2")
    return night


def found(home: Path) -> dict[str, Any]:
    with open_reader(home / "home" / "speedscore.duckdb") as connection:
        return {row[0]: row[1:] for row in connection.execute(CARDS).fetchall()}


@contextmanager
def serving_from(home: Path, faults: list[Fault]) -> Iterator[Settings]:
    """Serve the world to a home, with these faults."""
    with Server(world(), faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        subjects = demo_subjects()
        tables = demo_facts(subjects, TODAY.date(), 1), server.url, demo_repositories(subjects)
        (home / "catalog.toml").write_text(demo_catalog(subjects, *tables), "utf-8")
        git = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(home / 'git').as_uri()}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/",
        }
        own = {"SPEEDSCORE_CATALOG": str(home / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(home / "home")}
        for name, value in (server.environment() | git | own).items():
            patch.setenv(name, value)
        patch.chdir(home)
        yield load_settings()


WORLD: list[World] = []


def world() -> World:
    """Build the demo's world once."""
    if not WORLD:
        WORLD.append(build_world(demo_subjects(), TODAY.date(), backing=demo_repositories(demo_subjects())))
    return WORLD[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the home after one good night."""
    folder = tmp_path_factory.mktemp("whole")
    write_repositories(world(), folder / "git")
    with serving_from(folder, []) as settings:
        run(settings, list(sources()))
    return folder


@pytest.fixture(scope="module")
def cards(home: Path) -> dict[str, Any]:
    return found(home)


@pytest.fixture(autouse=True, scope="module")
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)
