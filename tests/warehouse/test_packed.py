"""Rows on their way to the landing: packed they take little, and land as if they had never been packed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from catalog.rows import Rows
from tests.warehouse.builders import FOLLOWED, LEARNED, MONDAY, learned, one, stars
from warehouse import packed as packing
from warehouse.config import FRUGAL
from warehouse.connection import open_writer
from warehouse.facts import fact_frames, land_facts, packed_facts
from warehouse.frame import frame, frames, packed
from warehouse.land import LandingResult, Run, land

GAINED = METRICS["github.stars_gained_1d"]
SHA = "5f" * 32
BLOCK = 8


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROWS_A_BLOCK", BLOCK)


def test_packed_observations_read_as_they_came():
    came = [*days(2 * BLOCK + 3), stars(None, 0, reason=Reason.RATE_LIMITED), stars(0, 1, lo=0, hi=2, n=4)]

    found = packed(came)

    assert (len(found), list(found), found[-1], found[:2]) == (len(came), came, came[-1], came[:2])
    assert found == came
    assert found != came[:-1]


def test_packed_facts_read_with_the_columns_of_their_table():
    rows = [{"subject": "jax", "since": MONDAY, "cursor": f"c{n}", "reached": None, "issues": n} for n in range(20)]
    found = packed_facts("checkpoint")

    found.extend({**row, "more": 1} for row in rows)

    assert list(found)[:BLOCK] == rows[:BLOCK]
    assert sum(part.height for part in fact_frames("checkpoint", [Rows("checkpoint", found)])) == len(rows)


def test_two_packings_join_without_being_unpacked():
    both = packed(days(BLOCK + 1))

    both.extend(packed(days(2 * BLOCK + 1, first=100)))

    assert sorted(both, key=lambda one: one.valid_at) == [*days(BLOCK + 1), *days(2 * BLOCK + 1, first=100)]


def test_a_packed_row_takes_a_twentieth_of_an_observation(monkeypatch):
    monkeypatch.setattr(packing, "ROWS_A_BLOCK", 4_096)

    found = packed(days(4_096, raw_sha256=SHA, url="https://github.com/jax-ml/jax/stargazers"))

    assert sum(map(len, found._blocks)) / len(found) < 20


def test_nothing_packed_is_one_empty_frame():
    assert [part.height for part in frames(packed())] == [0]


def test_what_lands_in_parts_lands_as_one(warehouse: duckdb.DuckDBPyConnection):
    came = [*days(3 * BLOCK), stars(100, 0), stars(103, 0), stars(None, 2)]
    whole = landed(warehouse, frames(came), run_id="whole")

    again = landed(warehouse, frames(packed(came)), run_id="again")

    assert (whole.observations, again.observations) == (3 * BLOCK + 2, 0)
    assert one(warehouse, "select count(*) from observation where run_id = 'whole'") == 3 * BLOCK + 2


def test_the_same_reading_in_two_parts_counts_once_with_the_higher_figure(warehouse: duckdb.DuckDBPyConnection):
    counted = landed(warehouse, iter([frame([stars(100, 0)]), frame([stars(103, 0)])]))

    assert counted.observations == 1
    assert one(warehouse, "select value from metric_latest where metric = 'github.stars'") == 103


def test_what_cannot_have_been_is_refused_in_every_part(warehouse: duckdb.DuckDBPyConnection):
    late = [GAINED.of("jax", LEARNED + timedelta(days=9 + n), 1, method="exact_retained") for n in range(BLOCK + 1)]

    counted = landed(warehouse, frames(packed([*late, *days(1)])))

    assert (counted.observations, counted.refused) == (1, BLOCK + 1)


def test_the_same_fact_in_two_parts_is_appended_once(warehouse: duckdb.DuckDBPyConnection):
    asked = {"subject": "jax", "number": 1, "asked_at": MONDAY, "is_gone": False, "closes": []}
    rows = packed_facts("issue_asked")
    rows.extend({**asked, "number": number} for number in range(BLOCK + 1))

    land_facts(warehouse, [Rows("issue_asked", rows), Rows("issue_asked", ())], learned(1), "one")
    land_facts(warehouse, [Rows("issue_asked", rows)], learned(2), "two")

    assert one(warehouse, "select count(*) from issue_asked") == BLOCK + 1


def test_what_a_killed_landing_left_on_disk_goes(tmp_path: Path):
    left_over = tmp_path / "speedscore.writer.duckdb.tmp"
    left_over.mkdir()
    (left_over / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"1")

    with open_writer(tmp_path / "speedscore.duckdb", LEARNED, config=FRUGAL) as connection:
        assert one(connection, "select current_setting('threads')") == 1
        assert one(connection, "select current_setting('memory_limit')") == "91.5 MiB"

    assert [path.name for path in tmp_path.iterdir() if "tmp" in path.name] == []


# --- builders ---


def days(number: int, first: int = 0, **more: str) -> list[Observation]:
    return [
        GAINED.of("jax", MONDAY + timedelta(days=first + day), day % 5, method="exact_retained", **more)
        for day in range(number)
    ]


def landed(warehouse: duckdb.DuckDBPyConnection, parts: Iterator, run_id: str = "run") -> LandingResult:
    return land(warehouse, parts, FOLLOWED, Run(run_id, "import", LEARNED, LEARNED, "1"))
