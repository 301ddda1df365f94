"""Publishing: readers are never in the way, never see half a landing, and a killed writer leaves all as it was."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.builders import LEARNED, bring, effective, stars
from tests.warehouse.writer import SIZE, land_batch
from tests.whole import amount
from warehouse.connection import open_writer, writer_path
from warehouse.errors import NoWarehouseError, WarehouseBusyError, WarehouseError
from warehouse.reader import open_reader

PIPE = subprocess.PIPE
WRITERS = [sys.executable, "-m", "tests.warehouse.writer"]
REPOSITORY = Path(__file__).resolve().parents[2]
HALF = {"while landing": "the transaction is open", "while copying": "half of the new file is written"}


def test_what_is_landed_is_published_when_the_block_ends(published):
    with open_writer(published, LEARNED) as connection:
        bring(connection, stars(100, 0))
        assert not published.exists()

    with open_reader(published) as reader:
        assert effective(reader, 0) == 100


def test_nothing_is_published_where_the_block_fails_and_the_next_landing_publishes_both(filled):
    before = filled.read_bytes()
    with pytest.raises(KeyError, match="stop"):
        land_and_stop(filled)

    assert filled.read_bytes() == before
    land_batch(filled, 1)
    assert batches(filled) == {"batch-0": SIZE, "landed": 1, "batch-1": SIZE}


def test_a_reader_held_open_stops_no_writer_and_keeps_its_snapshot_whole(filled):
    with open_reader(filled) as reader:
        first = snapshot(reader)
        land_batch(filled, 1)
        land_batch(filled, 2)

        assert snapshot(reader) == first
        assert count_elsewhere(filled) == 3 * SIZE
    assert batches(filled) == {"batch-0": SIZE, "batch-1": SIZE, "batch-2": SIZE}


def test_any_number_of_readers_read_at_once(filled):
    with open_reader(filled) as one, open_reader(filled) as other:
        assert snapshot(one) == snapshot(other)
        assert count_elsewhere(filled) == SIZE


@pytest.mark.parametrize("moment", HALF, ids=HALF.values())
def test_a_writer_killed_half_way_leaves_the_published_file_as_it_was(filled, writers, moment):
    before = filled.read_bytes()
    process = writers.start(moment, filled)
    assert writers.line() == "here"
    writers.kill(process)

    assert filled.read_bytes() == before
    land_batch(filled, 9)
    left = batches(filled)
    assert left.pop("batch-1", SIZE) == SIZE
    assert left == {"batch-0": SIZE, "batch-9": SIZE}
    assert names(filled) == ["speedscore.duckdb", "speedscore.writer.duckdb", "speedscore.writer.lock"]


@pytest.mark.parametrize("kill", amount(["first"], ["first", "second", "third"]))
def test_a_writer_killed_at_any_moment_leaves_whole_landings(filled, writers, kill):
    process = writers.start("for ever", filled)
    assert writers.line() == "1"
    time.sleep(random.SystemRandom().uniform(0, 0.3))
    said = 1 + len(writers.kill(process))

    found = batches(filled)
    assert set(found.values()) == {SIZE}
    assert len(found) in {1 + said, 1 + said + 1}


def test_two_writers_wait_for_each_other(published, writers):
    writers.start("holding", published)
    assert writers.line() == "here"
    with pytest.raises(WarehouseBusyError, match=r"being written by another run; try again when it ends$"):
        hold_no_longer_than(published, 0.1)

    writers.tell("go on")
    with open_writer(published, LEARNED) as connection:
        seen = connection.sql("select count(*) from observation").fetchall()

    assert seen == [(SIZE,)]
    assert writers.line() == "ended"


def test_what_a_killed_run_left_over_is_removed(published):
    left_over = [published.with_name(f".speedscore{part}.duckdb.4711.new") for part in ("", ".writer")]
    other = published.with_name(".another.duckdb.4711.new")
    for file in (*left_over, other):
        file.write_bytes(b"half")

    land_batch(published, 0)

    assert [file.name for file in published.parent.glob(".*.new")] == [other.name]


def test_a_lost_private_file_is_made_again_from_the_published_one(filled):
    writer_path(filled).unlink()
    land_batch(filled, 1)

    assert batches(filled) == {"batch-0": SIZE, "batch-1": SIZE}


def test_the_folder_is_made_where_there_is_none(tmp_path):
    land_batch(tmp_path / "new" / "folder" / "speedscore.duckdb", 0)

    assert batches(tmp_path / "new" / "folder" / "speedscore.duckdb") == {"batch-0": SIZE}


def test_reading_before_anything_was_collected_names_the_next_step(published):
    with pytest.raises(NoWarehouseError, match=r"run `speedscore nightly` or `speedscore import` first$"):
        count(published)


@pytest.mark.parametrize("which", ["published", "private"])
def test_a_file_that_is_no_warehouse_is_named(published, which):
    broken = published if which == "published" else writer_path(published)
    broken.write_bytes(b"no database " * 1_000)

    with pytest.raises(WarehouseError, match=rf"{broken.name} cannot be opened: ") as caught:
        count(published) if which == "published" else land_batch(published, 0)

    assert "\n" not in str(caught.value)


def test_a_reader_writes_nothing(filled):
    with open_reader(filled) as reader, pytest.raises(duckdb.InvalidInputException, match="read-only"):
        reader.execute("delete from observation")


@pytest.fixture
def published(tmp_path) -> Path:
    return tmp_path / "speedscore.duckdb"


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    published = tmp_path_factory.mktemp("first") / "speedscore.duckdb"
    land_batch(published, 0)
    return published


@pytest.fixture
def filled(first, tmp_path) -> Path:
    """Return a warehouse of its own in which batch 0 has landed."""
    shutil.copytree(first.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / first.name


@pytest.fixture(scope="module")
def writers() -> Iterator["Writers"]:
    with subprocess.Popen(WRITERS, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE, text=True) as process:
        yield Writers(process)
        process.stdin.close()


class Writers:
    """Start writers one after the other, hear what they say, and kill them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, how: str, published: Path) -> int:
        self.tell(f"{how.replace(' ', '-')} {published}")
        return int(self.line())

    def tell(self, text: str) -> None:
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def line(self) -> str:
        return self.process.stdout.readline().rstrip("\n")

    def kill(self, process: int) -> list[str]:
        """Kill the writer; give what it had still said."""
        os.kill(process, signal.SIGKILL)
        return list(iter(self.line, "ended"))


