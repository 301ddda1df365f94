"""Serve the demo's world: `python -m flows.replica --catalog OUT.toml`, until stdin closes or SIGTERM."""

import argparse
import json
import signal
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from flows.replica.demo import demo_catalog, demo_facts, demo_repositories, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.server import Server
from flows.replica.world import build_world

SEED = 2026


def main() -> None:
    """Build the world, write its catalog, say where it is, and serve."""
    options = _options()
    wanted = options.subject
    subjects = [one for one in demo_subjects() if not wanted or one["id"] in wanted]
    repositories = demo_repositories(subjects)
    world = build_world(subjects, options.today, SEED, backing=repositories)
    signal.signal(signal.SIGTERM, _leave)
    with (
        TemporaryDirectory(prefix="speedscore-replica-") as scratch,
        Server(world, latency_ms=options.latency_ms, port=options.port) as server,
    ):
        environment = server.environment() | write_repositories(world, Path(scratch))
        facts = demo_facts(subjects, options.today, SEED)
        options.catalog.write_text(demo_catalog(subjects, facts, server.url, repositories), "utf-8")
        print(json.dumps({"url": server.url, "environment": environment}), flush=True)
        while sys.stdin.readline():
            pass


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m flows.replica", description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True, help="where to write the catalog of the demo")
    parser.add_argument("--subject", action="append", help="only this subject; may be given again")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date(), help="the world's day")
    parser.add_argument("--latency-ms", type=float, default=0, help="how long each answer takes")
    return parser.parse_args()


def _leave(_: int, __: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
