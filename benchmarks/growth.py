"""How nights, questions, scores and cards grow: with rows, with years, and with subjects.

    python -m benchmarks.growth --home HOME [--subjects 14 100 1000 10000] [--rows 1000000 10000000 50000000]
                                [--years 2 4 8]

Two processes run at once, each a piece of the work, the longest first, with one thread of Polars each; so the figures
are CPU seconds. The subjects are those of the demo's home, copied under new names, and are scored and printed as the
product does it, block by block. The exit code is 1 where a step costs more than its share of a smaller size.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import landing, scoring_over_time
from benchmarks.apart import apart
from benchmarks.growth_table import Growth, table, worse_steps

AT_ONCE = 2
ONE_THREAD = {"POLARS_MAX_THREADS": "1"}
TURNS, MANY = 3, 5_000
"""Turns of a size of subjects; of so many and more there is one."""
SLACK = 2.0
Piece = tuple[str, int]


def main() -> int:
    """Run the pieces, print the tables; return 1 where the growth of a step is worse than linear."""
    asked = _asked()
    found = _run(_pieces(asked))
    some = {size: [one["seconds"] for one in found["subjects", size]] for size in asked.subjects}
    grown = [
        Growth("rows", {size: found["rows", size][0] for size in asked.rows}, landing.SLACK),
        Growth("years", {years: found["years", years][0] for years in asked.years}, landing.SLACK),
        Growth("years of scores", {years: found["scored", years][0] for years in asked.years}, scoring_over_time.SLACK),
        Growth("subjects", some, SLACK),
    ]
    print(landing.landing_table(found["landed", asked.landed][0], asked.landed))
    for growth in grown:
        print(f"\n{table(growth)}")
    print(f"\n{_peaks({size: found['subjects', size] for size in asked.subjects})}")
    worse = [f"{step}, with the number of {growth.unit}" for growth in grown for step in worse_steps(growth)]
    print("\n" + "\n".join(f"worse than linear: {one}" for one in worse or ["nothing"]))
    return int(bool(worse))


def _pieces(asked: argparse.Namespace) -> list[tuple[Piece, Callable[[], Any]]]:
    """Return each piece of the work by what it is and how large; those that take longest first."""
    home = str(asked.home.resolve())
    many = sorted(asked.subjects, reverse=True)
    told: list[tuple[Piece, tuple[Any, ...]]]
    told = [(("subjects", size), ("subjects:measure", home, size)) for size in many if size >= MANY]
    told += [(("rows", size), ("landing:on_rows", size)) for size in sorted(asked.rows, reverse=True)]
    told += [
        (("scored", years), ("scoring_over_time:over_years", years)) for years in sorted(asked.years, reverse=True)
    ]
    turns = [size for size in many if size < MANY for _ in range(TURNS)]
    told += [(("subjects", size), ("subjects:measure", home, size)) for size in turns]
    told += [(("years", years), ("landing:on_years", years)) for years in sorted(asked.years, reverse=True)]
    told += [(("landed", asked.landed), ("landing:landed", asked.landed))]
    return [(piece, partial(apart, *call, environment=ONE_THREAD)) for piece, call in told]


def _run(pieces: Sequence[tuple[Piece, Callable[[], Any]]]) -> dict[Piece, list[Any]]:
    """Run two pieces at once, say how long each took by the clock, and give what every turn found."""
    found: dict[Piece, list[Any]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: list[tuple[Piece, Future[Any]]] = [(piece, pool.submit(_timed, piece, work)) for piece, work in pieces]
        try:
            for piece, future in running:
                found.setdefault(piece, []).append(future.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return found


def _timed(piece: Piece, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    found = work()
    print(f"{piece[0]} {piece[1]:,}: {time.perf_counter() - began:.0f} s by the clock", file=sys.stderr, flush=True)
    return found


def _peaks(by_size: Mapping[int, Sequence[Mapping[str, Any]]]) -> str:
    """Return the largest peaks of memory by size."""
    sizes = sorted(by_size)
    lines = [f"| peak MiB | {' | '.join(f'{size:,} subjects' for size in sizes)} |", "|---" * (len(sizes) + 1) + "|"]
    for step in by_size[sizes[0]][0]["peaks"]:
        most = (max(one["peaks"][step] for one in by_size[size]) for size in sizes)
        lines.append(f"| {step} | {' | '.join(f'{one:.0f}' for one in most)} |")
    return "\n".join(lines)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--subjects", type=int, nargs="+", default=[14, 100, 1_000, 10_000])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 50_000_000])
    parser.add_argument("--years", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--landed", type=int, default=1_000_000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
