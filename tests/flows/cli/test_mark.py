"""Whatever tells a figure of a demo says that it is invented."""

import json
import shutil

import duckdb
import pytest

from flows.cli.app import app
from warehouse.label import set_label

DAY = ("--as-of", "2024-01-31")


@pytest.fixture
def demo_home(shipped_home, tmp_path, monkeypatch):
    for name in ("speedscore.duckdb", "speedscore.writer.duckdb"):
        shutil.copy(shipped_home / name, tmp_path)
        with duckdb.connect(str(tmp_path / name)) as connection:
            set_label(connection, "DEMO")
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "pytorch", "tensorflow", *DAY),
        ("explain", "pytorch", "--from", "2024-01-20", "--to", "2024-01-31"),
        ("score", *DAY),
        ("status",),
    ],
    ids=lambda words: words[0],
)
def test_a_table_of_a_demo_says_so(demo_home, capsys, words):
    app(list(words), standalone_mode=False)

    assert "DEMO: invented figures of a local replica" in capsys.readouterr().err


def test_a_comparison_of_a_demo_says_so_to_machines(demo_home, capsys):
    app(["compare", "pytorch", "tensorflow", *DAY, "--json"], standalone_mode=False)

    assert json.loads(capsys.readouterr().out)["label"] == "DEMO"
