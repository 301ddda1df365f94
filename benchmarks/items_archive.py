"""Figures of a day of GH Archive."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import gharchive_day
from benchmarks.figure import Asked, Figure

HOUR_MB = 20.0


def archive(_home: str, share: float) -> list[Figure]:
    """Read a day into its part, beside bare inflation of the same files by ISA-L, both in two processes."""
    with TemporaryDirectory() as folder:
        truth = gharchive_day.made(Path(folder), HOUR_MB * share)
        turns = gharchive_day.measured(Path(folder), truth)
    walls, cpus = ({name: [one[place] for one in some] for name, some in turns.items()} for place in (0, 1))
    size, base, asked = f"24 hours of {HOUR_MB * share:g} MB", "bare inflation by ISA-L", Asked(1.2, is_ratio=True)
    return [
        Figure("a day of GH Archive, two processes", size, walls["day in place"], "s", base, walls["ISA-L"], asked),
        Figure("a day of GH Archive, two processes", size, cpus["day in place"], "CPU s", base, cpus["ISA-L"], asked),
    ]
