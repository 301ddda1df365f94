"""A disk that is full while a run lands is told in a sentence, and costs nothing that was there before."""

import resource
from pathlib import Path

import pytest

from tests.warehouse.builders import LEARNED
from warehouse.connection import open_reader, open_writer
from warehouse.errors import WarehouseError

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


def land_too_much(published: Path, limits: tuple[int, int]) -> None:
    """Write more than any file may hold from now on."""
    with open_writer(published, LEARNED) as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        connection.execute("create table big as select range, random() as value from range(2_000_000)")
