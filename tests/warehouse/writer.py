"""Processes that land batches, for tests that kill them: `python -m tests.warehouse.writer`.

A writer says in a line what it has reached, so that a test may kill it there.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

from tests.warehouse.builders import LEARNED, bring, stars
from warehouse import land
from warehouse.connection import open_writer

SIZE = 50


def land_batch(published: Path, number: int) -> None:
    """Land SIZE readings of one source and publish them."""
    with open_writer(published, LEARNED) as connection:
        bring(connection, *batch(number), run_id=f"batch-{number}")


def batch(number: int) -> list[Any]:
    """Return SIZE weekly readings, none of which looks wrong."""
    return [stars(1_000 + week, week, source=f"batch-{number}") for week in range(SIZE)]


def say(line: object) -> None:
    """Tell the test what has been reached."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def hang(*_: Any) -> None:
    """Say so, and stay here until killed."""
    say("here")
    time.sleep(60)


def hang_half_way(source: int, target: int, size: int) -> None:
    """Copy half of the file, and stay here until killed."""
    os.write(target, os.pread(source, size // 2, 0))
    hang()


def write(published: Path, how: str) -> None:
    """Land for ever, or stop at a named moment, or hold the writer's file until a line comes in."""
    if how == "while landing":
        land._record = hang  # type: ignore[assignment]
    if how == "while copying":
        os.copy_file_range = hang_half_way  # type: ignore[assignment]
    if how == "holding":
        with open_writer(published, LEARNED) as connection:
            say("here")
            sys.stdin.readline()
            bring(connection, *batch(1), run_id="batch-1")
        return
    for number in count(1):
        land_batch(published, number)
        say(number)


def main() -> None:
    """For each line in, fork a writer, say its process id, and say when it has ended: imports are paid for once."""
    while line := sys.stdin.readline():
        how, _, published = line.rstrip("\n").partition(" ")
        process = os.fork()
        if process == 0:
            write(Path(published), how.replace("-", " "))
            os._exit(0)
        say(process)
        os.waitpid(process, 0)
        say("ended")


if __name__ == "__main__":
    main()
