"""Rules of the house, for every file that there is and every one to come."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import grimp
import polars as pl
import pytest
import typer

from catalog.load import load_catalog
from catalog.metric import METRICS, family
from catalog.past import WAYS, ways_of
from catalog.tolerance import TOLERANCES
from collectors.source import sources
from flows.cli.app import app
from scoring import rubric_files
from warehouse.archived_links import WANTED as WANTED_PAPER
from warehouse.exchange import registered
from warehouse.facts import FACTS
from warehouse.frame import ARRIVED
from warehouse.land import NOTHING
from warehouse.migrate import migrate
from warehouse.query import statement
from warehouse.repositories import FOUND
from warehouse.staging import staging
from warehouse.verdicts import VERDICT

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("catalog", "collectors", "warehouse", "scoring", "reports", "flows")
OUTSIDE = {f"datetime.{name}" for name in ("now", "today", "utcnow")} | {"date.today", "time.time", "time.time_ns"}
OUTSIDE |= {"os.environ", "os.getenv", "os.environb"}
SQL_CLOCK = r"(?i)\b(?:current_date|current_timestamp|current_time|localtimestamp|now\s*\(|today\s*\()"
MAY_DAY = datetime(2026, 5, 1)
MOMENTS = {"known_at", "before", "first", "last", "started_at", "finished_at"}
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTED = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*/") if (path / "__init__.py").is_file())
QUERIES = sorted((ROOT / "warehouse/queries").glob("*.sql"))
SQL = sorted((ROOT / "warehouse").rglob("*.sql"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def of_every(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Ask a rule of every file in one test; all that break it are named."""

    def ask(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{relative(path)}: {error}")
            assert not broken, "\n".join(broken)

        test.__doc__ = rule.__doc__
        return test

    return ask


# --- sources and metrics ---


@pytest.mark.parametrize("name", sources())
def test_a_source_is_named_after_its_file_or_folder_and_tested_in_its_own(name):
    module = importlib.import_module(f"collectors.{name}")
    home = importlib.import_module(f"collectors.{name}.source") if hasattr(module, "__path__") else module

    assert home.source is sources()[name]
    assert home.source.name == name
    assert any((ROOT / f"tests/collectors/{test}").exists() for test in (f"test_{name}.py", f"{name}/test_source.py"))


def test_every_source_that_the_folder_holds_is_found():
    held = {
        path for path in (ROOT / "collectors").rglob("*.py") if re.search(r"(?m)^source = Source\(", path.read_text())
    }

    assert {path.parent.name if path.stem == "source" else path.stem for path in held} == set(sources())


@pytest.mark.parametrize("room", TESTED, ids=relative)
def test_tests_mirror_the_rooms(room):
    assert (ROOT / "tests" / room.relative_to(ROOT)).is_dir()


def test_no_source_imports_another():
    graph, names = grimp.build_graph("collectors", cache_dir=None), sorted(sources())

    assert [
        pair
        for pair in permutations(names, 2)
        if graph.direct_import_exists(
            importer=f"collectors.{pair[0]}", imported=f"collectors.{pair[1]}", as_packages=True
        )
    ] == []


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
def test_a_metric_of_a_source_stands_in_the_catalog_under_the_name_of_the_source(source):
    past = [METRICS[name] for way in ways_of(source.name) for name in way.metrics]
    assert source.metrics or source.sometimes
    for metric in (*source.metrics, *source.sometimes, *past):
        assert METRICS[metric.name] is metric
        assert metric.source == source.name


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_a_unit_a_meaning_and_a_versioned_definition(name):
    metric = METRICS[name]

    assert metric.unit.strip()
    assert metric.meaning[:1].isupper()
    assert not metric.meaning.endswith(".")
    assert re.fullmatch(r"\w+@\w+(:[\w-]+)?", metric.definition)
    assert metric.max_age_days > 0
    assert metric.past in {"snapshot", "exact", "exact_retained", "reconstructed", "archived"}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.source}-{way.step}-{way.how}")
def test_a_way_to_the_past_says_of_metrics_what_their_catalog_says(way):
    assert {METRICS[name].past for name in way.metrics} == {way.how}
    assert way.source == "import" or sources()[way.source].past is not None


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_belongs_to_a_collector_a_tracker_a_derivation_a_curator_or_a_rubric_that_asks_for_it(name):
    observed = {metric.name for source in sources().values() for metric in (*source.metrics, *source.sometimes)}
    curated = {fact.metric for fact in load_catalog().facts}

    awaited = {metric for one in rubric_files.available() for metric in rubric_files.load(one).metrics()}

    assert name in observed | curated | awaited or any(mentions(path, name) for path in (*MODULES, *SQL))


@pytest.mark.parametrize("rubric_id", rubric_files.available())
def test_a_rubric_judges_only_metrics_that_exist(rubric_id):
    for criterion in rubric_files.load(rubric_id).criteria:
        assert METRICS[criterion.metric].name == family(criterion.metric)


