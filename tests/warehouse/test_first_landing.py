"""A first landing that was killed leaves a file with nothing but its head, and a log beside it: the next one lands."""

import shutil

import duckdb

from tests.warehouse.builders import LEARNED
from warehouse.config import WRITER
from warehouse.connection import open_writer, writer_path
from warehouse.damage import fault_of, log_of
from warehouse.reader import open_reader


def test_what_a_killed_first_landing_leaves_is_whole_and_the_next_one_lands(tmp_path):
    published, began = tmp_path / "one.duckdb", tmp_path / "began.duckdb"
    private = writer_path(published)
    with duckdb.connect(began, config=WRITER) as connection:
        connection.execute("begin; create table half (value integer); insert into half values (1); commit")
        for left, copy in ((began, private), (log_of(began), log_of(private))):
            shutil.copyfile(left, copy)

    assert fault_of(private, WRITER) is None
    with open_writer(published, LEARNED):
        pass

    with open_reader(published) as reader:
        assert reader.execute("select count(*) from run").fetchall() == [(0,)]
