"""`status` for monitors, and tables that can always be shown whole."""

import shutil
from datetime import datetime, timedelta

import duckdb
import pytest
import typer

from catalog.observation import Reason
from flows.cli.app import app
from flows.clock import utc_now

NO_TABLE = {"accept", "backup", "restore", "prune", "migrate-warehouse"}


@pytest.fixture
def home(shipped_home, tmp_path, monkeypatch):
    shutil.copy(shipped_home / "speedscore.duckdb", tmp_path)
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    return tmp_path


def status(*words: str) -> int:
    return app(["status", *words], standalone_mode=False) or 0


def a_night_ended(home, moment: datetime) -> None:
    with duckdb.connect(str(home / "speedscore.duckdb")) as connection:
        connection.execute(
            "insert into run by name select 'a-night' as run_id, 'nightly' as kind, $1 as known_at, $1 as started_at, "
            "$1 as finished_at, 'complete' as status, 1 as observations, 0 as missing, 0 as quarantined, "
            "'0' as version, '{}' as detail_json",
            [moment],
        )


def test_without_a_night_the_monitor_is_told_and_the_reader_is_not_bothered(home, capsys):
    assert status() == 0
    assert status("--max-age", "30") == 1

    assert "too old: no night has landed; next: speedscore nightly" in capsys.readouterr().err


def test_a_night_is_too_old_after_so_many_hours(home, capsys):
    a_night_ended(home, utc_now() - timedelta(hours=31))

    assert status("--max-age", "32") == 0
    assert status("--max-age", "30", "--json") == 1
    assert "too old: a-night ended 31.0 h ago" in capsys.readouterr().err


def test_a_reason_is_told_in_words_below_the_table(home, capsys):
    assert app(["gaps"], standalone_mode=False) == 0

    printed = capsys.readouterr()
    assert "incomplete" in printed.out
    assert f"incomplete: {Reason.INCOMPLETE.told}" in printed.err


def test_whatever_shows_a_table_can_show_every_column():
    known = typer.main.get_command(app).commands
    calls = known | {
        f"{name} {inner}": call for name in ("backtest", "research") for inner, call in known[name].commands.items()
    }
    options = {name: {one for option in call.params for one in option.opts} for name, call in calls.items()}

    assert {name for name, own in options.items() if "--json" in own and "--wide" not in own} == NO_TABLE
