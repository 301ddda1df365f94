"""A disk that is full while a run lands is told in a sentence, and costs nothing that was there before."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.builders import LEARNED
from warehouse.connection import open_writer
from warehouse.errors import WarehouseError
from warehouse.exchange import registered
from warehouse.reader import open_reader
from warehouse.staging import Staging, staging

MEGABYTE = 2**20


def test_a_full_disk_is_a_sentence_and_the_next_landing_ends_well(tmp_path):
    published, limits = tmp_path / "one.duckdb", resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_writer(published, LEARNED):
        pass
    size = published.stat().st_size
    try:
        with pytest.raises(WarehouseError, match="make room on its disk"):
            land_too_much(published, (size + MEGABYTE, limits[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert published.stat().st_size == size

    with open_writer(published, LEARNED) as connection:
        connection.execute("create table small (value integer)")
    with open_reader(published) as reader:
        assert reader.execute("select count(*) from small").fetchall() == [(0,)]


def hand_over(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Hand over more than the scratch folder takes."""
    with registered(warehouse, brought=pl.DataFrame({"value": range(200_000)})):
        pass


def stage(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Stage more than the scratch folder takes."""
    with staging(warehouse) as staged:
        staged.stage("word", "newest_knowledge")


def spill(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Write into another file than those of the scratch folder."""
    with staging(warehouse):
        raise duckdb.IOException('Could not write file "/elsewhere": No space left on device')


@pytest.mark.parametrize("work", [hand_over, stage])
def test_a_full_scratch_folder_is_a_sentence_that_names_it(warehouse, tmp_path, monkeypatch, work):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("warehouse.staging.statement", lambda _: "select range, hash(range) as h from range(200_000)")
    with _small_files(), pytest.raises(WarehouseError, match=rf"{tmp_path} cannot be written .* TMPDIR"):
        work(warehouse)
    assert list(tmp_path.iterdir()) == []
    assert Staging(warehouse, tmp_path).stage("word", "newest_knowledge") == 200_000


def test_another_disk_that_is_full_is_not_taken_for_the_scratch_folder(warehouse):
    with pytest.raises(duckdb.IOException, match="elsewhere"):
        spill(warehouse)


@contextmanager
def _small_files() -> Iterator[None]:
    """Let no file grow beyond 20 kB, as on a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def land_too_much(published: Path, limits: tuple[int, int]) -> None:
    """Write more than any file may hold from now on."""
    with open_writer(published, LEARNED) as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        connection.execute("create table big as select range, random() as value from range(2_000_000)")