@pytest.mark.parametrize("rubric_id", rubric_files.available())
def test_a_rubric_is_named_after_its_file(rubric_id):
    assert tomllib.loads((ROOT / f"scoring/rubrics/{rubric_id}.toml").read_text(encoding="utf-8"))["id"] == rubric_id


# --- SQL ---


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_can_be_prepared_against_the_schema_of_today(prepared, path):
    text = path.read_text(encoding="utf-8")
    frames = {"appended": without_stamps(prepared, INCOMING[path.stem])} if path.stem in INCOMING else {}

    with registered(prepared, **frames):
        prepared.execute(f"explain {text}", arguments(prepared, text))


@of_every(SQL)
def test_sql_begins_with_a_sentence_that_says_what_it_is_for(path):
    assert re.match(r"-- [A-Z].{10,}", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_is_one_statement_and_somebody_runs_it(path):
    assert len(duckdb.extract_statements(path.read_text(encoding="utf-8"))) == 1
    is_of_facts = path.stem.removeprefix("append_") in FACTS
    assert is_of_facts or any(f'"{path.stem}"' in module.read_text(encoding="utf-8") for module in MODULES)


def test_every_table_of_facts_has_the_columns_that_the_code_appends(prepared):
    for table, columns in FACTS.items():
        assert set(without_stamps(prepared, table).columns) >= set(columns)


# --- time, environment, imports ---


@of_every([path for path in MODULES if path.relative_to(ROOT).parts[0] != "flows"])
def test_no_room_but_the_outermost_reads_the_clock_or_the_environment(path):
    assert set(attributes(path)) & OUTSIDE == set()


@of_every([path for path in MODULES if path.relative_to(ROOT).parts[:2] != ("flows", "replica")])
def test_no_naive_moment_is_told_in_seconds_of_the_zone_of_the_machine(path):
    """`timestamp` takes a naive moment for one of this machine; seconds_since_1970 does not."""
    code = path.read_text(encoding="utf-8")

    assert path.name == "moments.py" or ".timestamp()" not in code


@of_every(sorted((ROOT / "tests/flows").rglob("*.py")))
def test_worlds_and_nights_of_tests_are_of_one_day(path):
    """A run of tests that goes on after midnight stays of its day, which tests/today.py holds."""
    assert {one for one in attributes(path) if one in {"datetime.now", "datetime.today", "date.today"}} == set()


@of_every(SQL)
def test_no_sql_reads_the_clock(path):
    code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))

    assert re.findall(SQL_CLOCK, code) == []


@of_every(MODULES)
def test_no_module_asks_duckdb_for_what_needs_pyarrow(path):
    """A plain installation has none: rows go through warehouse/exchange.py."""
    code = path.read_text(encoding="utf-8")

    assert re.findall(r"\.(?:pl|df|arrow|fetch_arrow_table|to_arrow_table)\(\)|\bimport pyarrow", code) == []


@of_every(MODULES)
def test_prefect_is_imported_in_four_files_only(path):
    allowed = {f"flows/orchestration/{name}.py" for name in ("pipelines", "archive", "serving", "tending")}

    assert "prefect" not in imports(path) or path.relative_to(ROOT).as_posix() in allowed


def test_the_command_line_starts_without_what_only_some_commands_need():
    code = "import flows.cli.app, sys; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert {"prefect", "polars", "numpy", "duckdb", "github", "httpx", "jinja2", "pydantic_settings"} & set(
        loaded.stdout.split()
    ) == set()


# --- the reader ---


@pytest.mark.parametrize("name", sorted(typer.main.get_command(app).commands))
def test_every_command_and_each_of_its_options_has_a_sentence_of_help(name):
    command = typer.main.get_command(app).commands[name]

    assert re.fullmatch(r"[A-Z].+\.", command.help.partition("\n")[0])
    assert [one.name for one in command.params if not (getattr(one, "help", None) or "").endswith(".")] == []


