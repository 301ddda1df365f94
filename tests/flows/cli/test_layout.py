"""On a terminal: no number is broken, columns are chosen by width, wide rows become records."""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.cli.app import app
from flows.cli.layout import Column, layout
from flows.cli.show import show_rows

NUMBER = re.compile(r"\d(?:[\d.,:%-]*[\d%])?")
COMMANDS = [
    ["score", "--as-of", "2024-01-31"],
    ["compare", "pytorch", "tensorflow", "jax", "--as-of", "2024-01-31", "--all"],
    ["subjects"],
    ["metrics", "github"],
    ["metrics", "github.stars"],
    ["status"],
    ["gaps"],
    ["explain", "pytorch", "--from", "2024-01-20", "--to", "2024-01-31"],
    ["backfill", "--from", "2026-01-01", "--to", "2026-01-31", "--plan", "--source", "github"],
    ["nightly", "--plan"],
    [
        "sql",
        "select subject, metric, valid_at, value, unit, url, definition from observation_current order by all limit 9",
    ],
    ["sql", "select subject, as_of, rubric, speed_score, lo, hi, coverage, reason, inputs_sha256 from score limit 5"],
    ["backtest", "ranks", "--as-of", "2024-01-31"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_number_is_broken_at_80_or_200_columns(terminal, command):
    whole = set(NUMBER.findall(terminal(2000, *command)))
    for width in (80, 200):
        said = terminal(width, *command)

        assert set(NUMBER.findall(said)) <= whole
        is_record = re.match(r"\w+ {2,}\S", said) is not None
        assert is_record or max(map(len, said.splitlines())) <= width


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
    columns = [Column("name", ("Hugging Face Transformers",)), Column("score", ("9.1",)), Column("why", ("x" * 39,))]

    assert layout(columns, 200).hidden == ()
    narrow = layout(columns, 30)
    assert narrow.hidden == ("why",)
    assert sum(narrow.widths) + 2 <= 30
    assert layout(columns, 10) is None


def on_terminal(patch, width, run) -> str:
    page = io.StringIO()
    page.isatty = lambda: True
    patch.setattr("sys.stdout", page)
    patch.setenv("COLUMNS", str(width))
    patch.setenv("NO_COLOR", "1")
    patch.setenv("TERM", "xterm")
    run()
    return re.sub(r"\x1b\[[\d;]*m", "", page.getvalue())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A warehouse of what ships, scored."""
    folder = tmp_path_factory.mktemp("shipped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEEDSCORE_HOME_DIR", str(folder))
        app(["score", "--as-of", "2024-01-31"], standalone_mode=False)
    return folder


@pytest.fixture
def terminal(home, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(home))

    def run(width: int, *command: str) -> str:
        return on_terminal(monkeypatch, width, lambda: app(list(command), standalone_mode=False))

    return run
