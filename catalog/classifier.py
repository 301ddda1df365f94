"""How well repositories are classified, as it was measured: the stated error of shares that rest on them."""

from functools import cache
from importlib.resources import files
from typing import Any

import tomli

RULE = "imports@1"


def measured_counts(framework: str) -> dict[str, int] | None:
    """Return hits, false alarms, misses and rightly_not of a framework; None of one that was never measured."""
    found: dict[str, int] | None = _table()[RULE].get(framework)
    return found


@cache
def _table() -> dict[str, Any]:
    return tomli.loads(files("catalog").joinpath("classifier.toml").read_text(encoding="utf-8"))
