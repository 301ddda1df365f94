"""Numbered files bring the warehouse to this version: in order, once, whole, and never edited."""

import duckdb
import pytest

from tests.warehouse.builders import learned
from warehouse.connection import open_writer
from warehouse.errors import MigrationChangedError, WarehouseError
from warehouse.migrate import is_behind, migrate, migrations
from warehouse.published import migrate_published
from warehouse.reader import open_reader

NOW = learned(0)
FIRST = ("0001_first.sql", "create table shelf (name varchar);")
SECOND = ("0002_second.sql", "alter table shelf add column place integer;")
HALF_WRONG = ("0002_second.sql", "create table half (name varchar); insert into nowhere values (1);")


def test_files_are_applied_in_order_and_named(empty):
    assert migrate(empty, NOW, [FIRST, SECOND]) == ["0001_first.sql", "0002_second.sql"]
    assert empty.sql("from shelf").columns == ["name", "place"]


def test_a_file_is_applied_once(empty):
    migrate(empty, NOW, [FIRST])

    assert migrate(empty, NOW, [FIRST, SECOND]) == ["0002_second.sql"]
    assert migrate(empty, NOW, [FIRST, SECOND]) == []


def test_each_file_is_recorded_with_the_moment_it_was_applied(empty):
    migrate(empty, NOW, [FIRST, SECOND])

    recorded = empty.sql("select name, applied_at, length(sha256) from migration order by name").fetchall()
    assert recorded == [("0001_first.sql", NOW, 64), ("0002_second.sql", NOW, 64)]


def test_a_file_that_fails_half_way_leaves_nothing_of_itself(empty):
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        migrate(empty, NOW, [FIRST, HALF_WRONG])

    assert tables(empty) == ["migration", "shelf"]
    assert migrate(empty, NOW, [FIRST, SECOND]) == ["0002_second.sql"]


def test_a_file_that_was_edited_after_it_was_applied_is_refused(empty):
    migrate(empty, NOW, [FIRST])

    with pytest.raises(MigrationChangedError, match=r"^0001_first\.sql was edited .*; add a new file instead$"):
        migrate(empty, NOW, [(FIRST[0], FIRST[1] + " -- a remark"), SECOND])

    assert empty.sql("from shelf").columns == ["name"]


def test_a_warehouse_of_a_newer_version_is_refused(empty):
    migrate(empty, NOW, [FIRST, SECOND])

    with pytest.raises(WarehouseError, match=r"newer speedscore \(0002_second\.sql\); update speedscore$"):
        migrate(empty, NOW, [FIRST])


def test_the_shipped_files_stand_in_the_order_of_their_numbers():
    names = [name for name, _ in migrations()]

    assert names[0] == "0001_observations.sql"
    assert names == sorted(names)


def test_the_shipped_files_are_applied_once(warehouse):
    assert migrate(warehouse, NOW) == []


@pytest.fixture
def empty():
    connection = duckdb.connect()
    yield connection
    connection.close()


def tables(connection) -> list[str]:
    return [name for (name,) in connection.sql("select table_name from duckdb_tables() order by all").fetchall()]


def test_what_an_older_version_published_is_brought_up_to_date(tmp_path):
    published = tmp_path / "w.duckdb"
    with duckdb.connect(published) as older:
        migrate(older, NOW, migrations()[:3])
    with open_reader(published) as connection:
        assert is_behind(connection)

    migrate_published(published, NOW)

    with open_reader(published) as connection:
        assert not is_behind(connection)
        assert connection.execute("select count(*) from paper").fetchone() == (0,)


def test_what_is_up_to_date_is_left_alone(tmp_path):
    published = tmp_path / "w.duckdb"
    with open_writer(published, NOW):
        pass
    before = published.stat().st_mtime_ns

    migrate_published(published, NOW)
    migrate_published(tmp_path / "none.duckdb", NOW)

    assert published.stat().st_mtime_ns == before
    assert not (tmp_path / "none.duckdb").exists()


def test_the_measured_share_is_explained_as_it_is_counted(warehouse):
    found = warehouse.execute("select distinct comment from duckdb_columns() where column_name = 'measured_share'")

    assert [comment for (comment,) in found.fetchall() if "counts half" not in (comment or "")] == []
