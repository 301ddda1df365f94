"""Years of venues whose accepted papers are counted: data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import tomli


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A venue's year: its last day, the groups on OpenReview whose papers count, its volume at PMLR if it has one."""

    venue: str
    year: int
    ends_on: date
    groups: tuple[str, ...]
    volume: int | None = None

    @property
    def id(self) -> str:
        """Its name, such as icml-2025."""
        return f"{self.venue}-{self.year}"

    @property
    def valid_at(self) -> datetime:
        """The moment that its figures are about: the first one of its last day, naive UTC."""
        return datetime.combine(self.ends_on, time.min)


@cache
def editions() -> tuple[Edition, ...]:
    """Return every year of a venue, the newest first."""
    table = tomli.loads(files("catalog").joinpath("editions.toml").read_text(encoding="utf-8"))
    found = (_edition(row, table["tracks"][row["venue"]]) for row in table["edition"])
    return tuple(sorted(found, key=lambda one: one.ends_on, reverse=True))


def _edition(row: Mapping[str, Any], tracks: Mapping[str, Any]) -> Edition:
    groups = tuple(f"{tracks['group']}/{row['year']}/{name}" for name in row.get("tracks", tracks["names"]))
    return Edition(**{name: value for name, value in row.items() if name != "tracks"}, groups=groups)