def land_and_stop(published: Path) -> None:
    with open_writer(published, LEARNED) as connection:
        bring(connection, stars(100, 0), run_id="landed")
        raise KeyError("stop")


def hold_no_longer_than(published: Path, patience_s: float) -> None:
    with open_writer(published, LEARNED, patience_s):
        pass


def batches(published: Path) -> dict[str, int]:
    with open_reader(published) as reader:
        counted = "select run_id, count(*) from observation join run using (run_id) group by all order by any_value(run.known_at)"
        return dict(reader.sql(counted).fetchall())


def count(published: Path) -> int:
    with open_reader(published) as reader:
        return reader.sql("select count(*) from observation").fetchall()[0][0]


def count_elsewhere(published: Path) -> int:
    """Count in a process of its own: DuckDB shows one process one snapshot while any reader of it is open."""
    code = "import duckdb, sys; print(*duckdb.connect(sys.argv[1], read_only=True).execute('select count(*) from observation').fetchone())"
    done = subprocess.run([sys.executable, "-c", code, str(published)], check=True, capture_output=True, text=True)
    return int(done.stdout)


def snapshot(reader: duckdb.DuckDBPyConnection) -> list[tuple]:
    return [*reader.sql("from observation order by all").fetchall(), *reader.sql("from run").fetchall()]


def names(published: Path) -> list[str]:
    return sorted(file.name for file in published.parent.iterdir())