@of_every(MODULES)
def test_a_module_is_shorter_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:\w+/)+[\w.]*\w\.\w+)(?:: \w+)?`", PAGE))))
def test_the_page_for_newcomers_names_files_that_exist(name):
    assert (ROOT / name).is_file()


@pytest.mark.parametrize(("file", "name"), sorted(set(re.findall(r"`((?:\w+/)+\w+\.py): (\w+)`", PAGE))))
def test_the_page_for_newcomers_names_functions_that_exist(file, name):
    assert re.search(rf"(?m)^(def|class) {name}\b", (ROOT / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "document", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda one: one.name
)
def test_links_between_documents_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


FROZEN = ("scoring/rubrics/", "warehouse/migrations/")
"""Files that are told apart by their fingerprint, and so are never edited."""
OURS = [
    path
    for room in (*ROOMS, "benchmarks", "tests", "docs")
    for path in sorted((ROOT / room).rglob("*"))
    if path.suffix in {".py", ".sql", ".toml"} and not relative(path).startswith(FROZEN)
]


@of_every(OURS)
def test_code_points_at_pages_and_headings_that_every_reader_has(path):
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\b(?:METH" + r"OD|DES" + r"IGN) \d[\d.]*", text) == []
    for page, anchor in re.findall(r"(?<![\w/.\"'-])(docs/[\w/-]+\.md)(?:#([\w-]+))?", text):
        assert (ROOT / page).is_file(), page
        assert not anchor or anchor in anchors(ROOT / page), f"{page}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are linked by."""
    titles = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


# --- fixtures and builders ---

WANTED = {"subject": pl.String, "day": pl.Datetime("us")}
INCOMING = {f"append_{table}": table for table in FACTS}
INCOMING |= {"append_metric": "metric", "append_subject": "subject", "append_fact": "curated_fact"}
STAGED = {"word": "stage_said", "incoming": "stage_new", "still_steady": "stage_steady", "touched": "stage_touched"}
STAGED |= {"reading": "stage_readings", "year_going_on": "stage_star_years", "star_sum": "stage_star_sums"}
STAGED |= {"written": "stage_written", "landed": "stage_landed", "unsettled": "stage_unsettled"}
STAGED |= {"unsaid": "stage_unsaid"}
STAGED |= {"fresh_word": "stage_newest", "fresh_score": "record_scores", "fresh_draw": "record_draws"}
FRAMES = {"scored": "score", "dimension": "dimension_score", "contributed": "contribution"}
FRAMES |= {"drawn_score": "score_interval", "drawn_dimension": "dimension_interval", "drawn_rank": "rank_probability"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return an empty warehouse of this version with what queries find when they run."""
    folder = tmp_path_factory.mktemp("house")
    with duckdb.connect() as connection, ExitStack() as stack:
        migrate(connection, MAY_DAY)
        frames = {"arrived": pl.DataFrame(schema=ARRIVED), "verdict": pl.DataFrame(schema=VERDICT)}
        frames |= {"wanted_paper": pl.DataFrame(schema=WANTED_PAPER)}
        frames |= {"brought": frames["arrived"], "known": frames["arrived"], "wanted": pl.DataFrame(schema=WANTED)}
        frames |= {"noticed": NOTHING, "tolerance": pl.DataFrame(TOLERANCES), "found": pl.DataFrame(schema=FOUND)}
        frames |= {name: without_stamps(connection, table) for name, table in FRAMES.items()}
        frames["contributed"] = frames["contributed"].with_columns(known_at=pl.lit(None, pl.Datetime("us")))
        stack.enter_context(registered(connection, **frames))
        archive = folder / "archive.parquet"
        columns = dict.fromkeys(
            ("paper_url", "repo_url", "framework", "proceeding", "paper_title", "paper_arxiv_id"), pl.String
        )
        pl.DataFrame(schema=columns | {"is_official": pl.Boolean}).write_parquet(archive)
        archive.with_suffix(".json").write_text("[]", encoding="utf-8")
        connection.execute(f"set variable archive = '{archive}'")
        staged = stack.enter_context(staging(connection))
        for name, query in STAGED.items():
            staged.stage(name, query, **arguments(connection, statement(query)))
        for name in ("archive_links_parquet", "archive_papers_parquet"):
            connection.execute(statement(name), arguments(connection, statement(name)))
        yield connection


def without_stamps(connection: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    """Return the table's columns, without those that a landing adds."""
    frame = pl.DataFrame(connection.sql(f"from {table} limit 0"))
    return frame.drop("known_at", "run_id", "is_followed", strict=False)


def arguments(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, Any]:
    """Return a value for each parameter of a statement."""
    found = connection.execute("select getvariable('archive')").fetchone()
    archive = found[0].replace(".parquet", ".json") if "read_json" in text else found[0]
    known = {"paths": [archive], "metrics": ["github.stars"], "run_id": "one"}
    known |= {"venues": ["icml"], "names": ["ICML"], "frameworks": ["jax"], "compression": "uncompressed"}
    known |= {"subjects": ["jax"], "firsts": [MAY_DAY.date()], "lasts": [MAY_DAY.date()]}
    known |= {"figures": "[]", "changed": ["one"], "undone": ["one"], "runs": ["one"], "are_undone": [True]}
    [one] = duckdb.extract_statements(text)
    return {name: known.get(name, MAY_DAY if name in MOMENTS else None) for name in one.named_parameters}


def mentions(path: Path, name: str) -> bool:
    return re.search(rf"[\"']{re.escape(name)}[\"']", path.read_text(encoding="utf-8")) is not None


def attributes(path: Path) -> Iterator[str]:
    """Yield what a module reads off something, as `datetime.now`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imports(path: Path) -> set[str]:
    """Return the packages that a module imports at run time, also inside its functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {id(inner) for node in ast.walk(tree) if is_for_types(node) for inner in ast.walk(node)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
