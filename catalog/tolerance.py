"""How far two ways to one figure may lie apart: data, each with its reason."""

from dataclasses import dataclass
from importlib.resources import files

import tomli


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What one comparison allows: the larger of a number and of a share of the other count."""

    comparison: str
    absolute: float
    share: float
    reason: str


def _load() -> tuple[Tolerance, ...]:
    text = files("catalog").joinpath("tolerances.toml").read_text(encoding="utf-8")
    return tuple(Tolerance(name, **row) for name, row in tomli.loads(text).items())


TOLERANCES = _load()
