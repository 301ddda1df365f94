"""Every command on a real terminal of 80 and of 200 columns: no number is broken or cut, no word runs over the edge."""

import os
import sys
from pathlib import Path

import pytest
import typer

from flows.cli.app import app
from flows.cli.page import show_page
from tests.captures import LIGHT, READING, SLOW, WIDE_ENOUGH, WIDTHS, asked, capture, numbers
from tests.terminal import said_by, said_by_process
from tests.whole import IS_WHOLE, amount

SPEEDSCORE = str(Path(sys.executable).with_name("speedscore"))
CALLS = [words for words in asked() if words[0] in amount(LIGHT, tuple(READING))]


@pytest.fixture
def scratch(shipped_home, tmp_path, monkeypatch) -> Path:
    """An empty folder; commands find what ships, a browser that opens nothing, and no GitHub."""
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
    monkeypatch.setenv("SPEEDSCORE_GITHUB_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BROWSER", "true")
    return tmp_path


def test_every_command_is_captured():
    assert {*READING, *SLOW} == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_no_number_is_broken_or_cut(scratch, words):
    whole = numbers(capture(WIDE_ENOUGH, words, scratch).said)
    for columns in amount(WIDTHS[:1], WIDTHS):
        terminal = capture(columns, words, scratch)

        assert terminal.said
        assert numbers(terminal.said) <= whole
        assert not over(terminal)


def over(terminal) -> list[str]:
    """Return the lines that ran over the edge, but for paths and addresses, which no terminal is sure to hold."""
    return [line for line in terminal.over if "/" not in line]


PAGE = """# MLX

**Speed Score at least 5.6 of 10** and a sentence that is so long that it wraps, with [a source](https://example.org/1).

- 1,315 members are online in its chat; the middle of its 4 peers is 371, and 86 % of 12,345 questions are answered.

| Figure | Value | Source |
|---|---|---|
| Stars | 195,039 | [github](https://example.org/2): "a\\|b" |
| Forks | 75,500 | [github](https://example.org/3) |
"""


def test_a_page_wraps_between_words_and_lays_out_its_tables():
    wide, narrow = (said_by(columns, lambda: show_page(PAGE)) for columns in (WIDE_ENOUGH, 40))

    assert numbers(narrow.said) == numbers(wide.said)
    assert not over(narrow)
    assert "**" not in narrow.said
    assert 'Stars   195,039  github: "a|b"' in narrow.said


def test_the_edge_of_a_terminal_breaks_what_does_not_fit():
    terminal = said_by(80, lambda: sys.stdout.write("a" * 75 + " 123456\n"))

    assert numbers(terminal.said) == {"1234", "56"}
    assert over(terminal)


@pytest.mark.skipif(not IS_WHOLE, reason="minutes; make test-whole runs them")
@pytest.mark.prefect
@pytest.mark.parametrize("columns", WIDTHS)
def test_the_demo_and_the_schedules_are_whole_too(tmp_path, columns):
    own = {key: value for key, value in os.environ.items() if not key.startswith("SPEEDSCORE_")}
    kept = [SPEEDSCORE, "demo", "--keep", str(tmp_path / "demo"), "--subject", "keras", "--subject", "mxnet"]
    demo = said_by_process(columns, kept, own)

    assert "every figure above is invented" in " ".join(demo.said.split())
    assert not over(demo)
    own["SPEEDSCORE_HOME_DIR"] = str(tmp_path / "demo")
    serve = said_by_process(columns, [SPEEDSCORE, "serve"], own, until="serving nightly", patience_s=300)
    assert "serving nightly" in serve.said
    assert not over(serve)
