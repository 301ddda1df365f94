"""Figures of nights: three giants, very many repositories, Prefect's own server."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import big_nights, night_steps
from benchmarks.apart import apart
from benchmarks.figure import Asked, Figure
from benchmarks.memory import MB_A_MIB

TURNS = 3
UNTIL_STEADY = 7
"""So many nights still look up papers and fill holes of the past."""
MANY, VERY_MANY = 1_000, 10_000


def giants(_home: str, share: float) -> list[Figure]:
    """Run first and steady nights of three giants without Prefect, beside as many bare requests as they made."""
    first = [one for _ in range(TURNS) for one in night_steps.nights(1)]
    steady = list(night_steps.nights(round(UNTIL_STEADY * share) + TURNS))[-TURNS:]
    told = [("first night of three giants, clones included", first, Asked(40))]
    told += [("steady night of three giants", steady, Asked(3))]
    return [figure for what, nights, asked in told for figure in _of_giants(what, nights, asked)]


def _of_giants(what: str, nights: Sequence[night_steps.Night], asked: Asked) -> list[Figure]:
    requests, bare, steps = zip(*nights, strict=True)
    size, base = f"{median(requests):.0f} requests", "as many bare requests"
    each = {step: [one[step][0] for one in steps] for step in steps[0]}
    return [
        Figure(f"{what}: {step}", size, wall, "s", base, bare, asked if step == "all" else None)
        for step, wall in each.items()
    ]


def many(_home: str, share: float) -> list[Figure]:
    """Tell the memory of a first night of a thousand small repositories, all steps in one process."""
    count = round(MANY * share)
    turns = [steps for _ in range(TURNS) for _, steps in big_nights.nights(count, "small", 1, has_clones=True)]
    return _of_many(f"first night of {count:,} small repositories", turns, Asked(400))


def very_many(_home: str, share: float) -> list[Figure]:
    """Tell the memory of a first night of ten thousand tiny repositories without clones: one turn."""
    count = round(VERY_MANY * share)
    turns = [steps for _, steps in big_nights.nights(count, "tiny", 1, has_clones=False)]
    return _of_many(f"first night of {count:,} tiny repositories", turns, Asked(600))


def _of_many(what: str, turns: Sequence[dict[str, list[float]]], asked: Asked) -> list[Figure]:
    imported = [one["imports"][2] * MB_A_MIB for one in turns]
    peaks = {step: [one[step][2] * MB_A_MIB for one in turns] for step in turns[0] if step != "imports"}
    peaks["the whole night"] = [max(some) for some in zip(*peaks.values(), strict=True)]
    base = "the process with everything imported"
    return [Figure(what, step, seen, "MB", base, imported, asked) for step, seen in peaks.items()]


def prefect(_home: str, _share: float) -> list[Figure]:
    """Start Prefect's own server until it answers, first and later, beside the import of Prefect."""
    first, later, bare = [], [], []
    for _ in range(TURNS):
        with TemporaryDirectory() as home:
            first.append(apart("items_nights:server_start_s", environment={"PREFECT_HOME": home}))
            later.append(apart("items_nights:server_start_s", environment={"PREFECT_HOME": home}))
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", "import prefect"], env={**os.environ, "PREFECT_HOME": home}, check=True
            )
            bare.append(time.perf_counter() - began)
    told = (("first, its database made", first), ("later", later))
    return [Figure("start of Prefect's own server", size, seen, "s", "import prefect", bare) for size, seen in told]


def server_start_s() -> float:
    """Start Prefect's server as a night does; return the seconds until it answers."""
    from flows.orchestration.server import prefect_server

    os.environ.pop("PREFECT_API_URL", None)
    began = time.perf_counter()
    with prefect_server():
        return time.perf_counter() - began
