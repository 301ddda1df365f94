"""How a day of scores, its uncertainty and its cards grow with the number of subjects.

    python -m benchmarks.growth --home HOME [--sizes 14 100 1000]

The subjects of a warehouse are copied under new names. It prints CPU seconds, their ratio to the first size, the same
ratio a subject, and the peaks of memory; the exit code is 1 where a subject of the last size costs twice one of the
first. The noise of the draws is the baseline of their cost: NumPy's generator alone, without any score.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
import polars as pl

from catalog.moments import midnight
from reports.card_facts import CardFacts
from reports.site import pages
from reports.site_facts import SiteFacts
from scoring.days import ScoredDays, scored_days
from scoring.drawn_field import DrawnField
from scoring.rubric_files import available, load
from scoring.scenario import DRAWS
from scoring.score import marks, score
from scoring.uncertainty import uncertainty
from scoring.words.card import CardInputs, card_content
from scoring.words.months import months_to
from scoring.words.peer_comparison import compare_peers
from warehouse.connection import open_reader
from warehouse.query import rows
from warehouse.scores import evidence, subjects_known

STEPS = (
    "noise alone (baseline)",
    "scores of a day",
    "draws of a day",
    "scores of twelve months",
    "comparison of peers",
    "cards and pages",
)
WORST = 2.0


def main() -> int:
    """Measure each size in a process of its own; return 1 where the growth is worse than linear."""
    asked = _asked()
    if asked.only:
        print(*_measure(asked.home, asked.only))
        return 0
    print("| step | subjects | CPU seconds | ratio | a subject |\n|---|---|---|---|---|")
    found = {size: _apart(asked.home, size) for size in asked.sizes}
    first, last = asked.sizes[0], asked.sizes[-1]
    for place, step in enumerate(STEPS):
        for size, seconds in found.items():
            ratio = seconds[place] / found[first][place]
            print(f"| {step} | {size} | {seconds[place]:.2f} | {ratio:.1f} | {ratio * first / size:.2f} |")
    for size, (*_, before, after, whole) in found.items():
        print(
            f"{size} subjects, peak MiB: {before:.0f} before the draws, {after:.0f} after them, {whole:.0f} in the end"
        )
    return int(any(found[last][place] / found[first][place] > WORST * last / first for place in range(len(STEPS))))


def _apart(home: Path, size: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.growth", "--home", str(home), "--only", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def _measure(home: Path, size: int) -> list[float]:
    """Return the CPU seconds of each step, and the peaks in MiB before the draws, after them, and in the end."""
    with open_reader(home / "speedscore.duckdb") as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        rubric, as_of = load(available()[-1]), midnight(known_at.date()) + timedelta(days=1)
        known = evidence(connection, rubric.metrics(), known_at, as_of)
        who = subjects_known(connection, known_at)
    known, who = (_copied(one, size, who.height) for one in (known, who))
    who = who.head(size)
    grid = pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")})
    seconds: list[float] = []
    with _timed(seconds):
        _noise(size, rubric.frame().height)
    with _timed(seconds):
        scored, marked = score(known, who, grid, rubric), marks(known, who, grid, rubric)
    before = _peak()
    with _timed(seconds):
        field = DrawnField.of(as_of, who, scored, rubric)
        drawn = uncertainty(marked, scored, rubric, field)
    after = _peak()
    with _timed(seconds):
        months = scored_days(known, who, months_to(as_of), [], rubric).scored
    days = ScoredDays(months, drawn, dict(who.select("subject", "name").iter_rows()), rubric, marked, field)
    with _timed(seconds):
        peers = compare_peers(days.marked, days.scored, rubric, days.field)
    with _timed(seconds):
        inputs = CardInputs(days, as_of, peers, {}, {}, [], {}, None)
        cards = [CardFacts(**card_content(inputs, one)) for one in sorted(days.names)]
        sum(1 for _ in pages([SiteFacts(cards, as_of)]))
    return [*seconds, before, after, _peak()]


def _noise(size: int, criteria: int) -> None:
    for seed in range(size):
        chance = np.random.RandomState(seed)
        chance.standard_normal((DRAWS, criteria))
        chance.random_sample((DRAWS, criteria))


def _peak() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _copied(rows_of_subjects: pl.DataFrame, size: int, known: int) -> pl.DataFrame:
    """Return the rows of so many subjects: the known ones again and again, under other names."""
    copies = [rows_of_subjects.with_columns(pl.col("subject") + f"-{turn}") for turn in range(-(-size // known))]
    return pl.concat(copies).sort("subject", maintain_order=True)


@contextmanager
def _timed(seconds: list[float]) -> Iterator[None]:
    began = time.process_time()
    yield
    seconds.append(time.process_time() - began)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[14, 100, 1000])
    parser.add_argument("--only", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
