"""A command ends cleanly: Ctrl-C is one sentence, and a reader that leaves disturbs nobody."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.collectors.loopback import serving
from tests.processes import children_of, ends
from tests.warehouse.writer import land_batch
from tests.whole import amount, long

SENTENCE = "speedscore: interrupted; what had landed stays, nothing is half done\n"
SLOW = "import flows.cli.app as app, flows.stages.score as score, threading; score.score_days = lambda *_: (print('asking', flush=True), threading.Event().wait()); app.main()"
THREADED = "import flows.cli.app as app, flows.stages.score as score, threading, concurrent.futures as futures; score.score_days = lambda *_: futures.ThreadPoolExecutor(1).submit(lambda: (print('asking', flush=True), threading.Event().wait())).result(); app.main()"
MANY = "select range, repeat('x', 100) from range(50000)"


@pytest.mark.parametrize("code", [SLOW, THREADED], ids=["in the main thread", "in a thread that nobody can wake"])
def test_an_interrupt_is_one_sentence_and_exit_130(home, code):
    with begun([sys.executable, "-c", code, "score", "--as-of", "2024-01-31"], home) as process:
        assert process.stdout.readline() == "asking\n"
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=30)

    assert (process.returncode, said, told) == (130, "", SENTENCE)


def test_an_interrupt_ends_git_that_is_still_fetching(home, tmp_path):
    """Git runs in a group of its own, which no Ctrl-C reaches."""
    asked = threading.Event()

    def answer(wire, _) -> None:
        asked.set()
        wire.server.released.wait(30)

    with serving(answer) as server:
        code = (
            "import time; from pathlib import Path; from flows.cli.ending import leave_when_interrupted; "
            "from collectors.git.process import run; leave_when_interrupted(); "
            f"run(Path({str(tmp_path)!r}), 'ls-remote', {server.url + '/x.git'!r}, ends_at=time.monotonic() + 60)"
        )
        with begun([sys.executable, "-c", code], home) as process:
            assert asked.wait(30)
            [git] = children_of(process.pid)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 130
            assert ends(git)


@pytest.mark.parametrize("form", amount(["table"], ["csv", "json", "table"]))
def test_a_reader_that_leaves_early_gets_no_traceback_and_exit_0(home, form):
    land_batch(home / "speedscore.duckdb", 0)
    with begun([sys.executable, "-m", "flows", "sql", MANY, "--format", form], home) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""

        assert process.wait(60) == 0


def test_a_reader_that_has_left_before_the_first_word_gets_exit_0(home):
    process = begun([sys.executable, "-m", "flows", "--help"], home)
    process.stdout.close()
    with process:
        assert process.stderr.read() == ""
        assert process.wait(60) == 0


@long
def test_where_nobody_reads_the_notes_the_command_does_its_work(home):
    process = begun([sys.executable, "-m", "flows", "score", "--as-of", "2024-01-31"], home)
    process.stderr.close()
    with process:
        process.stdout.read()
        assert process.wait(60) == 0
    assert (home / "speedscore.duckdb").exists()


# --- fixtures and builders ---


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def begun(command: list[str], home: Path) -> "subprocess.Popen[str]":
    environment = os.environ | {"SPEEDSCORE_HOME_DIR": str(home)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_command_that_ends_looks_for_no_cycles_in_what_goes_with_it():
    """It takes as long as a tenth of a card."""
    counted = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count())); "
    code = f"{counted} import flows.cli.app as app; app.main()"
    told = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True)

    assert int(told.stdout.split()[-1]) > 10_000
