"""Real history under rubric 2026.1: a framework that died is seen to die, one that slows does not rise, one thrives."""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
import pytest

from flows.settings import Settings, load_settings
from flows.stages.importing import import_files
from flows.stages.score import score_days
from flows.stages.spans import days_between
from warehouse.query import ask
from warehouse.reader import open_reader

EXCERPT = "github_snapshots/best_of_ml_python/framework_rows_2020-11_to_2023-12.csv"
RANKING = "github_snapshots/evanli_github_ranking/framework_rows_2018-12_to_2023-12.csv.gz"
FOUR = """
schema = 1
mode = "replace"
[[subject]]
id = "mxnet"
name = "MXNet"
kind = "framework"
github = "apache/mxnet"
github_former = ["apache/incubator-mxnet"]
[[subject]]
id = "tensorflow"
name = "TensorFlow"
kind = "framework"
github = "tensorflow/tensorflow"
[[subject]]
id = "pytorch"
name = "PyTorch"
kind = "framework"
github = "pytorch/pytorch"
[[subject]]
id = "paddle"
name = "PaddlePaddle"
kind = "framework"
github = "PaddlePaddle/Paddle"
"""
AUGUST = datetime(2022, 8, 1)
FAILED = pl.col("github_id").eq("tensorflow/tensorflow") & pl.col("contributor_count").cast(pl.Float64).lt(1_000)


def test_a_retired_framework_ends_under_two(ecosystems):
    mxnet = ecosystems["mxnet"]

    assert mxnet[min(mxnet)] > 4
    assert mxnet[datetime(2024, 1, 1)] == pytest.approx(0.5, abs=0.05)
    assert all(raw < 2 for day, raw in mxnet.items() if day >= datetime(2022, 12, 1))


def test_its_end_is_noticed_when_its_commits_end(states):
    """Its last push was on 2023-01-26; a count of commits stood still from then on."""
    assert states["mxnet"][1:] == [(datetime(2022, 11, 10), 1), (datetime(2023, 8, 3), 0)]


def test_a_framework_does_not_rise_while_its_activity_falls(ecosystems, tensorflow_commits):
    tensorflow = ecosystems["tensorflow"]
    winter, next_winter = datetime(2023, 1, 2), datetime(2024, 1, 1)

    assert tensorflow_commits[next_winter] < 0.75 * tensorflow_commits[winter]
    assert tensorflow[next_winter] < tensorflow[winter] < 9.1


def test_a_framework_that_thrives_stays_above_nine(ecosystems):
    pytorch = {day: raw for day, raw in ecosystems["pytorch"].items() if day >= AUGUST}

    assert len(pytorch) > 50
    assert min(pytorch.values()) > 9


def test_those_who_live_are_never_taken_for_dying(states):
    assert [state for name in ("pytorch", "tensorflow") for _, state in states[name]] == [4, 4]


def test_a_count_that_stood_still_for_a_year_while_pushes_went_on_calls_nobody_dead(states):
    """The tracker kept 15,069 commits from 2020-11-30 to 2022-01-06."""
    assert [state for _, state in states["paddle"]] == [4]


def test_the_weeks_in_which_the_tracker_failed_on_tensorflow_move_no_score(recorded, tmp_path, monkeypatch):
    rows = pl.read_csv(recorded / EXCERPT, infer_schema=False)
    left_out = pl.when(FAILED).then(None).otherwise("contributor_count").alias("contributor_count")

    with_them = tensorflow_of(rows, settings_in(tmp_path / "with", monkeypatch))
    without_them = tensorflow_of(rows.with_columns(left_out), settings_in(tmp_path / "without", monkeypatch))

    assert with_them == without_them
    assert sum(raw is not None for _, raw in with_them) > 140


@pytest.fixture(scope="module")
def replayed(recorded, tmp_path_factory) -> Iterator[Settings]:
    """Four frameworks as two trackers saw them, scored on every Monday."""
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_in(tmp_path_factory.mktemp("history"), patch)
        import_files(settings, [recorded / EXCERPT, recorded / RANKING])
        score_weeks(settings)
        yield settings


@pytest.fixture(scope="module")
def ecosystems(replayed) -> dict[str, dict[datetime, float]]:
    """Return by subject the published ecosystems before rounding."""
    found: dict[str, dict[datetime, float]] = {}
    asked = "select subject, as_of, raw from dimension_score where dimension = 'ecosystem' and score is not null"
    for subject, as_of, raw in query(replayed, asked):
        found.setdefault(subject, {})[as_of] = raw
    return found


@pytest.fixture(scope="module")
def states(replayed) -> dict[str, list[tuple[datetime, float]]]:
    """Return by subject the days on which the state of its repository became another one."""
    asked = """
      from (
        select subject, valid_at, value, lag(value) over (partition by subject order by valid_at) as was
        from observation_current where metric = 'liveness.main' and value is not null
      )
      select subject, valid_at, value where value is distinct from was order by all
    """
    found: dict[str, list[tuple[datetime, float]]] = {}
    for subject, day, state in query(replayed, asked):
        found.setdefault(subject, []).append((day, state))
    return found


@pytest.fixture(scope="module")
def tensorflow_commits(replayed) -> dict[datetime, float]:
    asked = "from contribution select as_of, value where subject = 'tensorflow' and metric = 'github.commits_90d'"
    return dict(query(replayed, asked))


def tensorflow_of(rows: pl.DataFrame, settings: Settings) -> list[tuple]:
    rows.write_csv(settings.home_dir / "rows.csv")
    import_files(settings, [settings.home_dir / "rows.csv"])
    score_weeks(settings)
    asked = "from dimension_score select as_of, raw where subject = 'tensorflow' and dimension = 'ecosystem' order by 1"
    return query(settings, asked)


def score_weeks(settings: Settings) -> None:
    score_days(settings, days_between(date(2020, 12, 7), date(2024, 1, 1), "week"), "2026.1")


def settings_in(home, patch: pytest.MonkeyPatch) -> Settings:
    home.mkdir(exist_ok=True)
    (home / "own.toml").write_text(FOUR, encoding="utf-8")
    patch.chdir(home)
    patch.setenv("SPEEDSCORE_CATALOG", str(home / "own.toml"))
    patch.setenv("SPEEDSCORE_HOME_DIR", str(home))
    return load_settings()


def query(settings: Settings, text: str) -> list[tuple]:
    with open_reader(settings.published) as reader:
        return ask(reader, text).rows
