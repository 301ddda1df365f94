"""A whole night with marked secrets: afterwards they stand in no file, no table and nothing that was printed."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES
from tests.today import TODAY

pytestmark = pytest.mark.prefect
MARKS = {
    "GITHUB_TOKEN": "marked-github-5b1f0c9a7d",
    "STACKEXCHANGE_KEY": "marked-stack-93ac41e2f6",
    "HF_TOKEN": "marked-hub-c07e8d5512",
}
FOUND_IN = b"marked-"
ASKED = [word for name in ("github", "stackoverflow", "huggingface") for word in ("--source", name)]


def test_after_a_night_no_secret_stands_anywhere(night):
    home, printed = night

    assert (home / "speedscore.duckdb").exists(), printed
    texts = list(everything_written(home))
    assert len(texts) > 30
    assert any(b"mlx" in text for _, text in texts)
    assert [name for name, text in texts if FOUND_IN in text] == []
    assert FOUND_IN.decode() not in printed


def test_the_search_would_find_one(tmp_path):
    (tmp_path / "answer.gz").write_bytes(gzip.compress(MARKS["HF_TOKEN"].encode()))
    with duckdb.connect(tmp_path / "a.duckdb") as warehouse:
        warehouse.execute(f"create table told as select '{MARKS['GITHUB_TOKEN']}' as text from range(1000)")
    with sqlite3.connect(tmp_path / "a.sqlite") as table:
        table.execute(f"create table told as select '{MARKS['GITHUB_TOKEN']}' as text")

    found = {name for name, text in everything_written(tmp_path) if FOUND_IN in text}

    assert {Path(name).name for name in found} >= {"answer.gz", "a.duckdb", "a.sqlite"}


def everything_written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file below a folder, and what its compression hides."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_relative_to(folder / "raw/git"):
            continue
        content = path.read_bytes()
        yield str(path), gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        if path.suffix == ".duckdb":
            yield str(path), rows_of(path)


def rows_of(path: Path) -> bytes:
    with duckdb.connect(path, read_only=True) as warehouse:
        tables = [name for (name,) in warehouse.execute("select table_name from duckdb_tables()").fetchall()]
        return "\n".join(str(warehouse.execute(f'from "{name}"').fetchall()) for name in tables).encode()


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> tuple[Path, str]:
    """One night of one framework on the command line, with its log, its site and Prefect's database."""
    folder = tmp_path_factory.mktemp("marked")
    followed, today = [one for one in demo_subjects() if one["id"] == "mlx"], TODAY.date()
    small = {"commits": 120, "issues": 40, "stars": 4000, "created": today - timedelta(days=400)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PROFILES, "mlx", PROFILES["mlx"] | small)
        world = build_world(followed, today)
    write_repositories(world, folder / "git")
    with Server(world, tokens=()) as server:
        (folder / "catalog.toml").write_text(demo_catalog(followed, [], server.url), "utf-8")
        passed = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SPEEDSCORE_"))}
        told = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(folder / 'git').as_uri()}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/",
            "SPEEDSCORE_HOME_DIR": str(folder / "home"),
            "SPEEDSCORE_CATALOG": str(folder / "catalog.toml"),
            "PREFECT_HOME": str(folder / "home/prefect"),
        }
        done = subprocess.run(
            [sys.executable, "-m", "flows", "nightly", *ASKED],
            env=passed | server.environment() | told | MARKS,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        authorized = len(server.requests)
    assert done.returncode == 0, done.stdout
    assert authorized > 20
    return folder / "home", done.stdout
