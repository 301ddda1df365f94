"""On a terminal: no number is broken, columns are chosen by width, wide rows become records."""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.cli.app import app
from flows.cli.layout import Column, layout
from flows.cli.show import Width, show_rows

NUMBER = re.compile(r"\d(?:[\d.,:%-]*[\d%])?")


def test_wide_shows_every_column_however_narrow_the_terminal(terminal):
    narrow, wide = (terminal(80, "subjects", *more) for more in ([], ["--wide"]))

    assert "github_former" not in narrow
    assert "github_former" in wide.splitlines()[0]
    assert max(map(len, wide.splitlines())) > 80


CELLS = st.one_of(
    st.none(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False), st.dates(),
    st.text(st.characters(codec="ascii", categories=["L", "Zs"]), max_size=60), st.just("https://a.b/" + "x" * 60),
)  # fmt: skip


ROWS = st.lists(st.tuples(*[CELLS] * 6).map(list), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS, st.integers(20, 200))
def test_any_rows_keep_their_numbers_whole(rows, width):
    with pytest.MonkeyPatch.context() as patch:
        columns = [f"c_{'abcdefghi'[place]}" for place in range(len(rows[0]))]
        said = on_terminal(patch, width, lambda: show_rows(columns, rows, "table"))
        whole = on_terminal(patch, 10_000, lambda: show_rows(columns, rows, "table"))

        assert set(NUMBER.findall(said)) <= set(NUMBER.findall(whole))


def test_columns_that_do_not_fit_are_left_out_from_the_end():
    names = ("Hugging Face Transformers", "MLX")
    columns = [Column("name", names), Column("score", ("9.1", "9")), Column("why", ("x" * 39, "x"))]

    assert layout(columns, 200).hidden == ()
    narrow = layout(columns, 30)
    assert narrow.hidden == ("why",)
    assert sum(narrow.widths) + 2 <= 30
    assert layout(columns, 10) is None


def test_a_single_row_that_does_not_fit_is_a_record_and_no_row_grows_high():
    words = "told at length " * 30

    assert layout([Column("name", ("MLX",)), Column("why", (words,))], 60) is None
    tall = layout([Column("name", ("a", "b")), Column("score", ("1", "2")), Column("why", (words, "x"))], 60)
    assert tall.hidden == ("why",)


def test_a_name_of_a_column_is_never_cut(monkeypatch):
    monkeypatch.setattr(Width, "is_free", False)
    rows = [["a", 7.35866264812, 1.123456789012], ["b", 1.0, 2.0]]
    said = on_terminal(monkeypatch, 31, lambda: show_rows(["kind", "range_of_score", "hi"], rows, "table"))

    assert {"range", "of", "score", "hi"} <= set(said.split())


def on_terminal(patch, width, run) -> str:
    page = io.StringIO()
    page.isatty = lambda: True
    patch.setattr("sys.stdout", page)
    patch.setenv("COLUMNS", str(width))
    patch.setenv("NO_COLOR", "1")
    patch.setenv("TERM", "xterm")
    run()
    return re.sub(r"\x1b\[[\d;]*m", "", page.getvalue())


@pytest.fixture
def terminal(shipped_home, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))

    def run(width: int, *command: str) -> str:
        return on_terminal(monkeypatch, width, lambda: app(list(command), standalone_mode=False))

    return run
