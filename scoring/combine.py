"""From marks to dimensions by the rule of the rubric: an unseen answer leaves its weight to the others, or counts 0."""

import polars as pl

from scoring import aggregate, floor, interval
from scoring.rubric import Rubric


def dimensions(marked: pl.DataFrame, rubric: Rubric) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the members with effective mark and weight, and the dimensions with mark and coverage."""
    return floor.dimensions(marked) if rubric.is_monotone else aggregate.dimensions(marked)


def intervals(
    marked: pl.DataFrame, members: pl.DataFrame, rubric: Rubric, peers: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return lo and hi per (as_of, subject, dimension) of answered questions, and of them as members of their means."""
    return floor.bounds(members) if rubric.is_monotone else interval.intervals(marked, peers)


def ends(marked: pl.DataFrame, rubric: Rubric, peers: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return each applicable answer with its lower and its higher mark; they differ where it is open."""
    return floor.ends(marked) if rubric.is_monotone else interval.ends(marked.filter(aggregate.IS_APPLICABLE), peers)
