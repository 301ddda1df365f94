"""A backfill against the replica: the truth on every day, nothing fetched twice, and no kill that changes the result."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from catalog.metric import METRICS
from flows.replica import Server, World, build_world
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.repository import Ticket
from flows.replica.world import PROFILES
from flows.settings import Settings, load_settings
from flows.stages.backfill import BackfillResult, backfill_recent, run_backfill_plan
from flows.stages.backfill_plan import plan
from flows.stages.holes import holes
from flows.stages.land import land_page, publish
from flows.stages.landing_pages import PAGES_A_LANDING
from flows.stages.spans import Span
from tests.today import NOW, TODAY, begin
from tests.whole import amount, long
from warehouse.connection import open_writer
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "tensorflow", "jax")
DAY = timedelta(days=1)
SPAN = Span(TODAY - 1_095 * DAY, TODAY - 3 * DAY)
DAYS = [SPAN.first + number * DAY for number in range((SPAN.last - SPAN.first).days + 1)]
KILLS = amount(1, 20)  # each costs a start of Python
PAGES = ("/stargazers/history", "/graphql")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_stars_of_every_day_are_the_true_ones(world: World, cells: dict[Any, float], subject: str) -> None:
    repo = world[subject]

    for day in DAYS:
        assert cells[subject, "github.stars_gained_1d", day] == repo.stars_on(day.date())
        assert cells[subject, "github.stars", day] == repo.stars_before(day.date())
    year = [sum(repo.stars_on((day - n * DAY).date()) for n in range(1, 366)) for day in DAYS[400::50]]
    assert [cells[subject, "github.stars_new_365d", day] for day in DAYS[400::50]] == year


@pytest.mark.parametrize("subject", SUBJECTS)
def test_commits_of_every_day_are_the_true_ones(world: World, cells: dict[Any, float], subject: str) -> None:
    for day in DAYS:
        for window in (7, 28, 90, 91):
            true = world[subject].commits_between(day - window * DAY, day)
            assert cells[subject, f"github.commits_{window}d", day] == true


@pytest.mark.parametrize("subject", SUBJECTS)
def test_issues_of_every_day_are_the_true_ones(world: World, cells: dict[Any, float], subject: str) -> None:
    issues = [one for one in world[subject].issues if one.author is None or one.author.kind != "Bot"]
    first = min(one.created_at for one in world[subject].issues)

    for day in (one.replace(tzinfo=UTC) for one in DAYS if one.replace(tzinfo=UTC) > first):
        cohort = [one for one in issues if day - 90 * DAY <= one.created_at < day]
        closed = [one for one in issues if one.closed_at and day - 90 * DAY <= one.closed_at < day]
        naive = day.replace(tzinfo=None)
        assert cells[subject, "github.issues_opened_90d", naive] == len(cohort)
        assert cells[subject, "github.issues_closed_90d", naive] == len(closed)
        if cohort:
            assert cells[subject, "github.issue_close_30d", naive] == pytest.approx(kaplan_meier(cohort, day), abs=1e-9)


def test_a_second_run_asks_nobody(world: World, finished: tuple[Path, BackfillResult]) -> None:
    with backfilling(world, finished[0]) as (settings, server):
        planned = plan(settings, SPAN, [], ["github"])
        again = run_backfill_plan(settings, planned, begin("backfill"))

        assert [request for request in server.requests if "rate_limit" not in request[1]] == []
        assert again.landed.observations == 0
        assert all(not step.calls for step in planned.steps["github"])


def test_the_plan_says_before_what_it_takes(
    world: World, finished: tuple[Path, BackfillResult], tmp_path: Path
) -> None:
    with backfilling(world, tmp_path) as (settings, server):
        rows = {row["step"]: row for row in plan(settings, SPAN, [], ["github"]).table()}

        assert server.requests == []
        assert not settings.published.exists()
    assert set(rows) == {"commits", "stars", "issues", "closes"}
    assert rows["stars"]["calls"] >= 3 * (1_092 // 210)
    assert rows["issues"]["calls"] is None


@long
def test_kills_change_nothing_and_cost_the_pages_in_hand_and_a_check_of_who_is_who_each(
    world: World, finished: tuple[Path, BackfillResult], tmp_path: Path
) -> None:
    uninterrupted = finished[1].outcomes[0].requests
    moments = random.Random(5)  # noqa: S311 - which moments does not matter, that they stay the same does
    kills = 0

    with backfilling(world, tmp_path, latency_ms=4) as (_, server):
        while True:
            with killable() as process:
                if kills < KILLS:
                    wait_for(server, len(server.requests) + moments.randint(1, 4), process)
                    time.sleep(moments.random() * 0.02)
                    process.send_signal(signal.SIGKILL)
                    kills += 1
                    continue
                assert process.wait(timeout=600) == 0
                break
        asked = sum(any(page in path for page in PAGES) or "/repos/" in path for _, path in server.requests)

    assert kills == KILLS
    assert asked <= uninterrupted + (PAGES_A_LANDING + 1) * KILLS
    assert said(tmp_path) == said(finished[0])


def test_where_there_is_no_clone_github_is_asked_for_the_windows(world: World, tmp_path: Path) -> None:
    span = Span(TODAY - 40 * DAY, TODAY - 11 * DAY)
    with backfilling(world, tmp_path) as (settings, server), pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_VALUE_0", "https://nowhere.invalid/")
        planned = plan(settings, span, ["jax"], ["github"])
        steps = {"github": [step for step in planned.steps["github"] if step.name == "commits"]}
        run_backfill_plan(settings, type(planned)(span, planned.lacking, steps), begin("backfill"))

        assert len([path for _, path in server.requests if "graphql" in path]) == 2
    found = read(tmp_path)
    for day in DAYS[-38:-8]:
        assert found["jax", "github.commits_28d", day] == world["jax"].commits_between(day - 28 * DAY, day)


def test_recent_holes_heal_within_the_budget_and_the_rest_is_told(world: World, tmp_path: Path) -> None:
    with backfilling(world, tmp_path) as (settings, server):
        publish(settings)
        thrifty = backfill_recent(settings.model_copy(update={"recent_calls": 5}), ["jax"], ["github", "pypi"])
        spent = len(server.requests)
        left = {(row["metric"], row["days"]) for row in holes(settings, month(), ["jax"])}
        generous = backfill_recent(settings, ["jax"], ["github", "pypi"])

        assert thrifty is not None
        assert thrifty.is_whole
        assert spent <= 5
        assert ("github.issue_close_30d", 31) in left
        assert ("github.commits_28d", 31) not in left
        assert generous is not None
    found = read(tmp_path)
    for day in DAYS[-20:]:
        assert found["jax", "github.stars_gained_1d", day] == world["jax"].stars_on(day.date())


@long
def test_a_history_that_does_not_sum_is_asked_for_again_once_and_no_other(
    world: World, finished: tuple[Path, BackfillResult], tmp_path: Path
) -> None:
    shutil.copytree(finished[0] / "home", tmp_path / "home")
    wrong, more = DAYS[500], {"method": "exact_retained"}
    with backfilling(world, tmp_path) as (settings, server):
        land_page(settings, [METRICS["github.stars_gained_1d"].of("jax", wrong, 9_999, **more)], begin("backfill"))
        with open_writer(settings.published, NOW) as connection:
            connection.execute(
                "insert into quality_event select 'run', max(known_at), 'jax', 'github.stars', 'github',"
                " max(known_at), 'disagreement', 2, 1, 'stars' from observation"
            )
        publish(settings)
        filled = run_backfill_plan(settings, plan(settings, SPAN, [], ["github"]), begin("backfill"))
        asked = [path for _, path in server.requests if "stargazers/history" in path]

        assert filled.is_whole
        assert asked
        assert all("jax" in path for path in asked)
        assert all(not step.calls for step in plan(settings, SPAN, [], ["github"]).steps["github"])
    assert read(tmp_path)["jax", "github.stars_gained_1d", wrong] == world["jax"].stars_on(wrong.date())


# --- the truth, and the runs ---


def month() -> Span:
    return Span(TODAY - 30 * DAY, TODAY)


def kaplan_meier(issues: list[Ticket], day: datetime) -> float:
    """F(30 d) by the textbook."""
    spans = []
    for one in issues:
        is_closed = one.closed_at is not None and one.closed_at < day
        spans.append(((one.closed_at if is_closed else day) - one.created_at, is_closed))
    open_share = 1.0
    for moment in sorted({span for span, is_closed in spans if is_closed and span <= 30 * DAY}):
        at_risk = sum(span >= moment for span, _ in spans)
        open_share *= 1 - sum(span == moment and is_closed for span, is_closed in spans) / at_risk
    return 1 - open_share


@cache
def small_world() -> World:
    """Build three repositories of three years and a little."""
    small = {"commits": 900, "issues": 450, "stars": 6_000, "created": (TODAY - 1_300 * DAY).date()}
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world([one for one in demo_subjects() if one["id"] in SUBJECTS], TODAY.date())


@pytest.fixture(scope="module")
def world() -> World:
    return small_world()


@contextmanager
def backfilling(world: World, folder: Path, latency_ms: float = 0) -> Iterator[tuple[Settings, Server]]:
    """Serve the world and give the settings of a home in the folder."""
    with Server(world, latency_ms=latency_ms) as server, pytest.MonkeyPatch.context() as patch:
        subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
        (folder / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        if not (folder / "git").exists():
            write_repositories(world, folder / "git")
        git = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(folder / 'git').as_uri()}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/",
        }
        home = {"SPEEDSCORE_CATALOG": str(folder / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(folder / "home")}
        for name, value in (server.environment() | git | home).items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield load_settings(), server


@pytest.fixture(scope="module")
def finished(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BackfillResult]:
    """Return the folder of a backfill that nobody disturbed, and what it said."""
    folder = tmp_path_factory.mktemp("backfill")
    with backfilling(world, folder) as (settings, _):
        return folder, run(settings)


def run(settings: Settings) -> BackfillResult:
    publish(settings)
    filled = run_backfill_plan(settings, plan(settings, SPAN, [], ["github"]), begin("backfill"))
    assert filled.is_whole, filled.table()
    return filled


@contextmanager
def killable() -> Iterator["subprocess.Popen[bytes]"]:
    """Run the same backfill in a process of its own."""
    script = "from tests.flows.stages.test_backfill import load_settings, run; run(load_settings())"
    root = Path(__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as process:
        yield process


def wait_for(server: Server, requests: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until so many requests have come, or the process has ended."""
    while len(server.requests) < requests and process.poll() is None:
        time.sleep(0.001)


def read(folder: Path) -> dict[Any, float]:
    """Return the cells of every day."""
    with open_reader(folder / "home" / "speedscore.duckdb") as connection:
        found = connection.execute("select subject, metric, day, value from metric_daily where value is not null")
        return {(row[0], row[1], datetime.combine(row[2], datetime.min.time())): row[3] for row in found.fetchall()}


def said(folder: Path) -> set[Any]:
    """Return what was landed of the days of the span and of the issues, whenever it was learned."""
    with open_reader(folder / "home" / "speedscore.duckdb") as connection:
        cells = connection.execute(
            "select subject, metric, method, source, valid_at, value, n, status, reason from observation"
            " where source in ('github', 'git') and valid_at between $1 and $2",
            [SPAN.first, SPAN.last],
        ).fetchall()
        issues = connection.execute("select * exclude (known_at, run_id) from issue").fetchall()
        assert len(cells) == len(set(cells))
        return {*cells, *issues}


@pytest.fixture(scope="module")
def cells(finished: tuple[Path, BackfillResult]) -> dict[Any, float]:
    return read(finished[0])
