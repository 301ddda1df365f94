"""Measure what docs/performance.md claims: `make bench`. Ratios are against a named baseline of the same run."""

import resource
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from catalog.load import load_catalog
from catalog.metric import METRICS
from scoring.rubric_files import load
from scoring.score import score
from warehouse.connection import open_writer
from warehouse.exchange import registered
from warehouse.frame import ARRIVED
from warehouse.land import Run, land
from warehouse.scores import evidence, subjects_known

NOW = datetime(2026, 11, 22)
OBSERVATIONS = 1_000_000
DAYS = 2_000
RUNS = 3


def main() -> None:
    """Print a table: what, seconds (median of the runs), and the ratio to the baseline above it."""
    catalog = load_catalog()
    with TemporaryDirectory() as folder:
        frame = observations([subject.id for subject in catalog.subjects], OBSERVATIONS)
        bare = timed(lambda run: insert_bare(Path(folder) / f"bare-{run}.duckdb", frame))
        landed = timed(lambda run: insert_landed(Path(folder) / f"landed-{run}.duckdb", frame))
        again = timed(lambda _: insert_landed(Path(folder) / "landed-0.duckdb", frame))
        print(f"| bare insert of {OBSERVATIONS:,} rows into DuckDB (baseline) | {bare:.2f} s | 1.0 |")
        print(f"| landing them: deduplicated, gated, published | {landed:.2f} s | {landed / bare:.1f} |")
        print(f"| landing them again: nothing is new | {again:.2f} s | {again / bare:.1f} |")
        scoring(Path(folder) / "landed-0.duckdb")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| peak memory of all that | {peak:,.0f} MiB | |")


def scoring(path: Path) -> None:
    """Time the scoring of every subject on many days in one pass, against reading the evidence alone."""
    rubric = load("2024.1")
    days = [NOW - timedelta(days=number) for number in range(DAYS)]
    frame = pl.DataFrame({"as_of": sorted(days)}, schema={"as_of": pl.Datetime("us")})
    with open_writer(path, NOW) as connection:
        known = NOW + timedelta(days=9)
        subjects = subjects_known(connection, known)
        read = timed(lambda _: evidence(connection, rubric.metrics(), known, NOW))
        found = evidence(connection, rubric.metrics(), known, NOW)
        whole = timed(lambda _: score(found, subjects, frame, rubric))
    what = f"scoring {subjects.height} subjects x {DAYS:,} days = {subjects.height * DAYS:,} scores"
    print(f"| reading {found.height:,} rows of evidence (baseline) | {read:.2f} s | 1.0 |")
    print(f"| {what} | {whole:.2f} s | {whole / read:.1f} |")


def observations(subjects: list[str], count: int) -> pl.DataFrame:
    """Return seeded daily values of every gated metric, oldest first."""
    metrics = sorted(name for name, metric in METRICS.items() if metric.source in {"github", "stackoverflow"})
    per_series = -(-count // (len(subjects) * len(metrics)))
    series = pl.DataFrame({"subject": subjects}).join(pl.DataFrame({"metric": metrics}), how="cross")
    steps = pl.DataFrame({"step": range(per_series)})
    frame = series.join(steps, how="cross").head(count)
    return frame.select(
        "subject",
        "metric",
        method=pl.lit("snapshot"),
        source=pl.lit("github"),
        valid_at=pl.lit(NOW) - pl.duration(days=per_series) + pl.duration(days=pl.col("step")),
        value=1000.0 + pl.col("step") + (pl.col("step") * 7919 % 13),
        lo=pl.lit(None, pl.Float64),
        hi=pl.lit(None, pl.Float64),
        n=pl.lit(None, pl.Int64),
        status=pl.lit("measured"),
        reason=pl.lit(None, pl.String),
        definition=pl.lit("benchmark@1"),
        unit=pl.lit("1"),
        valid_until=pl.lit(None, pl.Datetime("us")),
        url=pl.lit(None, pl.String),
        raw_sha256=pl.lit(None, pl.String),
    ).select(list(ARRIVED))


def insert_bare(path: Path, frame: pl.DataFrame) -> None:
    """Insert the frame into a table without any rule."""
    with duckdb.connect(path) as connection, registered(connection, arrived=frame):
        connection.execute("create table bare as select * from arrived")


def insert_landed(path: Path, frame: pl.DataFrame) -> None:
    """Land the frame as a run does."""
    with open_writer(path, NOW) as connection:
        land(connection, frame, load_catalog(), Run(f"bench-{time.monotonic_ns()}", "import", NOW, NOW, "bench"))


def timed(work: Callable[[int], object]) -> float:
    """Return the median seconds of the runs."""
    seconds = []
    for run in range(RUNS):
        began = time.perf_counter()
        work(run)
        seconds.append(time.perf_counter() - began)
    return median(seconds)


if __name__ == "__main__":
    sys.exit(main())
