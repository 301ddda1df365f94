"""A run is replayed when its answers were kept, whether it landed or died before; a mistyped one lands nothing."""

from datetime import datetime

import pytest
from typer.testing import CliRunner

from catalog.errors import InputError
from flows.cli.app import app
from flows.settings import load_settings
from flows.stages.seam import replayable

DIED = "20260501T020304-nightly-abcdef"


@pytest.mark.parametrize("run", ["nope", DIED, "../../etc/passwd"])
def test_a_run_that_was_never_kept_is_named_and_lands_nothing(home, run):
    found = CliRunner().invoke(app, ["nightly", "--replay", run])

    assert isinstance(found.exception, InputError)
    assert repr(run) in str(found.exception)
    assert not (home / "speedscore.duckdb").exists()


def test_a_run_that_died_before_it_landed_began_when_its_name_says(home):
    kept(home, DIED)

    assert replayable(load_settings(), DIED) == datetime(2026, 5, 1, 2, 3, 4)


def test_a_run_of_which_nobody_knows_when_it_began_is_refused(home):
    kept(home, "mine")

    with pytest.raises(InputError, match="nobody knows when run 'mine' began"):
        replayable(load_settings(), "mine")


def kept(home, run):
    (home / "raw" / "runs").mkdir(parents=True)
    (home / "raw" / "runs" / f"{run}.jsonl").write_text("", "utf-8")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"
