"""Figures of commands by the clock, on the home of the demo."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Asked, Figure

TURNS = 5
SPEEDSCORE = str(Path(sys.executable).with_name("speedscore"))
PYTHON = ("start of Python", [sys.executable, "-c", "pass"])
LIBRARIES = (
    "importing NumPy, Polars, DuckDB, Pydantic",
    [sys.executable, "-c", "import numpy, polars, duckdb, pydantic"],
)
COMMANDS = {
    "--help": (PYTHON, Asked(0.3)),
    "card pytorch": (LIBRARIES, Asked(0.8)),
    "score": (LIBRARIES, Asked(0.8)),
    "status": (LIBRARIES, None),
}


def commands(home: str, _share: float) -> list[Figure]:
    """Run commands in a pipe, after one turn that is not counted; beside what they start with."""
    with TemporaryDirectory() as folder:
        own = Path(folder) / "home"
        shutil.copytree(home, own, ignore=shutil.ignore_patterns("raw", "site"))
        environment = {**os.environ, "SPEEDSCORE_HOME_DIR": str(own)}
        figures = []
        for told, ((baseline, bare), asked) in COMMANDS.items():
            seen = _turns([SPEEDSCORE, *told.split()], environment)
            figures.append(Figure(told, "the demo's home", seen, "s", baseline, _turns(bare, environment), asked))
    return figures


def _turns(command: list[str], environment: dict[str, str]) -> list[float]:
    seconds = []
    for _ in range(TURNS + 1):
        began = time.perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    return seconds[1:]
