"""A night against the replica gives what is true in its world: counts exactly, rates and shares to 1e-9."""

import gzip
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import stamina

from collectors.papers import DAYS_A_NIGHT, LAG
from collectors.source import sources
from flows.replica import Server, World, build_world, daily_papers
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.files import FRAMEWORKS
from flows.replica.git import write_repositories
from flows.replica.huggingface import owners
from flows.replica.repository import Ticket
from flows.settings import load_settings
from flows.stages import seam
from flows.stages.collect import collect_source, plan_night
from flows.stages.nightly import NightlyResult, land_night
from tests.collectors.loopback import Asked, Reply, Wire, serving
from tests.today import IN_LOS_ANGELES, NOW, begin
from tests.today import TODAY as MIDNIGHT
from tests.whole import long
from warehouse.daily_papers import LEAST_PAPERS
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "tensorflow", "jax")
TODAY = MIDNIGHT.replace(tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_github_counts_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any], subject: str) -> None:
    repo = world[subject]
    truth = {
        "stars": repo.stars(),
        "forks": repo.forks,
        "watchers": repo.watchers,
        "open_issues": repo.issues_open(),
        "issues_closed_ever": repo.issues_closed(),
        "contributors": repo.contributors,
        "repository_id": repo.number,
        "commits_7d": repo.commits_between(TODAY - 7 * DAY, TODAY),
        "commits_28d": repo.commits_between(TODAY - 28 * DAY, TODAY),
        "commits_91d": repo.commits_between(TODAY - 91 * DAY, TODAY),
        "commits_total": repo.commits_between(TODAY - 9999 * DAY, TODAY),
        "commits_week": human_commits_of_52_weeks(world, subject) / 52,
        "stars_new_365d": sum(repo.stars_on(IN_LOS_ANGELES - n * DAY) for n in range(1, 366)),
    }

    found = {name: latest[subject, f"github.{name}"] for name in truth}

    assert found == pytest.approx(truth, rel=1e-12)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_issue_rates_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any], subject: str) -> None:
    issues = [one for one in world[subject].issues if one.author is None or one.author.kind != "Bot"]
    matured = [one for one in issues if TODAY - 120 * DAY <= one.created_at < TODAY - 30 * DAY]
    closed_soon = [one for one in matured if one.closed_at and one.closed_at - one.created_at <= 30 * DAY]

    assert latest[subject, "github.issues_opened_90d"] == len(since(issues, 90))
    assert latest[subject, "github.issue_close_30d"] == pytest.approx(kaplan_meier(since(issues, 90)), abs=1e-9)
    assert latest[subject, "github.issue_close_30d_matured"] == pytest.approx(len(closed_soon) / len(matured), abs=1e-9)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_questions_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any], subject: str) -> None:
    year = (TODAY - 365 * DAY, TODAY)
    asked = world.questions_between(subject, *year)

    assert latest[subject, "stackoverflow.questions"] == world.tag_count(subject)
    assert latest[subject, "stackoverflow.questions_365d"] == asked
    assert latest[subject, "stackoverflow.share_ppm_365d"] == pytest.approx(
        1e6 * asked / world.site_between(*year), rel=1e-9
    )


@pytest.mark.parametrize("subject", SUBJECTS)
def test_first_answers_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any], subject: str) -> None:
    [tag] = next(one["stackoverflow_tags"] for one in demo_subjects() if one["id"] == subject)
    cohort = [q for q in world.stack_overflow.matching([tag]) if TODAY - 120 * DAY <= q.created_at < TODAY - 30 * DAY]
    waited = [q.answered_at - q.created_at for q in cohort if q.answered_at and q.answered_at < TODAY]
    hours = sorted(one / timedelta(hours=1) for one in waited)
    place = -(-len(cohort) // 2) - 1  # nobody is censored before the median is reached
    median = pytest.approx(hours[place], rel=1e-9) if place < len(hours) else None

    assert latest.get((subject, "stackoverflow.first_answer_median_h")) == median
    in_time = [q for q in cohort if q.answered_at and q.answered_at - q.created_at <= 30 * DAY]
    assert latest[subject, "stackoverflow.answered_30d"] == pytest.approx(len(in_time) / len(cohort), abs=1e-9)


@long
def test_nights_of_fourteen_frameworks_fit_the_quota_of_strangers_and_the_plan(tmp_path: Path) -> None:
    world = build_world(demo_subjects(), TODAY.date())
    calls: list[int] = []
    with Server(world) as server, pytest.MonkeyPatch.context() as patch:
        (tmp_path / "catalog.toml").write_text(demo_catalog(demo_subjects(), [], server.url), "utf-8")
        home = {"SPEEDSCORE_CATALOG": str(tmp_path / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(tmp_path / "home")}
        for name, value in (server.environment() | home).items():
            patch.setenv(name, value)
        settings = load_settings()
        for _ in range(3):
            [planned] = plan_night(settings, [], ["stackoverflow"])
            run_start = begin()
            found = collect_source("stackoverflow", settings, run_start, [])
            land_night(settings, [found], run_start)
            calls.append(server.spent("stackexchange") - sum(calls))

            assert found.missing == 0
            assert calls[-1] <= planned["calls"] <= 300 - 6
    assert calls[2] <= calls[1] <= 30 < calls[0] <= 60


def test_huggingface_models_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any]) -> None:
    tags = {one["id"]: one["huggingface_tag"] for one in demo_subjects() if one["id"] in SUBJECTS}

    assert {one: latest[one, "huggingface.models"] for one in SUBJECTS} == {
        one: world.models[tag] for one, tag in tags.items()
    }
    assert {one: latest[one, "huggingface.model_owners"] for one in SUBJECTS} == {
        one: owners(world.models[tag]) for one, tag in tags.items()
    }


