"""The backtests as commands, on the real recordings where they are."""

import json

import pytest
from typer.testing import CliRunner

from catalog.errors import InputError
from catalog.load import load_catalog
from flows.cli.app import app
from flows.settings import load_settings
from tests.whole import long


@long
def test_survival_is_foretold_by_flows_and_not_by_the_share_ever_closed(recorded):
    rows = told(["backtest", "survival", "--data", str(recorded / "github_snapshots"), "--json"])
    forecasts = {row["forecast"] for row in rows}

    assert sorted(forecasts) == ["2021-11-17", "2022-01-06"]
    for day in forecasts:
        area = {row["signal"]: row["auc"] for row in rows if row["forecast"] == day}
        assert area["ecosystem 2026.1"] > 0.73
        assert area["ecosystem 2024.1"] > 0.70
        assert area["stars"] < 0.65
        assert 0.45 < area["ever_closed"] < 0.57
    assert {(row["forecast"], row["lived"] + row["died"]) for row in rows} == {("2021-11-17", 278), ("2022-01-06", 304)}


@long
def test_who_left_the_list_counts_and_the_end_is_not_only_commits(recorded):
    command = ["backtest", "abandonment", "--data", str(recorded / "github_snapshots"), "--json"]
    rows = json.loads(CliRunner().invoke(app, command).stdout)["signals"]

    told = {(row["forecast"], row["given_up"], row["lasting"], row["censored"]) for row in rows}
    assert told == {("2021-11-17", 60, 219, 36), ("2022-01-06", 50, 255, 33)}
    for row in rows:
        assert row["lo"] <= row["auc"] <= row["hi"]
        if row["signal"] in {"stars", "forks", "ever_closed"}:
            assert row["above_hi"] < 0


@pytest.mark.parametrize("command", ["survival", "abandonment"])
def test_a_folder_without_snapshots_is_named(home, tmp_path, command):
    found = CliRunner().invoke(app, ["backtest", command, "--data", str(tmp_path)])

    assert "no whole snapshots of best-of-ml-python" in str(found.exception)


@pytest.mark.parametrize("name", ["mine_projects.csv", "2021-13-45_projects.csv", "9999-01-01_projects.csv"])
def test_a_snapshot_of_a_day_that_cannot_have_been_is_bad_input(home, tmp_path, name):
    (tmp_path / name).write_text("github_id,star_count,contributor_count,projectrank\na/b,1,1,1\n", "utf-8")

    found = CliRunner().invoke(app, ["backtest", "abandonment", "--data", str(tmp_path)])

    assert isinstance(found.exception, InputError)


def test_the_seed_card_is_scored_again(home):
    rows = told(["backtest", "seed", "--json"])

    assert [(row["figure"], row["published"], row["scored"]) for row in rows] == [
        ("speed_mean", 8.96, 8.96),
        ("ecosystem", 9.5, 9.5),
        ("production", 8.5, 8.5),
        ("research", 9.8, 9.8),
        ("learning", 9.0, 9.0),
        ("performance", 8.0, 8.0),
    ]


def test_ranks_are_told_in_every_world_of_a_published_subject(home):
    rows = told(["backtest", "ranks", "--as-of", "2024-01-31", "--rubric", "2024.1", "--json"])

    assert {row["subject"] for row in rows} == {"pytorch"}
    assert len(rows) == 7


def test_without_a_published_subject_there_are_no_ranks(home):
    assert told(["backtest", "ranks", "--as-of", "2015-01-01", "--json"]) == []


def test_no_number_of_the_shipped_history_moves_when_a_subject_is_left_out(home):
    rows = told(["backtest", "irrelevant", "--as-of", "2024-01-31", "--rubric", "2024.1", "--json"])

    assert len(rows) == len(load_catalog().subjects)
    assert {row["moved"] for row in rows} == {0.0}


def told(command: list[str]) -> list[dict]:
    found = CliRunner().invoke(app, command)
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    return load_settings()
