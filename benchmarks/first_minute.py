"""Time a new user's way: `python -m benchmarks.first_minute` from a checkout, on a clone of what is committed.

Clone and set-up to the first summary, to the card of a framework of one's own at a local replica, to an answer in SQL.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.replica import Server, build_world
from flows.replica.git import write_repositories

ROOT = Path(__file__).resolve().parents[1]
OWN = {
    "id": "velox",
    "name": "Velox",
    "kind": "framework",
    "github": "demo-lab/velox",
    "github_id": 987654321,
    "stackoverflow_tags": ["velox-ml"],
    "discord_invite": "velox-chat",
    "pypi": "velox-ml",
    "discord_guild_id": "123456789012345678",
    "huggingface_tag": "velox",
}


def main() -> None:
    """Walk the way and print how long each step took."""
    with TemporaryDirectory(prefix="speedscore-first-") as folder:
        clone = Path(folder) / "speedscore"
        speedscore = str(clone / ".venv/bin/speedscore")
        took = {"clone": run(["git", "clone", "--quiet", str(ROOT), str(clone)], Path(folder))}
        took["set-up"] = run(["make", ".venv/.ready"], clone)
        took["make run, to the first summary"] = run(["make", "run"], clone)
        with replica(Path(folder)) as environment:
            command = [speedscore, "card", f"https://github.com/{OWN['github']}"]
            took["card of a framework of one's own"] = run(command, clone, environment)
            took["an answer in SQL"] = run([speedscore, "sql", "from latest_score"], clone, environment)
    for step, (wall_s, cpu_s) in took.items():
        print(f"{step:<34}  {wall_s:6.1f} s, of a core {cpu_s:6.1f} s")


def run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> tuple[float, float]:
    """Run a command to its end and give its seconds by the clock and of a core; end with its words where it fails."""
    began, before = time.monotonic(), os.times()
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, **(more or {})}, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(f"{' '.join(command)}: exit {ran.returncode}\n{ran.stdout[-1000:]}\n{ran.stderr[-2000:]}")
    after = os.times()
    own_s, system_s = after.children_user - before.children_user, after.children_system - before.children_system
    return time.monotonic() - began, own_s + system_s


@contextmanager
def replica(folder: Path) -> Iterator[dict[str, str]]:
    """Serve a world of one framework that no catalog knows; give the settings that point at it."""
    world = build_world([OWN], datetime.now(UTC).date())
    with Server(world) as server:
        home = {"SPEEDSCORE_HOME_DIR": str(folder / "own")}
        yield server.environment() | write_repositories(world, folder / "git") | home


if __name__ == "__main__":
    main()
