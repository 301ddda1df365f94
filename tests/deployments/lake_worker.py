"""A worker of a team, as a process of its own: `python -m tests.deployments.lake_worker LAKE VERB ARGUMENT...`."""

import sys
from datetime import datetime
from pathlib import Path

from collectors.source import sources
from flows.settings import load_settings
from flows.stages.collect import collect_source
from flows.stages.land import RunStart
from flows.stages.nightly import land_night
from flows.stages.shard import shard_of
from tests.warehouse.writer import land_batch, write

SHARED = 0


def land_batches(lake: Path, first: str, last: str) -> None:
    """Land batches of one's own, and one that every worker lands."""
    for number in (*range(int(first), int(last)), SHARED):
        land_batch(lake, number)


def hang_while_landing(lake: Path) -> None:
    """Write a batch, say so, and never end the transaction."""
    write(lake, "while landing")


def night(lake: Path, shard: str, started_at: str) -> None:
    """Collect and land one's part of a night."""
    settings = load_settings(warehouse=lake)
    run_start = RunStart(
        "nightly",
        f"{datetime.fromisoformat(started_at):%Y%m%dT%H%M%S}-nightly-{shard[0]}",
        datetime.fromisoformat(started_at),
    )
    subjects = shard_of([one.id for one in settings.followed.subjects], shard)
    assert subjects
    names = [name for name, one in sources().items() if not one.is_optional]
    land_night(settings, [collect_source(name, settings, run_start, subjects) for name in names], run_start)


VERBS = {"land": land_batches, "hang": hang_while_landing, "night": night}

if __name__ == "__main__":
    VERBS[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
