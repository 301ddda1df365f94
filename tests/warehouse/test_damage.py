"""Damage to a file of the warehouse costs nothing that the other file holds: noticed, set aside, made anew, said."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.builders import LEARNED
from tests.warehouse.writer import SIZE, land_batch
from warehouse.connection import writer_path
from warehouse.damage import fault_of, lacking_bytes, log_of
from warehouse.errors import DamagedError, WarehouseError
from warehouse.published import migrate_published, open_current
from warehouse.reader import open_reader

REPOSITORY = Path(__file__).resolve().parents[2]
ASIDE = f"damaged-{LEARNED:%Y%m%dT%H%M%S}"


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def overwritten(path: Path) -> None:
    path.write_bytes(b"no database " * 1_000)


DAMAGES = [emptied, halved, cut_short, overwritten]
damaged = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.replace("_", " "))


@damaged
def test_a_damaged_published_file_is_made_anew_from_the_writers(filled, caplog, damage):
    damage(filled)
    broken = filled.read_bytes()

    migrate_published(filled, LEARNED)

    assert batches(filled) == 2 * SIZE
    aside = filled.with_name(f"speedscore.duckdb.{ASIDE}")
    assert aside.read_bytes() == broken
    assert caplog.messages == [
        f"{filled} was damaged; it is set aside as {aside.name} and made anew from speedscore.writer.duckdb"
    ]


@damaged
def test_a_damaged_published_file_is_set_aside_by_the_next_landing(filled, caplog, damage):
    damage(filled)

    land_batch(filled, 2)

    assert batches(filled) == 3 * SIZE
    assert len(caplog.messages) == 1
    assert len(asides(filled)) == 1


@damaged
def test_a_damaged_writers_file_is_made_anew_from_the_published_one(filled, caplog, damage):
    damage(writer_path(filled))
    broken = writer_path(filled).read_bytes()

    land_batch(filled, 2)

    assert batches(filled) == 3 * SIZE
    [said] = caplog.messages
    assert said.startswith(f"{writer_path(filled)} was damaged; it is set aside as ")
    assert said.endswith("made anew from speedscore.duckdb")
    assert [path.read_bytes() for path in asides(filled)] == [broken]


@damaged
@pytest.mark.parametrize("act", [migrate_published, lambda path, _: land_batch(path, 2)], ids=["reading", "landing"])
def test_where_neither_file_is_whole_it_is_said_and_nothing_is_touched(filled, damage, act: Callable):
    damage(filled)
    damage(writer_path(filled))
    before = contents(filled)

    with pytest.raises(DamagedError, match=r"no other file is whole; bring back a kept copy$") as caught:
        act(filled, LEARNED)

    assert "\n" not in str(caught.value)
    assert contents(filled) == before


def test_a_damaged_published_file_alone_is_not_taken_for_the_writers(filled):
    writer_path(filled).unlink()
    halved(filled)
    before = contents(filled)

    with pytest.raises(DamagedError, match="no other file is whole"):
        land_batch(filled, 2)

    assert contents(filled) == before


def test_a_log_that_was_left_over_beside_the_published_file_is_set_aside(filled, left_over, caplog):
    shutil.copy(left_over, log_of(filled))

    migrate_published(filled, LEARNED)

    assert batches(filled) == 2 * SIZE
    assert [path.name for path in asides(filled)] == [f"speedscore.duckdb.wal.{ASIDE}"]
    assert "nobody writes into the published file" in caplog.text


@pytest.mark.parametrize("is_there", [True, False], ids=["beside a restored file", "beside a file that is made anew"])
def test_a_log_that_was_left_over_beside_the_writers_file_costs_no_landing(filled, left_over, is_there):
    shutil.copy(left_over, log_of(writer_path(filled)))
    if not is_there:
        writer_path(filled).unlink()

    land_batch(filled, 2)

    assert batches(filled) == 3 * SIZE
    assert any(".wal.damaged-" in path.name for path in asides(filled))


def test_a_file_that_this_process_has_written_is_not_looked_at_until_it_changes(filled, looks):
    land_batch(filled, 2)
    looks.clear()

    migrate_published(filled, LEARNED)
    land_batch(filled, 3)
    assert looks == []
    filled.touch()
    migrate_published(filled, LEARNED)

    assert len(looks) == 1


def test_a_file_that_was_found_whole_is_looked_at_once_however_often_it_is_read(filled, looks):
    filled.touch()

    for _ in range(3):
        with open_current(filled, LEARNED) as reader:
            assert reader.execute("select count(*) from label").fetchone()
    migrate_published(filled, LEARNED)

    assert len(looks) == 1


def test_readers_read_what_is_made_anew_of_a_damaged_file(filled):
    halved(filled)

    with open_current(filled, LEARNED) as reader:
        assert reader.execute("select count(*) from label").fetchone()

    assert len(asides(filled)) == 1


def test_the_log_of_a_killed_writer_is_no_damage(filled):
    kill_before_the_checkpoint(writer_path(filled))
    assert log_of(writer_path(filled)).exists()

    land_batch(filled, 2)

    with open_reader(filled) as reader:
        assert reader.sql("from label where name = 'kept'").fetchall() == [("kept", "yes")]
    assert asides(filled) == []


def test_a_file_that_somebody_else_holds_open_is_not_damaged(filled, caplog):
    writer = writer_path(filled)
    with duckdb.connect(writer):
        code = f"from warehouse.damage import fault_of; from pathlib import Path; print(fault_of(Path({str(writer)!r}), {{}}))"
        assert said_elsewhere(code) == "None"


def test_a_file_of_a_newer_version_is_not_damaged(filled):
    with filled.open("rb+") as file:
        file.seek(12)
        file.write((2**31).to_bytes(8, "little"))
    before = contents(filled)

    assert fault_of(filled, {}) is None or "checksum" in fault_of(filled, {})
    with pytest.raises(WarehouseError), open_reader(filled):
        pass
    assert contents(filled) == before


# --- fixtures and builders ---


@pytest.fixture
def looks(monkeypatch) -> list[Path]:
    """Return the files whose ends are looked at, as they are."""
    seen = []

    def looking(connection, *rest):
        seen.append(
            Path(connection.execute("select path from duckdb_databases() where path is not null").fetchone()[0])
        )
        return lacking_bytes(connection, *rest)

    for module in ("damage", "published"):
        monkeypatch.setattr(f"warehouse.{module}.lacking_bytes", looking)
    return seen


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    published = tmp_path_factory.mktemp("first") / "speedscore.duckdb"
    land_batch(published, 0)
    land_batch(published, 1)
    return published


@pytest.fixture
def filled(first, tmp_path) -> Path:
    """Return a warehouse of its own in which two batches have landed."""
    shutil.copytree(first.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / first.name


@pytest.fixture(scope="module")
def left_over(first, tmp_path_factory) -> Path:
    """Return the log of a writer of another time."""
    other = tmp_path_factory.mktemp("other") / first.name
    shutil.copy(first, other)
    land_batch(other, 5)
    kill_before_the_checkpoint(writer_path(other))
    return log_of(writer_path(other))


def kill_before_the_checkpoint(path: Path) -> None:
    code = f"import duckdb, os; c = duckdb.connect({str(path)!r}); c.execute(\"insert into label values ('kept', 'yes')\"); os._exit(0)"
    said_elsewhere(code)


def said_elsewhere(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def batches(published: Path) -> int:
    with open_reader(published) as reader:
        return reader.sql("select count(*) from observation").fetchall()[0][0]


def asides(published: Path) -> list[Path]:
    return sorted(published.parent.glob("*.damaged-*"))


def contents(published: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in published.parent.iterdir() if path.suffix != ".lock"}
