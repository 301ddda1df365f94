"""How a lake is: its newest snapshot, its files and their size, and which of them are not where they should be."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.lake import opened_lake, read_lake

FILES = "select table_name from ducklake_table_info('lake') where file_count > 0"
NEWEST = """select snapshot_id, snapshot_time at time zone 'UTC' from ducklake_snapshots('lake')
order by snapshot_id desc limit 1"""


@dataclass(frozen=True)
class LakeState:
    """What was found of a lake: number and moment (UTC) of its newest snapshot, its files, their bytes, those lost."""

    snapshot: int
    landed_at: datetime
    files: int
    size_bytes: int
    lost: tuple[str, ...]


def lake_state(published: Path) -> LakeState:
    """Look at the catalog of a lake and at its files.

    Raise NoWarehouseError where nothing has landed, WarehouseError where it cannot be reached.
    """
    folder = read_lake(published).data.rstrip("/")
    with opened_lake(published) as connection:
        snapshot, landed_at = connection.execute(NEWEST).fetchall()[0]
        known = _known(connection)
        there = {name for (name,) in connection.execute("select file from glob($1)", [f"{folder}/**"]).fetchall()}
    lost = tuple(sorted(set(known) - there))
    return LakeState(int(snapshot), landed_at, len(known), sum(known.values()), lost)


def _known(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the bytes of each file of the newest snapshot, by its address."""
    found: dict[str, int] = {}
    for (table,) in connection.execute(FILES).fetchall():
        listed = connection.execute(
            "select data_file, data_file_size_bytes, delete_file, delete_file_size_bytes"
            " from ducklake_list_files('lake', $1)",
            [table],
        ).fetchall()
        for data, data_bytes, deleted, deleted_bytes in listed:
            found |= {data: data_bytes} if deleted is None else {data: data_bytes, deleted: deleted_bytes}
    return found
