"""Kept copies of the warehouse: one consistent file out of it while others write, and back into its place."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from catalog.moments import EPOCH
from warehouse.config import LOCKED
from warehouse.connection import PATIENCE_S, writer_path
from warehouse.damage import TABLES, fault_of, free_name, log_of, rename
from warehouse.errors import DamagedError, NoWarehouseError, WarehouseBusyError, WarehouseError
from warehouse.lake import is_lake
from warehouse.migrate import schema_of
from warehouse.move import move
from warehouse.publish import keep_beside, take_place
from warehouse.reader import open_reader


def copy_out(published: Path, target: Path) -> dict[str, int]:
    """Copy the published file as it is at one moment; return the rows of its tables.

    A landing replaces the file and never writes into it, so what was opened stays whole.
    Raise DamagedError where it is not. Of a lake one snapshot is copied into a file.
    """
    if is_lake(published):
        move(published, target, EPOCH)
        return checked(target)
    try:
        with published.open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 2**22)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError:
        raise NoWarehouseError(f"no warehouse at {published}; there is nothing to keep yet") from None
    try:
        return checked(target)
    except WarehouseError as error:
        raise type(error)(str(error).replace(str(target), str(published))) from error


def checked(file: Path) -> dict[str, int]:
    """Return the rows of each table of a file; raise DamagedError where it is not whole, or is no warehouse of ours."""
    if fault := fault_of(file, LOCKED):
        raise DamagedError(fault)
    with open_reader(file) as connection:
        schema_of(connection)
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {name: int(connection.table(name).count("*").fetchall()[0][0]) for name in sorted(names)}


def put_back(kept: Path, published: Path, now: datetime) -> list[Path]:
    """Put a whole copy into the place of the warehouse; return the files that were there, renamed, never deleted.

    The writer's file is made anew from it by the next landing. A lake takes the rows of the copy where it is empty.
    Raise WarehouseBusyError while another run writes, InputError where a lake holds runs already.
    """
    checked(kept)
    if is_lake(published):
        move(kept, published, now)
        return []
    private = writer_path(published)
    private.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(private.with_suffix(".lock"), timeout=PATIENCE_S):
            others = (private, log_of(private), log_of(published))
            renamed = [put_aside(file, now) for file in others if file.exists()]
            if published.exists():
                aside = free_name(published, f"{published.name}.replaced-{now:%Y%m%dT%H%M%S}")
                keep_beside(published, aside)  # not renamed: there is a warehouse under its name at any moment
                renamed.append(aside)
            take_place(kept, published)
    except Timeout as error:
        raise WarehouseBusyError(f"{private} is being written by another run; try again when it ends") from error
    return renamed


def put_aside(file: Path, now: datetime) -> Path:
    """Rename a file that another takes the place of."""
    return rename(file, f"{file.name}.replaced-{now:%Y%m%dT%H%M%S}")
