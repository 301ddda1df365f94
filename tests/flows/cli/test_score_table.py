"""The table of `score` tells what is withheld before it runs out of room."""

from pathlib import Path

import pytest

from tests.captures import DAY, capture


@pytest.fixture
def scratch(shipped_home, tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    return tmp_path


def test_a_terminal_of_80_columns_tells_range_status_and_coverage_of_each_score(scratch):
    said = capture(80, ("score", *DAY), scratch).said

    [line] = [line for line in said.splitlines() if line.startswith("PyTorch ")]
    assert line.split()[2:] == ["9.0", "8.3", "to", "9.1", "final", "100%", "2024.1"]
    assert said.count("withheld") == 13
