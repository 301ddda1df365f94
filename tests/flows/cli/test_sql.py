"""speedscore sql asks a file, describes tables, and writes what it is asked to write, and nothing else."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from catalog.errors import InputError
from catalog.observation import Reason
from flows.cli.app import app
from flows.cli.written import check_name
from flows.settings import load_settings
from flows.stages.score import land_shipped_once
from tests.warehouse.builders import learned
from warehouse.migrate import migrate

RUNNER = CliRunner()
FACTS = "select subject, metric, value, valid_from, backing_repositories from curated_fact order by all limit 3"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    land_shipped_once(load_settings(home_dir=folder))
    return folder


@pytest.fixture(autouse=True)
def _at_home(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(home))
    monkeypatch.chdir(tmp_path)


def run(*words: str):
    return RUNNER.invoke(app, ["sql", *words], catch_exceptions=True)


def test_a_file_is_asked_by_its_name_or_by_an_option(tmp_path):
    (tmp_path / "question.sql").write_text("-- how many\nselect count(*) as facts from curated_fact;", "utf-8")

    named, given = run("question.sql"), run("-f", "question.sql")

    assert named.exit_code == 0
    assert named.output == given.output
    assert named.output.startswith("facts")


@pytest.mark.parametrize("words", [[".tables"], ["--describe"]])
def test_what_can_be_asked_is_listed_with_what_people_ask_first(words):
    names = [line.split()[0] for line in run(*words).output.splitlines()]

    assert names[1:5] == ["leaderboard", "score_history", "why_missing", "expiring_facts"]
    assert {"observation", "score", "metric_as_of(valid,"} <= set(names)


def test_a_table_is_described_with_the_meaning_of_its_columns():
    output = run("--describe", "why_missing", "--json").output

    assert {"column": "explanation", "type": "varchar", "meaning": "Why there is no value, in words"} in json.loads(
        output
    )


def test_a_table_that_does_not_exist_is_not_described_but_guessed():
    found = run("--describe", "leaderbord")

    assert isinstance(found.exception, InputError)
    assert str(found.exception) == "no table or view is called 'leaderbord'; did you mean leaderboard?"


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_what_is_asked_is_written_in_the_form_of_the_name(tmp_path, form):
    assert run(FACTS, "-o", f"facts.{form}").exit_code == 0

    read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "json": pl.read_json}[form](tmp_path / f"facts.{form}")
    assert read.columns == ["subject", "metric", "value", "valid_from", "backing_repositories"]
    assert read.height == 3
    assert [path.name for path in tmp_path.iterdir()] == [f"facts.{form}"]


def test_markdown_is_a_table_and_breaks_at_no_bar(tmp_path):
    run("select 'a|b' as x, null as y, 0.1 + 0.2 as z", "-o", "x.md")

    assert (tmp_path / "x.md").read_text("utf-8") == "| x | y | z |\n| --- | --- | --- |\n| a\\|b | - | 0.3 |\n"


@pytest.mark.parametrize("query", ["select 1 as a where false", "select 1 as a, 2 as a", "select uuid() as u, {'b': 1} as s",
                                   "select 170141183460469231731687303715884105727 as huge, null as n"])  # fmt: skip
def test_odd_answers_can_be_written_as_parquet(tmp_path, query):
    assert run(query, "-o", "odd.parquet").exit_code == 0
    assert pl.read_parquet(tmp_path / "odd.parquet").width >= 1


@pytest.mark.parametrize("name", ["speedscore.duckdb", "answer", "answer.txt", "nowhere/answer.csv", "folder.csv"])
def test_a_name_that_is_no_answer_is_refused_before_anything_is_asked(tmp_path, name):
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(InputError):
        check_name(tmp_path / name)


@pytest.mark.parametrize(
    "query",
    ["copy curated_fact to '{folder}/stolen.csv'", "create table mine (a integer)", "from read_csv('{folder}/x.csv')",
     "export database '{folder}/all'"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["argument", "file", "output"])
def test_every_way_in_is_guarded(tmp_path, query, way):
    text = query.format(folder=tmp_path)
    (tmp_path / "x.csv").write_text("a\n1\n", "utf-8")
    (tmp_path / "q.sql").write_text(text, "utf-8")

    found = {"argument": lambda: run(text), "file": lambda: run("q.sql"), "output": lambda: run(text, "-o", "o.csv")}[
        way
    ]()

    assert found.exit_code != 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q.sql", "x.csv"]


def test_a_link_in_the_place_of_the_answer_is_replaced_and_what_it_names_is_kept(tmp_path):
    (tmp_path / "precious").write_text("kept", "utf-8")
    (tmp_path / "answer.csv").symlink_to(tmp_path / "precious")

    run("select 1 as a", "-o", "answer.csv")

    assert (tmp_path / "precious").read_text("utf-8") == "kept"
    assert (tmp_path / "answer.csv").read_text("utf-8") == "a\n1\n"


def test_every_reason_is_explained_in_words(empty_warehouse):
    known = empty_warehouse.sql("select sql from duckdb_views() where view_name = 'why_missing'").fetchone()[0]

    assert [reason for reason in Reason if f"'{reason.value}'" not in known or reason.told not in known] == []


@pytest.fixture
def empty_warehouse():
    import duckdb

    with duckdb.connect() as connection:
        migrate(connection, learned(0))
        yield connection


def test_a_file_that_is_not_there_is_told_once_and_in_words():
    said = run("no-such.sql").exception

    assert str(said) == "no-such.sql cannot be read as text (no such file or directory); give one SQL statement"


@pytest.mark.parametrize("name", ["metric_as_of", "metric_as_of(valid, known)"])
def test_a_view_of_a_moment_is_described_too(name):
    found = json.loads(run("--describe", name, "--json").output)

    assert {"column": "age_days", "type": "double", "meaning": "Age of the value at that moment, in days"} in found
    assert len(found) == 20
    assert all(row["meaning"] for row in found)
