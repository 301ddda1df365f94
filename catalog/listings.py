"""Public listings of the containers that managed clouds offer: where each lies, and how it names frameworks."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import tomli


@dataclass(frozen=True)
class Listing:
    """One cloud's listing: paths of files that name frameworks, or one file whose text does."""

    cloud: str
    repository: str
    pattern: re.Pattern[str]
    file: str | None = None

    def names_in(self, text: str) -> set[str]:
        """Return the frameworks that a path or text names, in lower case."""
        return {match["name"].lower() for match in self.pattern.finditer(text)}


@cache
def listings() -> tuple[Listing, ...]:
    """Read the table, once."""
    table = tomli.loads(files("catalog").joinpath("listings.toml").read_text(encoding="utf-8"))
    return tuple(
        Listing(row["cloud"], row["repository"], re.compile(row.get("text") or row["path"]), row.get("file"))
        for row in table["listing"]
    )
