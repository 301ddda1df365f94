"""How the scoring of many days grows with their number, against scoring every day for itself.

    python -m benchmarks.scoring_over_time [--years 2 4 8 10]

Fourteen subjects are invented: stars, forks and pushes every day, contributors every week, all else every month, facts
every year. It prints CPU seconds (medians of three turns) and the peak of memory; the exit code is 1 where a day of a
longer history costs twice one of a shorter.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch

import polars as pl

from benchmarks.growth_table import Growth, table, worse_steps
from benchmarks.memory import peak_mib
from catalog.load import load_catalog
from scoring.changes import changes
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import score

END = datetime(2026, 9, 1)
TURNS = 3
DAYS_AT_ONCE = 500
SLACK = 2.0
DAILY = ("github.stars", "github.forks", "github.stars_new_365d", "github.last_push_age_d")
WEEKLY = ("github.contributors", "github.contributors_active_365d", "github.commits_week", "liveness.main")
EACH_DAY = "every day for itself (baseline)"
CARRIED = "scores and all behind them"


def main() -> int:
    """Print the table; return 1 where the growth is worse than linear."""
    asked = _asked()
    growth = Growth("years", {years: over_years(years) for years in asked.years}, SLACK)
    print(table(growth))
    print(f"\npeak MiB: {peak_mib():.0f}")
    return int(bool(worse_steps(growth)))


def over_years(years: int) -> list[dict[str, float]]:
    """Return the CPU seconds of scoring so many years, turn by turn, and of scoring every day for itself."""
    rubric = load(available()[-1])
    subjects = pl.DataFrame([{"subject": one.id, "kind": one.kind} for one in load_catalog().subjects])
    evidence = invented(subjects["subject"].to_list(), rubric, years)
    turns = []
    for _ in range(TURNS):
        with every_day():
            turns.append({EACH_DAY: _seconds(evidence, subjects, years, rubric)})
        turns[-1][CARRIED] = _seconds(evidence, subjects, years, rubric)
    return turns


@contextmanager
def every_day() -> Iterator[None]:
    """Let every day be scored for itself while the block runs."""
    with patch("scoring.score.changes", lambda *some: changes(*some).every):
        yield


def invented(subjects: list[str], rubric: Rubric, years: int) -> pl.DataFrame:
    """Return the evidence of so many years, as the warehouse tells it."""
    rows = [row for subject in subjects for row in _told(subject, rubric, years)]
    times = dict.fromkeys(("valid_at", "valid_until", "known_at", "doubted_at"), pl.Datetime("us"))
    more = {"n": pl.Int64, "lo": pl.Float64, "hi": pl.Float64, "reason": pl.String, "confidence": pl.String}
    return pl.DataFrame(rows, schema_overrides=times | more).sort("subject", "metric", "valid_at")


def _told(subject: str, rubric: Rubric, years: int) -> Iterator[dict[str, object]]:
    chance = Random(subject)
    for metric in rubric.metrics():
        is_fact = metric.startswith(("curated.", "benchmark."))
        step = 365 if is_fact else 1 if metric in DAILY else 7 if metric in WEEKLY else 30
        for day in range(chance.randrange(step), 365 * years, step):
            at = END - timedelta(days=365 * years - day)
            yield {
                "subject": subject, "metric": metric, "source": "one", "lane": 9 if is_fact else 1, "valid_at": at,
                "valid_until": at + timedelta(days=400) if is_fact else None, "known_at": at, "lo": None, "hi": None,
                "value": float(chance.randrange(5) if is_fact or "liveness" in metric else chance.randrange(1, 10_000)),
                "n": None, "status": "curated" if is_fact else "measured", "reason": None,
                "confidence": "medium" if is_fact else None, "doubted_at": None,
            }  # fmt: skip


def _seconds(evidence: pl.DataFrame, subjects: pl.DataFrame, years: int, rubric: Rubric) -> float:
    """Return the CPU seconds of scoring the last years, five hundred days at once."""
    days = pl.DataFrame({"as_of": [END - timedelta(days=day) for day in range(365 * years)]}).sort("as_of")
    began = time.process_time()
    for some in days.cast(pl.Datetime("us")).iter_slices(DAYS_AT_ONCE):
        score(evidence, subjects, some, rubric)
    return time.process_time() - began


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, nargs="+", default=[2, 4, 8, 10])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
