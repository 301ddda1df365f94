"""`compare` shows those that are compared, however narrow the terminal, and says so where nothing is known."""

from pathlib import Path

import pytest

from flows.cli.app import app
from tests.captures import DAY, capture


@pytest.fixture
def scratch(shipped_home, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    return tmp_path


def test_a_narrow_terminal_leaves_out_no_value_and_no_unit(scratch):
    said = capture(60, ("compare", "pytorch", "tensorflow", "jax", *DAY), scratch).said

    [line] = [line for line in said.splitlines() if line.startswith("stars ")]
    assert [word for word in line.split() if word[0].isdigit()] == ["77,000", "179,730", "25,350"]
    assert "accounts" in said


def test_a_figure_past_its_age_is_told_as_too_old(scratch, capsys):
    app(["compare", "mlx", "jax", "--as-of", "2026-11-30", "--all"], standalone_mode=False)

    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("stars ")]
    assert "28,100 accounts (too old)" in line


def test_a_figure_that_somebody_lacks_is_explained(scratch, capsys):
    app(["compare", "pytorch", "tensorflow", *DAY], standalone_mode=False)

    assert "-: not known, or does not apply" in capsys.readouterr().err


def test_of_a_day_of_which_nothing_is_known_no_figure_is_shown(scratch, capsys):
    app(["compare", "pytorch", "jax", "--as-of", "1999-01-01"], standalone_mode=False)

    said = capsys.readouterr()
    assert "no figure of any of them is known of that day" in said.err
    assert "dimension" not in said.out
