"""A user's SQL may read everything in the warehouse, and touch nothing else."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.builders import LEARNED, bring, stars
from warehouse.config import IN_MEMORY
from warehouse.connection import open_writer
from warehouse.errors import QueryError
from warehouse.query import ask
from warehouse.reader import open_to_questions

READING = {
    "a select": ("select value from observation", [(100.0,)]),
    "from first": ("from label", []),
    "with a remark": ("-- the value\nselect value from observation; ", [(100.0,)]),
    "a with": ("with one as (select value from observation) from one", [(100.0,)]),
    "values": ("values (1), (2)", [(1,), (2,)]),
    "a moment": ("select value from metric_as_of('2026-01-06', '2026-07-01')", [(100.0,)]),
    "a description": ("select column_name from (describe label)", [("name",), ("value",)]),
}
WRITING = {
    "insert": "insert into label values ('mark', 'mine')",
    "update": "update observation set value = 0",
    "delete": "delete from observation",
    "create": "create table mine (a integer)",
    "create temporary": "create temp table mine as select 1",
    "drop": "drop table observation",
    "alter": "alter table observation drop column value",
    "attach": "attach '{folder}/other.duckdb'",
    "detach": "detach speedscore",
    "copy out": "copy observation to '{folder}/stolen.csv'",
    "copy in": "copy label from '{folder}/some.csv'",
    "export": "export database '{folder}/stolen'",
    "install": "install httpfs",
    "load": "load httpfs",
    "set": "set threads = 1",
    "set a path": "set extension_directory = '{folder}'",
    "reset": "reset memory_limit",
    "pragma": "pragma enable_profiling",
    "pragma that sets": "pragma memory_limit = '1GB'",
    "call": "call pragma_version()",
    "checkpoint": "checkpoint",
    "vacuum": "vacuum",
    "begin": "begin",
    "use": "use temp",
    "prepare": "prepare mine as select 1",
    "explained insert": "explain analyze insert into label values ('mark', 'mine')",
    "explained copy": "explain analyze copy observation to '{folder}/stolen.csv'",
    "copy over the warehouse": "copy observation to '{folder}/speedscore.duckdb'",
    "explained copy over the warehouse": "explain analyze copy (select 1) to '{folder}/speedscore.duckdb'",
    "explained copy over its log": "explain analyze copy (select 1) to '{folder}/speedscore.duckdb.wal'",
    "explained copy beside it": "explain analyze copy (select 1) to '{folder}/speedscore.duckdb.tmp'",
    "with a remark before": "/* x */ explain analyze copy (select 1) to '{folder}/speedscore.duckdb'",
    "explained create": "explain analyze create table mine as select 1",
    "a sequence": "select nextval('landing')",
}
OUTSIDE = {
    "csv": "from read_csv('{folder}/some.csv')",
    "csv by name": "from '{folder}/some.csv'",
    "text": "from read_text('/etc/hostname')",
    "bytes": "from read_blob('/etc/hostname')",
    "parquet": "from read_parquet('{folder}/some.parquet')",
    "json": "from read_json('{folder}/some.json')",
    "the warehouse as bytes": "from read_blob('{folder}/speedscore.duckdb')",
    "the warehouse as text": "from read_text('{folder}/speedscore.duckdb')",
    "the warehouse by name": "from '{folder}/speedscore.duckdb'",
    "glob": "from glob('{folder}/*')",
    "web": "from read_csv('https://example.invalid/some.csv')",
    "environment": "select getenv('HOME')",
}


@pytest.mark.parametrize(("query", "answer"), READING.values(), ids=READING)
def test_a_reading_statement_is_answered(reader, query, answer):
    assert ask(reader, query).rows == answer


def test_a_plan_can_be_asked_for(reader):
    assert ask(reader, "explain select value from observation").columns == ["explain_key", "explain_value"]


@pytest.mark.parametrize("query", [*WRITING.values(), *OUTSIDE.values()], ids=[*WRITING, *OUTSIDE])
def test_what_writes_or_looks_outside_is_refused_in_one_sentence(reader, folder, query):
    before = contents(folder)

    assert refusal(reader, query.format(folder=folder))
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        pytest.param(
            "select nope from observation",
            'Binder Error: Referenced column "nope" not found in FROM clause!',
            id="column",
        ),
        pytest.param("from nope", "Catalog Error: Table with name nope does not exist!", id="table"),
        pytest.param("selec 1", 'Parser Error: syntax error at or near "selec"', id="syntax"),
        pytest.param("select 'x'::integer", "Conversion Error: Could not convert string 'x' to INT32", id="conversion"),
        pytest.param("select error('no') from observation", "Invalid Input Error: no", id="an error on the way"),
        pytest.param("select 1; select 2", "one statement is run at a time; this text holds 2", id="two statements"),
        pytest.param("", "one statement is run at a time; this text holds 0", id="nothing"),
        pytest.param(
            "drop table label", "the warehouse is read-only: a drop statement is refused; ask with select", id="writing"
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(reader, query, sentence):
    assert refusal(reader, query).startswith(sentence)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("select valeu from observation", "Candidate bindings"),
        ("from observations", 'Did you mean "observation'),
        ("select lenth('x')", 'Did you mean "length"'),
    ],
)
def test_the_database_helps_on(reader, query, hint):
    assert hint in refusal(reader, query)


def test_a_query_without_end_is_stopped_and_the_next_is_answered(reader):
    with pytest.raises(
        QueryError, match=r"longer than 0\.2 s and was stopped; narrow it, or raise SPEEDSCORE_SQL_TIMEOUT_S"
    ):
        ask(reader, "select count(*) from range(10000000000) one, range(1000) two where one.range % 7 = two.range", 0.2)

    assert ask(reader, "select 1").rows == [(1,)]


def test_a_query_that_does_not_fit_into_memory_is_told_as_that_and_the_next_is_answered(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(IN_MEMORY, "memory_limit", "20MB")
    copied = shutil.copy(folder / "speedscore.duckdb", tmp_path / "speedscore.duckdb")
    with open_to_questions(copied) as little:
        said = refusal(little, "select count(distinct repeat(i::varchar, 100)) from range(1000000) as numbers(i)")

        assert said == "the query needs more memory than its 2 GB; ask about fewer subjects, metrics or days at a time"
        assert ask(little, "select 1").rows == [(1,)]


def test_no_secret_is_told(reader):
    told = []
    with suppress(QueryError):
        told = ask(reader, "from duckdb_secrets()").rows

    assert told == []


def test_a_second_statement_is_not_run(reader, folder):
    refusal(reader, f"select 1; copy label to '{folder}/stolen.csv'")

    assert not (folder / "stolen.csv").exists()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    (folder / "some.csv").write_text("name,value\nmark,mine\n", encoding="utf-8")
    (folder / "some.json").write_text('{"name": "mark"}', encoding="utf-8")
    duckdb.sql("select 1 as a").write_parquet(str(folder / "some.parquet"))
    with open_writer(folder / "speedscore.duckdb", LEARNED) as connection:
        bring(connection, stars(100, 0))
    return folder


@pytest.fixture(scope="module")
def reader(folder) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_to_questions(folder / "speedscore.duckdb") as connection:
        yield connection


def refusal(reader: duckdb.DuckDBPyConnection, query: str) -> str:
    with pytest.raises(QueryError) as caught:
        ask(reader, query)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
