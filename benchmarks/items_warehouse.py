"""Figures of the warehouse: landing, nights and questions on very many rows, publishing."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.apart import apart
from benchmarks.figure import Asked, Figure
from benchmarks.landing import NIGHTS, QUESTIONS
from warehouse.publish import publish

ROWS = (1_000_000, 10_000_000, 50_000_000)
GIGABYTES = (1, 5)
TURNS = 3
ONE_PIECE = 1 << 26
OF_TEN_MILLION = {what: Asked(0.3) for what in QUESTIONS} | {"a year ago: metric_as_of": Asked(1.0)}


def landing(_home: str, share: float) -> list[Figure]:
    """Land a million rows, beside a bare insert of the same rows."""
    size = round(ROWS[0] * share)
    found = apart("landing:landed", size)
    asked = Asked(2.2, is_ratio=True)
    return [Figure("landing", f"{size:,} rows", found["landed"], "CPU s", "bare insert of them", found["bare"], asked)]


def stored(_home: str, share: float) -> list[Figure]:
    """Land a night on a million rows and more, and ask; beside the same on a million."""
    first, *more = (round(size * share) for size in ROWS)
    base, figures = apart("landing:on_rows", first), []
    for place, size in enumerate(more):
        turns = apart("landing:on_rows", size)
        asked = {what: Asked(1.2, is_ratio=True) for what, _ in NIGHTS} | ({} if place else OF_TEN_MILLION)
        for what in base[0]:
            seen, least = [one[what] for one in turns], [one[what] for one in base]
            told = (f"{size:,} rows", seen, "CPU s", f"on {first:,} rows", least, asked.get(what))
            figures.append(Figure(what, *told))
    return figures


def publishing(_home: str, share: float) -> list[Figure]:
    """Publish a file: copied, synced and put in place; beside writing as many bytes and syncing them."""
    figures = []
    for gigabytes in GIGABYTES:
        written, published = [], []
        for _ in range(TURNS):
            with TemporaryDirectory(dir=".") as folder:  # not in memory, as temporary folders may be
                source, target = Path(folder) / "source", Path(folder) / "target"
                written.append(_written_s(source, round(gigabytes * 1e9 * share)))
                began = time.perf_counter()
                publish(source, target)
                published.append(time.perf_counter() - began)
        told = (f"{gigabytes * share:g} GB", published, "s", "as many bytes written and synced", written)
        figures.append(Figure("publishing: copy, sync, replace", *told))
    return figures


def _written_s(path: Path, size: int) -> float:
    piece = os.urandom(ONE_PIECE)
    began = time.perf_counter()
    with path.open("wb") as file:
        for start in range(0, size, ONE_PIECE):
            file.write(piece[: size - start])
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - began
