"""Days and moments as people write them; what cannot have been is one sentence, whatever the command."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from catalog.errors import InputError
from flows.cli.app import app
from flows.cli.arguments import day, moment
from flows.clock import end_of_today, utc_now


def test_a_leap_day_and_the_end_of_a_year_are_days():
    assert day("2024-02-29") == datetime(2024, 2, 29)
    assert day("2025-12-31") == datetime(2025, 12, 31)


def test_tomorrow_is_a_day_where_it_has_come_and_the_day_after_is_not():
    assert day(f"{end_of_today():%Y-%m-%d}") == end_of_today()
    assert day(f"{end_of_today() + timedelta(days=1):%Y-%m-%d}")
    with pytest.raises(InputError, match="lies in the future, of which nothing is known; name a day up to"):
        day(f"{end_of_today() + timedelta(days=2):%Y-%m-%d}")


@pytest.mark.parametrize("text", ["2023-02-29", "2024-13-01", "yesterday", "", "2024-1-1", "31.01.2024", "99999-01-01"])
def test_what_is_no_day_is_named(text):
    with pytest.raises(InputError, match="is not a day; write it like 2024-01-31"):
        day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "9999-12-31"])
def test_what_cannot_have_been_is_named(text):
    for read in (day, moment):
        with pytest.raises(InputError, match=r"lies (before|in the future)"):
            read(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_what_lies_beyond_the_calendar_is_named(text):
    with pytest.raises(InputError, match="lies beyond the calendar"):
        moment(text)


def test_a_moment_of_kiritimati_is_told_in_utc():
    assert moment("2024-02-29T01:00:00+14:00") == datetime(2024, 2, 28, 11)


@given(st.text(max_size=30))
def test_any_other_text_is_bad_input(text):
    for read in (day, moment):
        with suppress(InputError):
            read(text)


@pytest.mark.parametrize(
    "command",
    [
        ["score", "--as-of", "2130-01-01"],
        ["score", "--from", "2026-01-01", "--to", "2130-01-01"],
        ["score", "--known-at", "2130-01-01"],
        ["card", "jax", "--as-of", "2130-01-01"],
        ["backfill", "--from", "2026-01-01", "--to", "2130-01-01"],
        ["backtest", "ranks", "--as-of", "2130-01-01"],
    ],
    ids=" ".join,
)
def test_no_command_lands_a_day_to_come(tmp_path, monkeypatch, command):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))

    assert isinstance(CliRunner().invoke(app, command).exception, InputError)
    assert not (tmp_path / "speedscore.duckdb").exists()


@pytest.mark.parametrize("command", [["score"], ["explain", "jax", "--from", "2024-01-01", "--to", "2024-06-01"]])
def test_a_moment_before_all_knowledge_is_refused_with_when_it_begins(shipped_home, monkeypatch, command):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    before = (shipped_home / "speedscore.duckdb").read_bytes()

    found = CliRunner().invoke(app, [*command, "--known-at", "2020-01-01"])

    assert isinstance(found.exception, InputError)
    assert "knew nothing yet at 2020-01-01 00:00:00 UTC; it knows something from" in str(found.exception)
    assert (shipped_home / "speedscore.duckdb").read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ["score", "--as-of", ""],
        ["score", "--known-at="],
        ["accept", "jax", "github.stars", "--until", ""],
        ["gaps", "--to", ""],
        ["report", "--out", ""],
        ["import", ""],
        ["backtest", "ranks", "--as-of", ""],
        ["sql", "--file", ""],
    ],
    ids=" ".join,
)
def test_an_empty_text_is_no_value_and_not_the_folder_where_one_stands(shipped_home, tmp_path, monkeypatch, command):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    monkeypatch.chdir(tmp_path)

    found = CliRunner().invoke(app, command)

    assert isinstance(found.exception, InputError)
    assert "an empty text" in str(found.exception)
    assert list(tmp_path.iterdir()) == []


def test_what_was_known_at_a_moment_to_come_cannot_be_asked_for_yet(shipped_home, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    before = (shipped_home / "speedscore.duckdb").read_bytes()
    ahead = utc_now() + timedelta(hours=2)

    found = CliRunner().invoke(app, ["score", "--as-of", "2024-01-15", "--known-at", f"{ahead:%Y-%m-%dT%H:%M:%S}"])

    assert isinstance(found.exception, InputError)
    assert "nobody knows yet what will be known at" in str(found.exception)
    assert (shipped_home / "speedscore.duckdb").read_bytes() == before
