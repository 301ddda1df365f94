"""`status` for monitors, and tables that can always be shown whole."""

import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta

import duckdb
import pytest
import typer

from catalog.errors import InputError
from catalog.observation import Reason
from flows.cli.app import app
from flows.clock import utc_now
from flows.settings import load_settings
from flows.stages.score import falls_ahead
from scoring.blocks import blocks_of

BEFORE_A_FALL = datetime(2026, 9, 21)
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


def test_a_span_of_gaps_that_runs_backwards_is_refused(home):
    with pytest.raises(InputError, match="--from 2026-08-20 lies after --to 2026-08-10; turn them round"):
        app(["gaps", "--from", "2026-08-20", "--to", "2026-08-10"], standalone_mode=False)


def test_gaps_up_to_a_day_are_those_of_the_month_before_it(home, capsys):
    assert app(["gaps", "--to", "2026-01-31", "--json"], standalone_mode=False) == 0

    days = {row["first"][:10] for row in json.loads(capsys.readouterr().out) if row["metric"] == "github.commits_7d"}
    assert min(days) == "2026-01-01"


def test_whatever_shows_a_table_can_show_every_column():
    known = typer.main.get_command(app).commands
    calls = known | {
        f"{name} {inner}": call for name in ("backtest", "research") for inner, call in known[name].commands.items()
    }
    options = {name: {one for option in call.params for one in option.opts} for name, call in calls.items()}

    assert {name for name, own in options.items() if "--json" in own and "--wide" not in own} == NO_TABLE


def test_what_is_lost_within_a_month_is_the_same_whether_subjects_are_looked_at_in_blocks_or_together(
    home, monkeypatch
):
    whole = falls_ahead(load_settings(), BEFORE_A_FALL)
    monkeypatch.setattr("flows.stages.score.blocks_of", lambda subjects: blocks_of(subjects, 3))

    assert len(whole) > 3
    assert falls_ahead(load_settings(), BEFORE_A_FALL) == whole


def test_of_very_many_subjects_the_best_are_listed_and_the_others_counted(home, capsys, monkeypatch):
    monkeypatch.setattr("flows.cli.state.LISTED", 5)

    assert status() == 0

    printed = capsys.readouterr()
    assert len(printed.out.partition("coverage")[2].split("\n\n")[0].splitlines()) == 6
    assert "9 more subjects: speedscore sql 'from leaderboard'" in printed.err


@pytest.mark.parametrize(
    ("command", "unneeded"), [("gaps", {"github", "bs4", "jinja2", "numpy"}), ("status", {"github", "bs4", "jinja2"})]
)
def test_who_only_reads_does_not_wait_for_what_collecting_needs(home, command, unneeded):
    code = f"import flows.cli.app, sys; flows.cli.app.app([{command!r}], standalone_mode=False); print(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.splitlines()[-1].split())

    assert "duckdb" in loaded
    assert unneeded & loaded == set()


@pytest.mark.parametrize("command", [["status"], ["health"]])
@pytest.mark.parametrize("hours", ["nan", "-1"])
def test_no_age_is_no_limit_for_a_monitor(home, command, hours):
    with pytest.raises(typer.BadParameter):
        app([*command, "--max-age", hours], standalone_mode=False)
