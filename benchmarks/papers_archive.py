"""Measure what the whole Papers With Code archive takes: `python -m benchmarks.papers_archive`.

An archive of the real size is invented (300,161 links, 576,261 papers with abstracts), written as Parquet and as the
JSON dump, and its shares are derived in a process of its own; the baseline is reading the same files to their end.
"""

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from benchmarks.memory import peak_mib

LINKS, PAPERS = 300_161, 576_261
VENUES = ("NeurIPS 2023 12", "ICML 2022 7", "ICLR 2024 5", "CVPR 2021 6", None, None, None, None, None, None)
FRAMEWORKS = ("pytorch", "tf", "jax", "paddle", "none")
WORDS = ("attention", "gradient", "loss", "model", "data", "network", "token", "image", "policy", "graph")


def main() -> None:
    """Print a line for each form of the archive."""
    print("| form | MB on disk | seconds | of which reading (baseline) | ratio | peak MiB |\n|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for suffix in (".parquet", ".json.gz"):
            write(Path(folder), suffix)
            files = sorted(str(file) for file in Path(folder).glob(f"*{suffix}"))
            told = [told_by(action, files) for action in ("read", "derive")]
            size = sum(Path(file).stat().st_size for file in files) / 1e6
            (read, _), (derived, peak) = told
            print(
                f"| {suffix} | {size:.0f} | {derived:.1f} | {read:.1f} | {derived / read:.1f} | {peak:.0f} |",
                flush=True,
            )


def write(folder: Path, suffix: str) -> None:
    """Write both tables in one form; Parquet papers in four parts, as they are."""
    for name, rows in (("links", links()), ("papers", papers())):
        if suffix == ".parquet":
            for part, some in enumerate(batched(rows, -(-PAPERS // 4))):
                pl.DataFrame(some, infer_schema_length=1000).write_parquet(folder / f"{name}-{part}{suffix}")
            continue
        path = folder / f"{name}{suffix}"
        with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
            file.write("[")
            for number, row in enumerate(rows):
                file.write(("," if number else "") + json.dumps(row))
            file.write("]")


def links() -> Iterator[dict[str, Any]]:
    """Yield the links, most papers with one."""
    rng = Random(1)
    for number in range(LINKS):
        paper = rng.randrange(PAPERS // 2)
        yield {
            "paper_url": f"https://paperswithcode.com/paper/paper-{paper}",
            "paper_title": f"Paper {paper} on {rng.choice(WORDS)}",
            "repo_url": f"https://github.com/someone/repository-{number}",
            "is_official": rng.random() < 0.4,
            "mentioned_in_paper": True,
            "mentioned_in_github": False,
            "framework": rng.choice(FRAMEWORKS),
        }


def batched(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield so many rows at a time."""
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def papers() -> Iterator[dict[str, Any]]:
    """Yield the papers with abstracts of a thousand letters; hexadecimal digits pack to a half, about as text does."""
    rng = Random(2)
    for number in range(PAPERS):
        yield {
            "paper_url": f"https://paperswithcode.com/paper/paper-{number}",
            "title": f"Paper {number}",
            "abstract": rng.randbytes(500).hex(),
            "proceeding": rng.choice(VENUES),
            "authors": ["Ada Axon", "Alan Batch"],
            "tasks": ["Image Classification"],
            "methods": [{"name": "Demo", "description": rng.randbytes(300).hex()} for _ in range(number % 3)],
        }


def told_by(action: str, files: list[str]) -> tuple[float, float]:
    """Run an action in a process of its own; give its seconds and peak MiB."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.papers_archive", action, *files], check=True, capture_output=True
    )
    seconds, peak = told.stdout.split()
    return float(seconds), float(peak)


def read(files: list[Path]) -> None:
    """Read the files to their end and keep nothing."""
    for file in files:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            while stream.read(2**20):
                pass


def derive(files: list[Path]) -> None:
    """Derive the shares of every subject."""
    from catalog.load import load_catalog
    from warehouse.papers import shares

    links = [file for file in files if file.name.startswith("links")]
    assert shares(links, [file for file in files if file not in links], load_catalog())  # noqa: S101


if __name__ == "__main__":
    if sys.argv[1:]:
        began = time.perf_counter()
        {"read": read, "derive": derive}[sys.argv[1]]([Path(one) for one in sys.argv[2:]])
        print(time.perf_counter() - began, peak_mib())
    else:
        main()
