"""Venues whose papers are counted: data."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import tomli

RECENCY = (0.5, 0.3, 0.2)
"""How much each of the three newest years of venues counts, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A venue: its id in metric names, the names under which proceedings have it, and whether rubrics look at it."""

    id: str
    names: list[str]
    is_scored: bool = False


@cache
def venues() -> tuple[Venue, ...]:
    """Return every venue."""
    text = files("catalog").joinpath("venues.toml").read_text(encoding="utf-8")
    return tuple(Venue(**row) for row in tomli.loads(text)["venue"])
