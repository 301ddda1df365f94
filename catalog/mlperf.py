"""What is known of MLPerf's training rounds beforehand: where they lie, and when they were published."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import tomli


@dataclass(frozen=True)
class Rounds:
    """The table catalog/mlperf.toml, its patterns compiled."""

    organisation: str
    repository: re.Pattern[str]
    systems: re.Pattern[str]
    published: dict[str, date]


@cache
def rounds() -> Rounds:
    """Read the table, once."""
    table = tomli.loads(files("catalog").joinpath("mlperf.toml").read_text(encoding="utf-8"))
    return Rounds(
        organisation=table["organisation"],
        repository=re.compile(table["repository"]),
        systems=re.compile(table["systems"]),
        published=table["published"],
    )
