"""No traceback reaches a terminal: it lies in the log, whose path the one sentence names."""

import os
import subprocess
import sys

import pytest

BREAK = "import flows.cli.app as app, flows.stages.score as score; score.score_days = lambda *_: 1 / 0; app.main()"


def test_what_nobody_expected_is_one_sentence_and_its_traceback_is_kept(tmp_path):
    done = broken(tmp_path / "home")

    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "(ZeroDivisionError); the traceback is in" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "ZeroDivisionError: division by zero" in (tmp_path / "home" / "speedscore.log").read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a folder that is a file is told otherwise there")
def test_where_no_log_can_be_written_the_sentence_holds_the_reason(tmp_path):
    (tmp_path / "home").write_text("no folder", "utf-8")

    done = broken(tmp_path / "home")

    assert done.returncode == 1
    assert "no log can be written; it said: division by zero" in done.stderr


def broken(home):
    environment = os.environ | {"SPEEDSCORE_HOME_DIR": str(home)}
    command = [sys.executable, "-c", BREAK, "score", "--as-of", "2024-01-31"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
