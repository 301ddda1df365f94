"""What a table, a pipe and a machine are shown: every column, every number, and nothing that steers a terminal."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from flows.cli.show import show, show_rows
from reports.legible import STEERING


def test_equal_names_of_columns_stay_apart(capsys):
    show_rows(["a", "a", "a_2"], [[1, 2, 3]], "json")
    assert json.loads(capsys.readouterr().out) == [{"a": 1, "a_2": 2, "a_2_2": 3}]

    show_rows(["a", "a"], [[1, 2]], "table")
    assert capsys.readouterr().out.split() == ["a", "a", "1", "2"]

    show_rows(["a", "a"], [[1, 2]], "csv")
    assert capsys.readouterr().out == "a,a\n1,2\n"


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_breaks_nothing(capsys, monkeypatch, number):
    show_rows(["a"], [[number], [[number]]], "json")
    assert json.loads(capsys.readouterr().out) == [{"a": str(number)}, {"a": [str(number)]}]

    for is_terminal in (False, True):
        monkeypatch.setattr("sys.stdout.isatty", lambda is_terminal=is_terminal: is_terminal)
        show_rows(["a"], [[number]], "table")
        assert str(number) in capsys.readouterr().out


def test_decimals_are_numbers(capsys):
    show_rows(["a"], [[Decimal("1.5")], [Decimal(3)], [Decimal("NaN")]], "json")

    assert json.loads(capsys.readouterr().out) == [{"a": 1.5}, {"a": 3}, {"a": "nan"}]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_moment_has_one_form(capsys, form):
    show_rows(["a", "b", "c"], [[datetime(2026, 5, 1, 2), datetime(2026, 5, 1), date(2026, 5, 1)]], form)

    said = capsys.readouterr().out
    assert said.count("2026-05-01") == 3
    assert "2026-05-01 02:00:00" in said
    assert "00:00:00" not in said.replace("02:00:00", "")


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[link=file:///etc]x[/link]"])
def test_marks_of_a_terminal_library_are_shown_as_they_are(monkeypatch, text):
    page = io.StringIO()
    monkeypatch.setattr("sys.stdout", page)
    monkeypatch.setattr(page, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("rich.console.Console", lambda: Console(file=page, width=100))

    show([{"a": text}], ["a"])

    assert text in page.getvalue()


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x1b]8;;http://x\x07", "\x9b31m", "\r", "\n", "\x00", "\u202e"])
def test_nothing_steers_the_terminal(capsys, steering):
    show_rows(["a"], [[f"be{steering}fore"]], "table")

    said = capsys.readouterr().out
    assert not STEERING.search(said)
    assert len(said.splitlines()) == 2

    show_rows(["a"], [[f"be{steering}fore"]], "json")
    said = capsys.readouterr().out
    assert not STEERING.search(said)
    assert json.loads(said) == [{"a": f"be{steering}fore"}]


def test_csv_keeps_numbers_exact_and_text_whole(capsys):
    show_rows(["a", "b", "c"], [[0.1 + 0.2, None, 'one, "two"\nthree']], "csv")

    [_, row] = csv.reader(io.StringIO(capsys.readouterr().out))
    assert row == [str(0.1 + 0.2), "", 'one, "two"\nthree']
