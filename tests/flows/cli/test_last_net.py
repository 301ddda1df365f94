"""No traceback reaches a terminal: it lies in the log, whose path the one sentence names."""

import errno
import os
import subprocess
import sys

import pytest

from flows.cli.ending import ending

BREAK = "import flows.cli.app as app, flows.stages.score as score; score.score_days = lambda *_: exec({!r}); app.main()"


def test_what_nobody_expected_is_one_sentence_and_its_traceback_is_kept(tmp_path):
    done = broken(tmp_path / "home")

    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "(ZeroDivisionError); the traceback is in" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "ZeroDivisionError: division by zero" in (tmp_path / "home" / "speedscore.log").read_text("utf-8")


def test_what_does_not_fit_into_memory_says_what_to_do(tmp_path):
    done = broken(tmp_path / "home", "import duckdb; raise duckdb.OutOfMemoryException('full')")

    assert done.returncode == 1
    assert "needs more memory than the database's 2 GB; ask about fewer subjects or days; the" in done.stderr


@pytest.mark.parametrize("name", ["InternalException", "FatalException"])
def test_a_fault_within_the_database_says_what_became_of_the_warehouse(tmp_path, name):
    done = broken(tmp_path / "home", f"import duckdb; raise duckdb.{name}('INTERNAL Error: x" + r"\\nStack Trace:')")

    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "the database failed within; what had landed stays, nothing is half done; run it again; the" in done.stderr
    assert "Stack Trace" in (tmp_path / "home" / "speedscore.log").read_text("utf-8")


def test_where_no_log_can_be_written_the_sentence_says_so(tmp_path):
    (tmp_path / "home" / "speedscore.log").mkdir(parents=True)

    done = broken(tmp_path / "home")

    assert done.returncode == 1
    assert "(ZeroDivisionError); no log can be written" in done.stderr


def test_no_secret_reaches_the_log(tmp_path):
    broken(tmp_path, "raise RuntimeError('ghp_sesame https://x.test/?key=se_sesame')", GITHUB_TOKEN="ghp_sesame")

    log = (tmp_path / "speedscore.log").read_text("utf-8")
    assert "RuntimeError" in log
    assert "sesame" not in log


def broken(home, fault="1 / 0", **more):
    environment = os.environ | {"SPEEDSCORE_HOME_DIR": str(home)} | more
    command = [sys.executable, "-c", BREAK.format(fault), "score", "--as-of", "2024-01-31"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("number", "what_next"),
    [
        (errno.EACCES, "give this user the right to it, or name another place"),
        (errno.EROFS, "give this user the right to it, or name another place"),
        (errno.ENOENT, "see whether its folder is there and can be written, or name another place"),
        (errno.ENOSPC, "make room on its disk, then run it again"),
        (0, "run it again, and report it where it stays so"),
        (errno.EIO, "see whether the disk is well, then run it again"),
    ],
)
def test_what_the_disk_refuses_is_named_with_the_next_step(capsys, number, what_next):
    with pytest.raises(SystemExit) as ended, ending():
        raise OSError(number, "No", "/data/raw")

    assert ended.value.code == 1
    assert capsys.readouterr().err == f"speedscore: /data/raw: No; {what_next}\n"
