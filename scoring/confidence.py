"""How far a score is to be trusted: the letter, and what keeps it from a better one (docs/cards.md)."""

from math import ceil, floor
from typing import NamedTuple

import polars as pl


class Letter(NamedTuple):
    """A letter, the least coverage and measured share that it takes, and the widest half of the 5-95 % interval."""

    name: str
    coverage: float
    measured: float
    half_width: float


LETTERS = (Letter("A", 0.9, 0.6, 0.3), Letter("B", 0.75, 0.4, 0.5))
LOWEST = "C"
HAIR = 1e-6
COUNTED = "(a fact on a watched repository by half)"
"""What the measured share holds beside what was measured or derived."""
HALF_WIDTH = (pl.col("hi") - pl.col("lo")) / 2


def letter() -> pl.Expr:
    """Return the confidence: for A and B there is a least coverage, a least measured share and a widest half-width."""
    found = pl.lit(LOWEST)
    for one in reversed(LETTERS):
        earned = (pl.col("coverage") >= one.coverage) & (pl.col("measured_share") >= one.measured)
        found = pl.when(earned & (one.half_width >= HALF_WIDTH)).then(pl.lit(one.name)).otherwise(found)
    return found


def reason(name: str, coverage: float, measured_share: float, lo: float, hi: float) -> str:
    """Say what a letter rests on, or what it lacks for the next better one; lo and hi are the 5-95 % ends."""
    half_width = (hi - lo) / 2
    better = {LOWEST: LETTERS[1], LETTERS[1].name: LETTERS[0]}.get(name)
    if better is None:
        return f"coverage {coverage:.0%}, measured {measured_share:.0%} {COUNTED}, half of the range {half_width:.2f}"
    lacks = [
        f"coverage {_below(coverage)} of {better.coverage:.0%}" if coverage < better.coverage else "",
        f"measured {_below(measured_share)} of {better.measured:.0%} {COUNTED}"
        if measured_share < better.measured
        else "",
        f"half of the range is {_above(half_width):.2f}, not {better.half_width:g}"
        if half_width > better.half_width
        else "",
    ]
    return f"for {better.name} it lacks: {'; '.join(filter(None, lacks))}"


def _below(share: float) -> str:
    """Write a share that is too small, so that it does not read as what is asked."""
    return f"{floor(100 * share + HAIR)}%"


def _above(half_width: float) -> float:
    """Return a width that is too large with two decimals, so that it does not read as what is asked."""
    return ceil(100 * half_width - HAIR) / 100
