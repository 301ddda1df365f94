"""Whatever comes in at a door (a row, a catalog, a day, a query): used, or refused in one sentence; never half.

`make fuzz` asks twenty times as much of each door.
"""

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from catalog.errors import InputError
from catalog.load import load_catalog, shipped_observations
from catalog.moments import AHEAD, EPOCH
from collectors.trackers.files import TRACKERS, read_file
from collectors.trackers.open_digger import FILES
from flows.cli.app import app
from flows.cli.arguments import day, moment
from flows.cli.show import show_rows
from flows.clock import end_of_today
from tests.conftest import NOW
from tests.warehouse.builders import bring, stars
from warehouse.connection import open_writer
from warehouse.errors import QueryError
from warehouse.query import ask
from warehouse.reader import open_to_questions

CI = 500
pytestmark = pytest.mark.fuzz
door = settings(max_examples=max(CI, settings().max_examples), deadline=None, suppress_health_check=list(HealthCheck))
whole_command = settings(
    door,
    max_examples=2 if door.max_examples == CI else door.max_examples // 100,
    phases=[Phase.explicit, Phase.generate],
)

KEYS = """schema mode history id name kind github github_id github_former stackoverflow_tags discourse_url identifiers
subject metric value level evidence quote valid_from role facts"""
WORDS = (
    "select from where value * , ( ) 1 'a' observation latest_score metric_as_of read_csv read_blob copy to insert into "
    "describe show tables explain analyze with a as union all order by 1/0 null nan 'inf'::double {'a':1} [1,2] "
    "struct_pack map cast date '2024-02-29' timestamp 170141183460469231731687303715884105727 '\\x00'::blob ; -- /* */ \" "
    "' $1 ? :: . summarize pivot unnest range(3) set pragma attach uuid() 1.5::decimal(9,3)"
)

DATES = st.one_of(st.dates().map(str), st.datetimes().map(str), st.datetimes().map(datetime.isoformat))
NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(
        ["1_000", "1,000", "\u0663\u0664", "\uff11\uff12", "1e3", "1e400", "-0", "0x10", "9" * 400, "NaN", "1 000", "½"]
    ),
)
CELLS = st.one_of(
    st.text(max_size=20), DATES, NUMBERS, st.sampled_from(["", "pytorch/pytorch", "jax-ml/jax", "jax", "a" * 12])
)
NAMES = st.sampled_from(
    ["2023-06-15_projects.csv", "jax_commits.csv", "pytorch.csv", "9999-99-99_projects.csv", "x.csv.gz"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=9) | DATES.map(lambda day: day[:7]), some, max_size=4),
    max_leaves=9,
)  # fmt: skip
TOML_VALUES = st.one_of(
    st.text(max_size=12).map(json.dumps),
    st.sampled_from(["true", "1", "-1", "0.5", "nan", "inf", "1979-05-27", "[]", "{}", "[[]]", '["a", 1]', "9" * 30]),
    st.sampled_from(
        ['"jax"', '"pytorch"', '"github.stars"', '"curated.mobile"', '"https://x.test"', '"a/b"', '"replace"']
    ),
)
TOML_KEYS = st.sampled_from(KEYS.split()) | st.text(max_size=5)
TOML_HEADS = st.sampled_from(
    ["[[subject]]", "[[fact]]", "[[repository]]", "[subject]", "[[x]]", "[a.b]", "# remark", ""]
)
TOML_LINES = TOML_HEADS | st.tuples(TOML_KEYS, TOML_VALUES).map(" = ".join) | st.text(max_size=9)
SQL_WORDS = st.sampled_from(WORDS.split(" "))
EXPRESSIONS = st.sampled_from(
    ["1 a", "2 a", "'inf'::double", "'nan'::float", "null", "[1, null]", "{'a': [1.5::decimal(9,3)]}", "map {1: 'x'}", "uuid()",
     "'\\x00\\xff'::blob", "date '0001-01-01'", "timestamp 'infinity'", "'290000-01-01'::date", "interval '1 month'",
     "1::hugeint << 100", "chr(27) || '[2J'", "timestamptz '2024-01-01'", "time '24:00:00'", "bitstring('01')", "1/0", "union_value(a := 1)",
     "'[red]'", "count(*)", "'a'::enum('a')"]
)  # fmt: skip
SELECTS = st.lists(EXPRESSIONS, min_size=1, max_size=4).map(lambda some: f"select {', '.join(some)}")
DAYS_AROUND = st.one_of(
    st.dates(date(2017, 1, 1), date(2028, 1, 1)).map(str),
    st.sampled_from(
        ["2024-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "", "today", "2024-01-31T24:00"]
    ),
)
READING = [
    ["score", "--as-of", "{1}", "--known-at", "{0}"],
    ["score", "--from", "{0}", "--to", "{1}", "--every", "month", "--known-at", "{2}"],
    ["explain", "pytorch", "--from", "{0}", "--to", "{1}", "--known-at", "{2}"],
    ["card", "mxnet", "--as-of", "{0}"],
    ["compare", "jax", "pytorch", "--as-of", "{0}"],
    ["gaps", "--from", "{0}", "--to", "{1}"],
    ["backfill", "--from", "{0}", "--to", "{1}", "--plan"],
    ["backtest", "weights", "--as-of", "{0}"],
    ["backtest", "tricks", "--as-of", "{0}"],
    ["sql", "from metric_as_of('{0}', '{1}')"],
]


@door
@given(
    st.sampled_from(TRACKERS),
    NAMES,
    st.lists(st.lists(CELLS, max_size=9), max_size=4),
    st.binary(max_size=9),
    st.data(),
)
def test_any_row_of_a_tracker_is_kept_or_refused(tracker, name, rows, dirt, data):
    text = csv_text(sorted(tracker.columns), rows).encode()
    place = data.draw(st.integers(0, len(text))) if data.draw(st.booleans()) else None
    check_file(name, text if place is None else text[:place] + dirt + text[place:])


@door
@given(st.sampled_from(sorted(FILES)), JSON | st.text(max_size=20))
def test_any_months_of_open_digger_are_kept_or_refused(name, found):
    check_file(f"pytorch/pytorch/{name}", (found if isinstance(found, str) else json.dumps(found)).encode())


@door
@given(st.lists(TOML_LINES, max_size=12), st.booleans())
def test_any_catalog_is_read_or_named_with_what_is_wrong(lines, begins_well):
    text = "\n".join(["schema = 1", *lines] if begins_well else lines)
    with NamedTemporaryFile("wb") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        with suppress(InputError):
            assert list(shipped_observations(load_catalog(Path(file.name))))


@door
@given(
    DATES
    | st.text(max_size=30)
    | st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?)?", fullmatch=True)
)
def test_any_day_has_been_or_is_refused(text):
    for read in (day, moment):
        with suppress(InputError):
            assert EPOCH <= read(text) <= end_of_today() + timedelta(days=1)


