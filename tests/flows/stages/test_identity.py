"""A name that a stranger bears, end to end: none of its figures land, nobody else loses one, and a good night heals."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import stamina

from catalog.observation import Observation
from collectors.git.log import read_log
from collectors.github.source import FROM_CLONE
from flows.replica import Fault, Server, World, build_world
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.names import STRANGER, rename, reuse_name
from flows.replica.world import PROFILES
from flows.settings import Settings, load_settings
from flows.stages import backfill as stages_backfill
from flows.stages.backfill import BackfillResult, run_backfill_plan
from flows.stages.backfill_plan import plan
from flows.stages.collect import Collected, collect_source
from flows.stages.land import publish
from flows.stages.nightly import land_night
from flows.stages.spans import Span
from tests.today import TODAY, begin
from tests.whole import amount, long
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "jax")
JAX_ID = 154_739_597
ALWAYS = float("inf")
SPAN = Span(TODAY - timedelta(days=20), TODAY - timedelta(days=3))
SILENT = [Fault(prefix="/github/", kind="status:502", times=ALWAYS)]
NO_GRAPHQL = [Fault(prefix="/github/graphql", kind="status:502", times=ALWAYS)]
CLONED = {metric.name for metric in FROM_CLONE}
BOTH = {True: "with a token", False: "without a token"}
HAS_TOKEN = pytest.mark.parametrize("has_token", BOTH, ids=BOTH.get)
ONE_WAY = pytest.mark.parametrize("has_token", amount([True], [*BOTH]), ids=BOTH.get)


@HAS_TOKEN
def test_a_first_night_lands_nothing_of_the_stranger_and_asks_it_nothing_by_name(tmp_path, has_token):
    with living_in(reused(), tmp_path, has_token=has_token) as (settings, server):
        [github, *_] = night(settings)

        assert not [path for _, path in server.requests if re.search("jax-ml/jax/", path)]
    assert {one.reason for one in of(github, "jax")} <= {"not_found", "no_token"}
    assert values(github, "pytorch") == values(good_night(has_token=has_token), "pytorch")
    assert not [row for row in events(settings) if row[0] != "jax"]
    assert ("jax", "github", "reused_name", stranger_id(), JAX_ID) in events(settings)
    assert not (settings.home_dir / f"raw/git/{JAX_ID}.git").exists()
    assert ask(settings, "select count(*) from issue where subject = 'jax'") == [(0,)]
    assert ask(settings, "select count(value) from observation where subject = 'jax' and metric like 'github.%'") == [
        (0,)
    ]


@ONE_WAY
def test_between_two_good_nights_the_figures_and_the_clone_stay_and_the_next_one_heals(tmp_path, has_token):
    commits, latest = [], []
    for number, world in enumerate((true(), reused(), true())):
        with living_in(world, tmp_path, f"git{number % 2}", has_token=has_token) as (settings, _):
            [github, *_] = night(settings)
            commits.append(len(read_log(settings.home_dir / f"raw/git/{JAX_ID}.git")))
            latest.append(latest_of(settings, "jax"))

    assert len(set(commits)) == 1
    assert latest[0] == latest[1] == latest[2]
    assert {one.reason for one in of(github, "jax")} <= {None, "no_token"}


@long
def test_the_stranger_is_noticed_once_and_by_everyone_who_met_it(tmp_path):
    for folder in ("git", "again"):
        with living_in(reused(), tmp_path, folder) as (settings, _):
            night(settings)

    assert events(settings) == [
        ("jax", "github", "reused_name", stranger_id(), JAX_ID),
        ("jax", "liveness", "reused_name", stranger_id(), JAX_ID),
    ]


@ONE_WAY
def test_a_renamed_repository_is_followed_under_its_new_name_with_all_figures(tmp_path, has_token):
    with living_in(renamed(), tmp_path, has_token=has_token) as (settings, server):
        [github, *_] = night(settings)
        asked = [path for _, path in server.requests if "/contributors" in path]

    assert values(github, "jax") == values(good_night(has_token=has_token), "jax")
    assert any("new-home/jax/contributors" in path for path in asked)
    assert ("jax", "github", "renamed", None, None) in events(settings)


@long
def test_where_graphql_is_silent_rest_says_who_is_who(tmp_path):
    for number, world in enumerate((true(), reused())):
        with living_in(world, tmp_path / str(number), faults=NO_GRAPHQL) as (settings, _):
            [github, *_] = night(settings)

        jax = values(github, "jax")
        assert {"github.contributors", "github.commits_total"} <= set(values(github, "pytorch"))
        assert (jax == {}) is (number == 1)


# --- a night on which only git answers ---


@long
def test_where_nobody_says_who_is_who_a_clone_that_is_kept_loses_no_figure(tmp_path):
    with living_in(true(), tmp_path) as (settings, _):
        [before, *_] = night(settings)
    with living_in(true(), tmp_path, faults=SILENT) as (settings, _):
        [github, *_] = night(settings)

    for subject in SUBJECTS:
        cloned = {name: value for name, value in values(before, subject).items() if name in CLONED}
        assert {name: values(github, subject)[name] for name in cloned} == cloned


def test_where_nobody_says_who_is_who_no_clone_is_made(tmp_path):
    with living_in(reused(), tmp_path, faults=SILENT) as (settings, _):
        [github, *_] = night(settings)

    assert all(one.reason for one in github.observations)
    assert not (settings.home_dir / "raw/git").exists()


def test_where_nobody_says_who_is_who_the_first_commits_tell_the_stranger(tmp_path, caplog):
    with living_in(true(), tmp_path) as (settings, _):
        night(settings)
    with living_in(reused(), tmp_path, "stranger", faults=SILENT) as (settings, _):
        [github, *_] = night(settings)

    assert values(github, "jax") == {}
    assert {"github.commits_total"} <= set(values(github, "pytorch"))
    assert f"begins with other commits than the clone {JAX_ID}.git" in caplog.text
    assert ("jax", "git", "reused_name", None, None) in events(settings)
    assert len(read_log(settings.home_dir / f"raw/git/{JAX_ID}.git")) == len(true()["jax"].commits)


# --- the past ---


@ONE_WAY
def test_a_backfill_lands_nothing_of_the_stranger_and_the_others_lose_nothing(tmp_path, has_token):
    with living_in(reused(), tmp_path, has_token=has_token) as (settings, server):
        filled = backfill(settings)

        assert not [path for _, path in server.requests if re.search("jax-ml/jax/", path)]
    broken = {step for step in filled.outcomes[0].broken if step.startswith(("commits", "stars"))}
    assert broken == {"commits of jax", "stars of jax"}
    assert ask(settings, "select count(value) from observation where subject = 'jax' and metric like 'github.%'") == [
        (0,)
    ]
    assert ask(settings, "select count(*) from issue where subject = 'jax'") == [(0,)]
    found = ask(settings, "select distinct metric from observation where subject = 'pytorch' and value is not null")
    assert {("github.stars_gained_1d",), ("github.commits_28d",)} <= set(found)
    assert events(settings) == [("jax", "github", "reused_name", stranger_id(), JAX_ID)]


@long
def test_a_stranger_is_no_sign_of_a_source_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(stages_backfill, "FAILURES_IN_A_ROW", 1)

    with living_in(reused(), tmp_path) as (settings, _):
        filled = backfill(settings)

    assert all("jax" in step for step in filled.outcomes[0].broken)
    found = ask(settings, "select distinct metric from observation where subject = 'pytorch' and value is not null")
    assert {("github.stars_gained_1d",), ("github.issues_walked",)} <= set(found)


@long
def test_the_next_good_backfill_brings_what_the_stranger_cost(tmp_path):
    for folder, world in (("stranger", reused()), ("git", true())):
        with living_in(world, tmp_path, folder) as (settings, _):
            filled = backfill(settings)

    assert filled.is_whole
    told = ask(settings, "select value from metric_daily where subject = 'jax' and metric = 'github.commits_28d'")
    assert len([value for (value,) in told if value is not None]) == 18


@long
def test_a_backfill_without_an_answer_goes_on_in_a_clone_that_is_kept(tmp_path):
    with living_in(true(), tmp_path) as (settings, _):
        night(settings)
    with living_in(true(), tmp_path, faults=SILENT) as (settings, _):
        backfill(settings)

    days = ask(settings, "select count(distinct valid_at) from observation where metric = 'github.commits_28d'")
    assert days == [(19,)]


# --- worlds, nights and what they left ---


@cache
def true() -> World:
    """Build a small world of two subjects."""
    small = {"commits": 120, "issues": 40, "stars": 4000, "created": (TODAY - timedelta(days=400)).date()}
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world([one for one in demo_subjects() if one["id"] in SUBJECTS], TODAY.date())


@cache
def reused() -> World:
    return reuse_name(true(), "jax")


@cache
def renamed() -> World:
    return rename(true(), "jax", "new-home/jax")


@cache
def good_night(*, has_token: bool) -> Collected:
    """Return what GitHub tells on a good first night."""
    with TemporaryDirectory() as folder, living_in(true(), Path(folder), has_token=has_token) as (settings, _):
        return night(settings)[0]


def stranger_id() -> int:
    return reused()[STRANGER].number


@contextmanager
def living_in(
    world: World, folder: Path, git: str = "git", *, has_token: bool = True, faults: Sequence[Fault] = ()
) -> Iterator[tuple[Settings, Server]]:
    """Serve a world, its repositories under a folder of their own, and give the settings of a home."""
    folder.mkdir(exist_ok=True)
    if not (folder / git).exists():
        write_repositories(world, folder / git)
    with Server(world, faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
        (folder / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        key = f"url.{(folder / git).as_uri()}/.insteadOf"
        told = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": "https://github.com/"}
        for name, value in (server.environment() | told).items():
            patch.setenv(name, value)
        if not has_token:
            patch.delenv("GITHUB_TOKEN")
        patch.chdir(folder)
        yield (
            load_settings(home_dir=folder / "home", catalog=folder / "catalog.toml", github_max_wait_s=0),
            server,
        )


def night(settings: Settings) -> list[Collected]:
    """Ask GitHub for everything that it is asked for by name, and land it."""
    run_start = begin()
    collected = [collect_source(name, settings, run_start, []) for name in ("github", "liveness")]
    land_night(settings, collected, run_start)
    return collected


def backfill(settings: Settings) -> BackfillResult:
    publish(settings)
    return run_backfill_plan(settings, plan(settings, SPAN, [], ["github"]), begin("backfill"))


def of(collected: Collected, subject: str) -> list[Observation]:
    return [one for one in collected.observations if one.subject == subject]


def values(collected: Collected, subject: str) -> dict[str, Any]:
    """Return the newest value of each metric; what counts time goes on while nobody looks."""
    ages = ("github.last_push_age_d", "github.last_release_age_d")
    return {one.metric: one.value for one in of(collected, subject) if one.has_value and one.metric not in ages}


def ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_reader(settings.published) as connection:
        return connection.execute(query).fetchall()


def events(settings: Settings) -> list[tuple[Any, ...]]:
    kinds = "kind in ('reused_name', 'renamed')"
    return ask(
        settings, f"select subject, source, kind, value, expected from quality_event where {kinds} order by 2, 1"
    )


def latest_of(settings: Settings, subject: str) -> dict[str, Any]:
    """Return the newest values of what counts neither time nor what a night brought."""
    found = ask(settings, f"select metric, value from metric_latest where subject = '{subject}' and value is not null")
    return {metric: value for metric, value in found if not metric.endswith(("_age_d", "_walked"))}


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)
