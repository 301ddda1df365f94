"""Repositories that die are noticed within a week, by what they say and do, and what rests on them is doubted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalog.liveness import STATES
from flows.cli.app import app
from flows.replica import Server, World, build_world
from flows.replica.demo import demo_catalog, demo_facts, demo_repositories, demo_subjects
from flows.replica.world import PROFILES
from flows.settings import Settings, load_settings
from flows.stages.collect import Collected, collect_source
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.score import default_days, score_days
from flows.stages.verify import verify_scores
from scoring.rubric_files import load
from tests.scoring.builders import worth
from tests.today import NOW, begin
from tests.whole import long
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "tensorflow", "jax", "keras", "mxnet")
DAY = timedelta(days=1)
TORCHSERVE, ONNXJS = ("pytorch", "curated.official_server"), ("pytorch", "curated.web")


def test_the_state_of_each_repository_is_its_true_fate(first_night: "Watch") -> None:
    found = first_night.ask("select repository, state from repository_state where repository not like '%/%-tools'")

    assert {name: state for name, state in found if state != "live"} == {
        "pytorch/serve": "retired",
        "microsoft/onnxjs": "retired",
        "demo/tensorflow-targets": "watch",
        "demo/jax-server": "declining",
        "apache/mxnet": "retired",
        "demo/mxnet-serving": "retired",
        "demo/mxnet-targets": "retired",
        "demo/mxnet-learning": "retired",
    }


def test_every_role_of_every_subject_has_the_state_of_its_best_repository(first_night: "Watch") -> None:
    found = first_night.ask("select subject, metric, value from metric_latest where metric like 'liveness.%'")
    states = {(subject, metric): STATES[int(value)] for subject, metric, value in found}

    assert len(states) == 12 * len(SUBJECTS)
    assert states["pytorch", "liveness.official_server"] == "retired"
    assert states["tensorflow", "liveness.mobile"] == "watch"
    assert states["keras", "liveness.profiling"] == "declining"
    assert states["pytorch", "liveness.main"] == states["pytorch", "liveness.mobile"] == "live"


def test_commits_are_counted_as_they_are(first_night: "Watch") -> None:
    [world] = (small_world(),)
    for name, commits, base in first_night.ask(
        "select repository, commits_90d, base_commits_90d from repository_state"
    ):
        repo = world.by_name[name.lower()]
        today = datetime(NOW.year, NOW.month, NOW.day)
        assert commits == repo.commits_between(today - 90 * DAY, today)
        if name.startswith("demo/") and "mxnet" not in name:
            assert base == {"demo/jax-server": 100, "demo/keras-tools": 100, "demo/tensorflow-targets": 200}.get(
                name, 60
            )


def test_torchserve_and_onnxjs_are_caught_by_what_is_measured(first_night: "Watch") -> None:
    rows = first_night.ask("select subject, metric, finding, about, kind from review_queue where closed_at is null")
    found = {(subject, metric, finding, about) for subject, metric, finding, about, _ in rows}

    assert {one[2:] for one in found if one[:2] == TORCHSERVE} == {
        ("archived", "pytorch/serve"), ("notice", "pytorch/serve"),
    }  # fmt: skip
    assert {one[2:] for one in found if one[:2] == ONNXJS} == {("notice", "microsoft/onnxjs")}
    assert {kind for *_, kind in rows} == {"contradicted", "watch"}


def test_a_second_night_asks_nobody_and_a_week_later_one_query_is_enough(watch: Callable[..., "Watch"]) -> None:
    home = watch()
    requests = [home.night(days).collected[0].requests for days in (0, 1, 7)]

    assert requests[0] > 1
    assert requests[1:] == [0, 1]
    assert home.ask("select count(distinct known_at), count(*) - count(distinct repository) from repository_state") == [
        (2, home.ask("select count(distinct repository) from repository_state")[0][0])
    ]


@long
def test_a_row_stands_once_while_it_stands_and_is_closed_when_it_no_longer_does(watch: Callable[..., "Watch"]) -> None:
    home = watch()
    home.night(0)
    opened = home.ask("from review_queue order by all")
    home.night(7)
    assert home.ask("from review_queue order by all") == opened

    home.replace('"pytorch/serve"', '"demo/pytorch-learning"')
    home.night(8)

    closed = home.ask("select subject, metric, about from review_queue where closed_at is not null")
    assert {(subject, metric) for subject, metric, _ in closed} == {TORCHSERVE}
    assert home.ask("select count(*) from review_queue where closed_at is null") == [(len(opened) - len(closed),)]


def test_a_repository_that_is_gone_or_has_moved_speaks_against_what_rests_on_it(watch: Callable[..., "Watch"]) -> None:
    home = watch()
    home.replace('"microsoft/onnxjs"', '"microsoft/gone"')
    home.replace('"demo/pytorch-tools"', '"google/jax"')
    home.night(0)

    found = set(home.ask("select metric, finding, about from review_queue where subject = 'pytorch'"))

    assert ("curated.web", "not_found", "microsoft/gone") in found
    assert ("curated.profiling", "moved", "google/jax") in found
    reasons = home.ask("select reason from metric_latest where subject = 'pytorch' and metric = 'liveness.web'")
    assert [reason for (reason,) in reasons] in ([], ["not_found"])


def test_a_failed_week_closes_nothing_and_moves_no_score(watch: Callable[..., "Watch"]) -> None:
    home = watch()
    home.night(0)
    home.score()
    before = home.scores(), home.ask("from review_queue order by all")

    lost = home.night(7, token="wrong-token").collected[0]
    home.score()

    assert lost.missing == len(lost.observations) == 12 * len(SUBJECTS)
    assert (home.scores(), home.ask("from review_queue order by all")) == before


@long
def test_doubt_makes_a_score_less_sure_and_every_score_can_still_be_proved(watch: Callable[..., "Watch"]) -> None:
    home = watch()
    home.answer_everything("tensorflow")
    home.land_nothing()
    home.score()
    home.night(0)
    home.score()

    asked = "select hi - lo from dimension_interval where subject = 'tensorflow' and dimension = 'production'"
    before, after = (wide for (wide,) in home.ask(f"{asked} and rubric = '2024.1' order by known_at"))
    assert after > before
    differences = verify_scores(home.settings).differences
    assert differences.is_empty()


def test_status_counts_what_waits_for_a_review(first_night: "Watch") -> None:
    said = CliRunner().invoke(app, ["status"]).output

    assert "contradicted" in said.partition("kind")[2]


# --- a home, and nights in it ---


class Watch:
    """A home in which nights of one source land; the replica answers while the block around it runs."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder

    @property
    def settings(self) -> Settings:
        return load_settings(home_dir=self.folder / "home", catalog=self.folder / "catalog.toml", github_max_wait_s=0)

    def night(self, days: float, token: str = "demo-token") -> NightlyResult:  # noqa: S107 - a token of the replica
        settings = load_settings(**self.settings.model_dump() | {"github_token": token})
        run_start = begin(later=days * DAY)
        return land_night(settings, [collect_source("liveness", settings, run_start, [])], run_start)

    def land_nothing(self) -> NightlyResult:
        return land_night(self.settings, [Collected("liveness", [], 0)], begin())

    def answer_everything(self, subject: str) -> None:
        """Let facts answer what a rubric asks of a subject."""
        days = {"valid_from": NOW.date() - 10 * DAY, "review_by": NOW.date() + 99 * DAY, "source": "test"}
        asked = [one for one in load("2024.1").criteria if not one.metric.startswith("curated.")]
        facts = [{"subject": subject, "metric": one.metric, "value": worth(5, one.metric), **days} for one in asked]
        path = self.folder / "catalog.toml"
        path.write_text(path.read_text("utf-8") + demo_catalog([], facts, "").partition("\n\n")[2], "utf-8")

    def score(self) -> None:
        score_days(self.settings, default_days())

    def scores(self) -> list[tuple[Any, ...]]:
        return self.ask("select subject, speed_raw, ecosystem, production, learning from latest_score order by all")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with open_reader(self.settings.published) as connection:
            return connection.execute(query).fetchall()

    def replace(self, old: str, new: str) -> None:
        path = self.folder / "catalog.toml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@cache
def small_world() -> World:
    small = {"commits": 400, "issues": 20, "stars": 900, "created": (NOW - timedelta(days=1200)).date()}
    subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world(subjects, NOW.date(), backing=demo_repositories(subjects))


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
    with Server(small_world()) as server, pytest.MonkeyPatch.context() as patch:
        facts = demo_facts(subjects, NOW.date(), 1)
        text = demo_catalog(subjects, facts, server.url, demo_repositories(subjects))
        (folder / "catalog.toml").write_text(text, "utf-8")
        home = {"SPEEDSCORE_CATALOG": str(folder / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(folder / "home")}
        for name, value in (server.environment() | home).items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield Watch(server, folder)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[], Watch]]:
    with watching(tmp_path) as found:
        yield lambda: found


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watching(tmp_path_factory.mktemp("liveness")) as found:
        found.night(0)
        yield found