def test_forum_chat_and_downloads_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any]) -> None:
    for one in demo_subjects():
        subject = one["id"]
        if subject not in SUBJECTS:
            continue
        forum, guild = world.forums[subject], world.guilds[one["discord_invite"]]
        month = (TODAY.date() - timedelta(days=30), TODAY.date())
        assert latest[subject, "discourse.users"] == forum.users
        assert latest[subject, "discourse.active_30d"] == forum.active_30d
        assert latest[subject, "discord.members"] == guild.members
        assert latest[subject, "pypi.downloads_30d"] == world.downloads_between(one["pypi"], *month)


@pytest.mark.parametrize("framework", ["pytorch", "tf", "jax"])
def test_venue_shares_are_the_true_ones(world: World, latest: dict[tuple[str, str], Any], framework: str) -> None:
    subject = {"tf": "tensorflow"}.get(framework, framework)
    shares = {
        key[1]: value
        for key, value in latest.items()
        if key[0] == subject and re.match(r"pwc\.share_(neurips|icml|iclr|cvpr)_2", key[1])
    }

    estimands = ("E1", "E2", "E3", "E4") if framework in {"pytorch", "tf"} else ("E1", "E2", "E4")
    years = range(TODAY.year - 9, TODAY.year)
    true = {
        share_name(venue, year, estimand, is_official=is_official): world.archive.share(
            framework, VENUES[venue], year, estimand, is_official=is_official
        )
        for venue, year, estimand, is_official in product(VENUES, years, estimands, (False, True))
    }
    assert shares == pytest.approx(true, abs=1e-9)


