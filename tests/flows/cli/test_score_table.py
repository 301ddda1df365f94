"""The table of `score` tells what is withheld before it runs out of room."""

import json
from pathlib import Path

import pytest

from flows.cli.app import app
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


def test_machines_get_the_subject_and_the_interval_that_people_see(scratch, capsys):
    app(["score", "--as-of", "2024-01-31", "--json"], standalone_mode=False)

    rows = {row["subject"]: row for row in json.loads(capsys.readouterr().out)}
    asked = "select subject, i.lo as p5, i.hi as p95, measured_share from score_interval i join score using (subject, as_of, rubric)"
    app(["sql", "--json", asked], standalone_mode=False)
    stored = json.loads(capsys.readouterr().out)

    assert stored
    assert [{name: rows[one["subject"]][name] for name in one} for one in stored] == stored
