"""The demo: start the local replica of the upstreams, and run the real pipeline against it over HTTP."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from catalog.errors import InputError
from catalog.text import text_of
from flows.notes import note
from flows.places import refuse_file
from flows.settings import load_settings

REPLICA = "flows.replica"
MARK = "DEMO"
WRITTEN_HERE = f"# Written by {REPLICA}: an invented world."


def run_demo(keep: Path | None = None, subjects: Sequence[str] = ()) -> int:
    """Collect, land, score and report from the replica; give the exit code."""
    with tempfile.TemporaryDirectory(prefix="speedscore-demo-") as scratch:
        home = keep or Path(scratch) / "home"
        refuse_real(home)
        home.mkdir(parents=True, exist_ok=True)
        with replica(home / "catalog.toml", subjects) as environment:
            os.environ.update(environment)
            os.environ.update(
                SPEEDSCORE_HOME_DIR=str(home),
                SPEEDSCORE_CATALOG=str(home / "catalog.toml"),
                SPEEDSCORE_LABEL=MARK,
            )
            os.environ.pop("SPEEDSCORE_WAREHOUSE", None)
            note("DEMO: a local replica of the upstreams answers; every figure below is invented")
            from flows.cli.runs import run_nightly
            from flows.cli.summary import demo_steps, show_steps

            night = run_nightly(load_settings(), [], [], None, as_json=False)
            show_steps(demo_steps(keep, *subjects[:1]))
            note("DEMO: every figure above is invented" + (f"; it is kept in {home}" if keep else ""))
    return 0 if night.landed.observations else 1


def refuse_real(home: Path) -> None:
    """Raise InputError where real figures, or a catalog of one's own, lie in the folder of a demo."""
    refuse_file(home)
    if not (_is_demo(home / "speedscore.duckdb") and _is_invented(home / "catalog.toml")):
        raise InputError(f"{home} holds what is real; name another folder, for a demo writes over it")


def _is_demo(published: Path) -> bool:
    if not published.exists():
        return True
    from warehouse.label import label
    from warehouse.migrate import schema_of
    from warehouse.reader import open_reader

    with open_reader(published) as connection:
        schema_of(connection)
        return label(connection) == MARK


def _is_invented(catalog: Path) -> bool:
    return not catalog.exists() or text_of(catalog).startswith(WRITTEN_HERE)


@contextmanager
def replica(catalog: Path, subjects: Sequence[str] = ()) -> Iterator[dict[str, str]]:
    """Run the replica as a process of its own; give the settings that point at it."""
    command = [sys.executable, "-m", REPLICA, "--catalog", str(catalog), *(f"--subject={one}" for one in subjects)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise OSError(0, "the replica did not start", REPLICA)
            yield json.loads(line)["environment"]
        finally:
            process.terminate()