def test_the_dump_of_the_archive_tells_what_its_parquet_files_tell(
    world: World,
    night: NightlyResult,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    links, papers = (
        gzip.compress(json.dumps(rows, default=str).encode()) for rows in (world.archive.links, world.archive.papers)
    )

    def dump(_: Wire, asked: Asked) -> Reply:
        if not asked.path.endswith(".json.gz"):
            return Reply(404)
        return Reply(body=links if "/links-" in asked.path else papers)

    with serving(dump) as server:
        monkeypatch.setenv("SPEEDSCORE_PAPERS_ARCHIVE_URL", server.url)
        monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
        found = collect_source("pwc", load_settings(), begin(), SUBJECTS)

    [parquet] = [one for one in night.collected if one.source == "pwc"]
    told, expected = (
        {(one.subject, one.metric, one.valid_at): one.value for one in result.observations}
        for result in (found, parquet)
    )
    assert len(told) > 2 * 9 * 4 * 8
    assert told == {key: value for key, value in expected.items() if key[0] in SUBJECTS}


def test_every_source_was_asked_and_nothing_is_missing_that_the_world_tells(night: NightlyResult) -> None:
    lost = {
        (one.source, cell.metric, cell.reason)
        for one in night.collected
        for cell in one.observations
        if cell.reason is not None
    }

    assert {one.source for one in night.collected} == set(sources())
    assert not {cell for cell in lost if cell[0] in {"github", "stackoverflow", "discourse", "discord", "pypi"}}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_close_of_the_cohort_was_told_and_nothing_was_reopened(
    world: World, latest: dict[tuple[str, str], Any], home: Path, subject: str
) -> None:
    with open_reader(home / "home" / "speedscore.duckdb") as connection:
        told = connection.execute("select number from issue_asked where subject = $1", [subject]).fetchall()
    young = since(world[subject].issues, 90)
    is_human = [one for one in young if one.author is None or one.author.kind != "Bot"]

    assert {one.number for one in is_human if not one.is_open} <= {number for (number,) in told}
    assert latest[subject, "github.issue_reopened_share_90d"] == 0


def test_two_ways_to_one_figure_agree(night: NightlyResult, home: Path) -> None:
    assert night.landed.observations
    with open_reader(home / "home" / "speedscore.duckdb") as connection:
        told = connection.sql(
            "select subject, metric, detail from quality_event where kind = 'disagreement'"
        ).fetchall()
        clones = connection.sql("from observation where metric = 'github.commits_90d' and source = 'git'").fetchall()

        assert told == []
        assert len(clones) == len(SUBJECTS)


def test_what_the_files_of_public_repositories_say_is_read(latest: dict[tuple[str, str], Any]) -> None:
    systems = len(FRAMEWORKS) + 1
    named = [text for text in FRAMEWORKS if "PyTorch" in text]

    assert latest["pytorch", "mlperf.system_share"] == len(named) / systems
    assert latest["jax", "mlperf.system_share"] == FRAMEWORKS.count("MaxText") / systems
    clouds = {one: latest[one, "serving.managed_clouds"] for one in SUBJECTS}
    assert clouds == {"pytorch": 2, "tensorflow": 3, "jax": 0}


def test_the_shares_of_todays_papers_are_the_true_ones(latest: dict[tuple[str, str], Any]) -> None:
    first = TODAY.date() - timedelta(days=DAYS_A_NIGHT)

    for subject, framework in {"pytorch": "pytorch", "tensorflow": "tf", "jax": "jax"}.items():
        true, n = daily_papers.share(framework, first, DAYS_A_NIGHT - LAG.days + 1)
        assert n > LEAST_PAPERS
        assert latest[subject, "papers.import_share"] == pytest.approx(true, abs=1e-9)
        assert latest.get((subject, "papers.share_365d")) is None  # a month of papers is not told as the year's


# --- the truth in plain steps ---

VENUES = {"neurips": "NeurIPS", "icml": "ICML", "iclr": "ICLR", "cvpr": "CVPR"}


def share_name(venue: str, year: int, estimand: str, *, is_official: bool) -> str:
    variant = ("" if estimand == "E2" else f"_{estimand.lower()}") + ("_official" if is_official else "")
    return f"pwc.share_{venue}_{year}{variant}"


def since(issues: list[Ticket], days: int) -> list[Ticket]:
    return [one for one in issues if TODAY - days * DAY <= one.created_at < TODAY]


def kaplan_meier(issues: list[Ticket]) -> float:
    """F(30 d) by the textbook: at each closing time, the share of those still open and still watched that close."""
    spans = []
    for one in issues:
        is_closed = one.closed_at is not None and one.closed_at < TODAY
        spans.append(((one.closed_at if is_closed else TODAY) - one.created_at, is_closed))
    open_share = 1.0
    for moment in sorted({span for span, is_closed in spans if is_closed and span <= 30 * DAY}):
        at_risk = sum(span >= moment for span, _ in spans)
        closing = sum(span == moment and is_closed for span, is_closed in spans)
        open_share *= 1 - closing / at_risk
    return 1 - open_share


def human_commits_of_52_weeks(world: World, subject: str) -> int:
    end = TODAY - TODAY.weekday() * DAY
    some = [one for one in world[subject].commits if end - 364 * DAY <= one.committed_at < end]
    return sum(not one.is_merge and not one.is_bot for one in some)


# --- the world and its night ---


@pytest.fixture(scope="module")
def world() -> World:
    return build_world([one for one in demo_subjects() if one["id"] in SUBJECTS], TODAY.date())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("truth")


@pytest.fixture(scope="module")
def night(world: World, home: Path) -> Iterator[NightlyResult]:
    """Run one night in this process, over real HTTP and real git."""
    subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
    with Server(world) as server, pytest.MonkeyPatch.context() as patch:
        (home / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        told = server.environment() | write_repositories(world, home / "git")
        for name, value in (told | {"SPEEDSCORE_CATALOG": str(home / "catalog.toml")}).items():
            patch.setenv(name, value)
        patch.setenv("SPEEDSCORE_HOME_DIR", str(home / "home"))
        patch.chdir(home)
        os.environ.pop("STACKEXCHANGE_KEY", None)
        patch.setattr(seam, "utc_now", lambda: NOW)  # star history is told by the day of the answer
        stamina.set_testing(True, attempts=1)
        settings, run_start = load_settings(), begin()
        collected = [collect_source(name, settings, run_start, []) for name in sources()]
        yield land_night(settings, collected, run_start)
        stamina.set_testing(False)


@pytest.fixture(scope="module")
def latest(night: NightlyResult, home: Path) -> dict[tuple[str, str], Any]:
    """Return every effective value by subject and metric."""
    assert night.landed.observations
    with open_reader(home / "home" / "speedscore.duckdb") as connection:
        found = connection.execute("select subject, metric, value from metric_latest").fetchall()
    return {(subject, metric): value for subject, metric, value in found}
