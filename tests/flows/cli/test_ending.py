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


TAKEN_APART = """
import atexit, os, threading, time
import flows.cli.app as app

class Kept:
    def __del__(self, write=os.write): write(1, b"taken apart\\n")

kept = Kept()
atexit.register(lambda: print("told of the end"))
threading.Thread(target=lambda: (time.sleep(0.3), print("a thread ends"))).start()
app.main()
"""


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["score", "--as-of", "nonsense"], 2)])
def test_a_command_that_ends_waits_for_its_threads_and_takes_nothing_apart(home, words, code):
    """DuckDB 2 would tell the terminal of every object of its own, and looking for garbage takes a tenth of a second."""
    with begun([sys.executable, "-c", TAKEN_APART, *words], home) as process:
        said, told = process.communicate(timeout=60)

    assert process.returncode == code
    assert said.split("\n")[-3:] == ["a thread ends", "told of the end", ""]
    assert ("is not a day" in told) is (code == 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_cannot_be_written_is_no_success(home):
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [sys.executable, "-m", "flows", "--version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert told.returncode == 1
    assert "No space left on device" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_whose_input_or_output_is_closed_does_its_work(shipped_home, closed):
    told = subprocess.run(
        ["bash", "-c", f'"$0" -m flows card pytorch --as-of 2024-01-31 {closed}', sys.executable],
        env=os.environ | {"SPEEDSCORE_HOME_DIR": str(shipped_home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, told.stderr) == (0, "")
    assert (">&-" in closed.split()) == (not told.stdout)


@pytest.mark.parametrize("encoding", ["ascii:surrogateescape", "ascii", "latin-1"])
def test_an_output_without_the_letters_shows_which_they_are(shipped_home, encoding):
    told = subprocess.run(
        [sys.executable, "-m", "flows", "sql", "select 'é' as a, '█' as b"],
        env=os.environ | {"SPEEDSCORE_HOME_DIR": str(shipped_home), "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )

    assert told.returncode == 0
    assert told.stderr == b""
    assert told.stdout.splitlines()[1].split() == ["é".encode(encoding.split(":")[0], "backslashreplace"), b"\\u2588"]


# --- fixtures and builders ---


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def begun(command: list[str], home: Path) -> "subprocess.Popen[str]":
    environment = os.environ | {"SPEEDSCORE_HOME_DIR": str(home)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