@door
@given(SELECTS | st.lists(SQL_WORDS, max_size=9).map(" ".join) | st.text(max_size=30))
def test_any_query_is_answered_or_refused_and_every_answer_can_be_shown(asked, capsys, text):
    with suppress(QueryError):
        found = ask(asked, text, 5.0)
        for form in ("table", "csv", "json"):
            show_rows(found.columns, found.rows, form)
            said = capsys.readouterr().out
        assert len(json.loads(said)) == len(found.rows)


@whole_command
@given(st.lists(st.lists(CELLS, max_size=30), max_size=4), st.sampled_from(TRACKERS), NAMES)
def test_an_import_lands_whole_or_not_at_all_and_says_why_in_one_sentence(command, tmp_path, rows, tracker, name):
    file, published = tmp_path / name, tmp_path / "home" / "speedscore.duckdb"
    file.write_bytes(csv_text(sorted(tracker.columns), rows).encode("utf-8", "surrogatepass"))
    before = published.read_bytes() if published.exists() else None
    code, said = command("import", str(file))

    assert code in {0, 2}
    assert "should not have happened" not in said
    assert code == 0 or said.count("speedscore: ") == 1
    assert code == 0 or (published.read_bytes() if published.exists() else None) == before


@whole_command
@given(st.sampled_from(READING), st.lists(DAYS_AROUND, min_size=3, max_size=3))
@example(READING[0], ["2020-01-01"] * 3)
def test_any_day_of_any_reading_command_is_answered_or_refused_in_one_sentence(shipped_home, call, days):
    words = [word.format(*days) for word in call]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEEDSCORE_HOME_DIR", str(shipped_home))
        found = CliRunner().invoke(app, words)

    assert found.exception is None or isinstance(found.exception, InputError | SystemExit), words
    assert not isinstance(found.exception, InputError) or "\n" not in str(found.exception)


@pytest.fixture
def command(tmp_path):
    """Run the command line as it is called, with a home of its own; give its exit code and what it said."""

    def run(*words):
        line, given = [sys.executable, "-m", "flows", *words], {"SPEEDSCORE_HOME_DIR": str(tmp_path / "home")}
        done = subprocess.run(line, env=os.environ | given, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A small published warehouse, open to questions."""
    file = tmp_path_factory.mktemp("asked") / "speedscore.duckdb"
    with open_writer(file, NOW) as connection:
        bring(connection, stars(100, 0))
    with open_to_questions(file) as connection:
        yield connection


def check_file(name, content):
    """Read a file: an InputError, or observations that can have been."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with suppress(InputError):
            report, found = read_file(path, load_catalog(), NOW)
            assert report.kept + report.not_followed + report.refused.total() == report.read
            assert all(one.value is None or (isfinite(one.value) and one.value >= 0) for one in found)
            assert all(one.valid_at <= NOW + AHEAD for one in found)


def csv_text(columns, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
