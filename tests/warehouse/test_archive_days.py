"""Days of GH Archive: each part lands once, and a label that nobody knows is refused."""

from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from warehouse.archive_days import landed_parts
from warehouse.connection import whole
from warehouse.facts import FACTS, append_facts

MAY_DAY = date(2020, 5, 1)
NOW = datetime(2026, 11, 22)
COUNTED: dict[str, Any] = {
    **dict.fromkeys(FACTS["archive_day"], 0),
    "subject": "jax",
    "day": MAY_DAY,
    "repository_id": 154739597,
    "stars": 7,
    "hours_read": 24,
    "coverage": "whole",
    "part_sha256": "one",
}
FILE: dict[str, Any] = {
    **dict.fromkeys(FACTS["archive_hour"], 0),
    "day": MAY_DAY,
    "state": "absent",
    "size_bytes": None,
    "etag": "",
    "sha256": None,
    "part_sha256": "one",
}


def test_a_part_that_lands_twice_lands_once(warehouse):
    for _ in range(2):
        append_facts(warehouse, "archive_day", [COUNTED], NOW, "run")
        append_facts(warehouse, "archive_hour", [FILE], NOW, "run")

    assert all_of(warehouse, "select subject, stars, run_id from archive_day") == [("jax", 7, "run")]
    assert all_of(warehouse, "select hour, state, size_bytes from archive_hour") == [(0, "absent", None)]
    assert landed_parts(warehouse) == {"one"}


def test_a_day_that_is_read_anew_is_another_word_beside_the_first(warehouse):
    append_facts(warehouse, "archive_day", [COUNTED], NOW, "run")
    append_facts(warehouse, "archive_day", [COUNTED | {"stars": 8, "part_sha256": "two"}], NOW, "another")

    assert all_of(warehouse, "select stars from archive_day order by stars") == [(7,), (8,)]


def test_nothing_is_landed_of_nothing(warehouse):
    append_facts(warehouse, "archive_day", [], NOW, "run")

    assert all_of(warehouse, "from archive_day") == []


@pytest.mark.parametrize(("table", "row"), [("archive_day", COUNTED | {"coverage": "fine"}), ("archive_hour", FILE | {"state": "odd"})])  # fmt: skip
def test_a_label_that_nobody_knows_is_refused_and_nothing_stays(warehouse, table, row):
    with pytest.raises(duckdb.ConstraintException), whole(warehouse):
        append_facts(warehouse, table, [row], NOW, "run")

    assert all_of(warehouse, f"from {table}") == []


def all_of(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return warehouse.execute(query).fetchall()
