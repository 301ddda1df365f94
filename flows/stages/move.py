"""Copy the warehouse into one of the other kind: from one file into a lake, or back."""

from pathlib import Path

from catalog.errors import InputError
from flows.clock import utc_now
from flows.settings import Settings
from warehouse.lake import is_lake
from warehouse.move import move


def copy_warehouse(settings: Settings, target: Path) -> dict[str, int]:
    """Copy every row; return the rows of each table. Raise InputError where the target is none, or not empty."""
    if not is_lake(target) and target.suffix != ".duckdb":
        raise InputError(f"--to {target}: name a file that ends in .lake or in .duckdb")
    if is_lake(target) and not target.exists():
        raise InputError(f"--to {target}: write the address of the lake into it first, `catalog` and `data`")
    return move(settings.published, target, utc_now())
