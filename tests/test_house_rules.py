"""Rules of the house, for every file that there is and every one to come."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pkgutil
import importlib
import pytest
import typer

import collectors
from catalog.load import load_catalog
from catalog.metric import METRICS, family
from collectors.source import Source, sources
from flows.cli import app
from scoring import rubric
from warehouse.frame import ARRIVED
from warehouse.land import VERDICT

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("catalog", "collectors", "warehouse", "scoring", "reports", "flows")
CLOCKLESS = ("catalog", "collectors", "warehouse", "scoring", "reports")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
QUERIES = sorted((ROOT / "warehouse/queries").glob("*.sql"))
SQL = sorted((ROOT / "warehouse").rglob("*.sql"))

# --- sources and metrics ---


@pytest.mark.parametrize("module", [module.name for module in pkgutil.iter_modules(collectors.__path__)])
def test_a_source_is_named_after_its_file_and_tested_in_its_own(module):
    source = getattr(importlib.import_module(f"collectors.{module}"), "source", None)

    if isinstance(source, Source):
        assert source.name == module
        assert (ROOT / f"tests/collectors/test_{module}.py").is_file()
        assert sources()[module] is source


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
def test_a_metric_of_a_source_stands_in_the_catalog_under_the_name_of_the_source(source):
    past = source.past.metrics if source.past else ()
    assert source.metrics
    for metric in (*source.metrics, *source.sometimes, *past):
        assert METRICS[metric.name] is metric
        assert metric.source == source.name


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_a_unit_a_meaning_and_a_versioned_definition(name):
    metric = METRICS[name]

    assert metric.unit.strip()
    assert metric.meaning[:1].isupper()
    assert not metric.meaning.endswith(".")
    assert re.fullmatch(r"\w+@\w+", metric.definition)
    assert metric.max_age_days > 0
    assert metric.past in {"snapshot", "exact", "exact_retained", "reconstructed", "archived"}


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_belongs_to_a_collector_a_tracker_a_derivation_or_a_curator(name):
    observed = {metric.name for source in sources().values() for metric in (*source.metrics, *source.sometimes)}
    curated = {fact.metric for fact in load_catalog().facts}

    assert name in observed | curated or any(mentions(path, name) for path in (*MODULES, *SQL))


@pytest.mark.parametrize("rubric_id", rubric.available())
def test_a_rubric_judges_only_metrics_that_exist(rubric_id):
    for criterion in rubric.load(rubric_id).criteria:
        assert METRICS[criterion.metric].name == family(criterion.metric)


@pytest.mark.parametrize("rubric_id", rubric.available())
def test_a_rubric_is_named_after_its_file(rubric_id):
    assert tomllib.loads((ROOT / f"scoring/rubrics/{rubric_id}.toml").read_text(encoding="utf-8"))["id"] == rubric_id


# --- SQL ---


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_can_be_prepared_against_the_schema_of_today(prepared, path):
    prepared.execute(f"explain {path.read_text(encoding='utf-8')}", arguments(prepared, path))


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_sql_begins_with_a_sentence_that_says_what_it_is_for(path):
    assert re.match(r"-- [A-Z].{10,}", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_is_one_statement_and_somebody_runs_it(path):
    assert len(duckdb.extract_statements(path.read_text(encoding="utf-8"))) == 1
    assert any(f'"{path.stem}"' in module.read_text(encoding="utf-8") for module in MODULES)


# --- time, environment, imports ---


@pytest.mark.parametrize("path", of_rooms := [one for one in MODULES if one.parent.parts[len(ROOT.parts)] in CLOCKLESS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_room_but_the_outermost_reads_the_clock_or_the_environment(path):
    read = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns", "os.environ", "os.getenv"}
    assert set(attributes(path)) & read == set()


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_no_sql_reads_the_clock(path):
    code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))

    assert re.findall(r"(?i)\b(?:current_date|current_timestamp|current_time|localtimestamp|now\s*\(|today\s*\()", code) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prefect_is_imported_in_two_files_only(path):
    allowed = {"flows/orchestrate.py", "flows/serving.py"}

    assert "prefect" not in imports(path) or path.relative_to(ROOT).as_posix() in allowed


def test_the_command_line_starts_without_what_only_some_commands_need():
    code = "import flows.cli, sys; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert {"prefect", "polars", "duckdb", "github"} & set(loaded.stdout.split()) == set()


# --- the reader ---


@pytest.mark.parametrize("name", COMMANDS := sorted(typer.main.get_command(app).commands))
def test_every_command_and_each_of_its_options_has_a_sentence_of_help(name):
    command = typer.main.get_command(app).commands[name]

    assert re.fullmatch(r"[A-Z].+\.", command.help.partition("\n")[0])
    assert [one.name for one in command.params if not (getattr(one, "help", None) or "").endswith(".")] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_shorter_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


# --- fixtures and builders ---


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse of this version with the views that queries find when they run."""
    from datetime import datetime

    from warehouse.migrate import migrate

    folder = tmp_path_factory.mktemp("house")
    connection = duckdb.connect()
    migrate(connection, datetime(2026, 5, 1))
    for name, columns in {"arrived": ARRIVED, "verdict": VERDICT}.items():
        fields = ", ".join(f"null::{sql_type(kind)} as {column}" for column, kind in columns.items())
        connection.execute(f"create temp view {name} as select {fields} limit 0")
    for name, table in {"scored": "score", "dimension": "dimension_score", "contributed": "contribution"}.items():
        stamps = "" if name == "contributed" else "exclude (columns(c -> c in ('known_at', 'run_id')))"
        connection.execute(f"create temp view {name} as {without_stamps(connection, table, keep_known_at=not stamps)}")
    for name in ("stage_new", "record_scores"):
        connection.execute((ROOT / f"warehouse/queries/{name}.sql").read_text(), arguments(connection, ROOT / f"warehouse/queries/{name}.sql"))
    connection.execute(f"copy (select '' as paper_url, '' as repo_url, '' as framework, '' as proceeding) to '{folder}/papers.parquet'")
    connection.execute(f"create temp table here as select '{folder}/papers.parquet' as papers")
    yield connection
    connection.close()
