"""What is known of GH Archive without asking it: its holes, and how large its files are."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

import tomli

HOURS = 24


@dataclass(frozen=True, slots=True)
class Hole:
    """Hours (naive UTC, both included; `last` None: until further notice) in which something is wrong, and what."""

    kind: Literal["files", "loss", "trimmed"]
    first: datetime
    last: datetime | None
    what: str
    source: str

    def touches(self, day: date) -> bool:
        """Return whether an hour of the day lies in the hole."""
        return self.first.date() <= day and (self.last is None or day <= self.last.date())


@cache
def holes() -> tuple[Hole, ...]:
    """Read the table, once."""
    return tuple(
        Hole(
            row["kind"], _hour(row["first"]), _hour(row["last"]) if "last" in row else None, row["what"], row["source"]
        )
        for row in _table()["hole"]
    )


def holes_of(day: date) -> tuple[Hole, ...]:
    """Return the holes that touch a day."""
    return tuple(hole for hole in holes() if hole.touches(day))


def is_lossy(day: date) -> bool:
    """Return whether events of the day are known to be missing from files that can be read."""
    return any(hole.kind == "loss" for hole in holes_of(day))


def bytes_of(day: date) -> int:
    """Return about how many bytes the 24 files of a day have."""
    sizes: list[tuple[date, float]] = [(row["on"], row["megabytes_an_hour"]) for row in _table()["size"]]
    if day <= sizes[0][0]:
        return round(HOURS * 1e6 * sizes[0][1])
    for (before, small), (after, large) in pairwise(sizes):
        if day < after:
            part = (day - before) / (after - before)
            return round(HOURS * 1e6 * (small + part * (large - small)))
    return round(HOURS * 1e6 * sizes[-1][1])


@cache
def _table() -> dict[str, Any]:
    return tomli.loads(files("catalog").joinpath("gharchive_holes.toml").read_text(encoding="utf-8"))


def _hour(text: str) -> datetime:
    day, _, hour = text.rpartition("-")
    return datetime.combine(date.fromisoformat(day), datetime.min.time()).replace(hour=int(hour))
