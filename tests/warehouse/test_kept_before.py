"""Before a warehouse is brought to a newer version, a copy of it is kept; only the last one."""

from datetime import datetime

import duckdb
import pytest

from warehouse import migrate as warehouse_migrate
from warehouse.connection import open_writer
from warehouse.migrate import migrations, schema_of
from warehouse.published import migrate_published

NOW = datetime(2026, 11, 28)
ADDED = [("9000_first.sql", "create table first (a integer)"), ("9001_second.sql", "create table second (a integer)")]


@pytest.fixture
def published(tmp_path):
    path = tmp_path / "w.duckdb"
    with open_writer(path, NOW):
        pass
    return path


def test_a_new_warehouse_and_one_of_this_version_keep_no_copy(published):
    with open_writer(published, NOW):
        pass

    assert not list(published.parent.glob("*before*"))


def test_each_migration_leaves_the_file_as_it_was_before(published, monkeypatch):
    known = migrations()
    for number, _ in enumerate(ADDED, start=1):
        steps = [*known, *ADDED[:number]]
        monkeypatch.setattr(warehouse_migrate, "migrations", lambda steps=steps: steps)
        migrate_published(published, NOW)

        [kept] = published.parent.glob("w.before-migrating-from-*.duckdb")
        with duckdb.connect(kept, read_only=True) as connection:
            assert schema_of(connection) == steps[-2][0]
        with duckdb.connect(published, read_only=True) as connection:
            assert schema_of(connection) == steps[-1][0]
