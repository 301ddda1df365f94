"""How sure a score is: intervals, the likelihood of each rank, and a letter, from seeded draws (docs/cards.md)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.combine import ends
from scoring.confidence import letter
from scoring.draws import Drawn, draws
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import EVERYTHING, Array, Perturbation
from scoring.score import Scored

KEY = ["as_of", "subject", "rubric"]
QUANTILES = {"median": 0.5, "lo": 0.05, "hi": 0.95}
INTERVAL: dict[str, type[pl.DataType]] = {"median": pl.Float64, "lo": pl.Float64, "hi": pl.Float64}


@dataclass(frozen=True)
class Uncertainty:
    """Of every published score its interval, the intervals of its dimensions, and how likely each rank is."""

    intervals: pl.DataFrame
    dimensions: pl.DataFrame
    ranks: pl.DataFrame


def uncertainty(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> Uncertainty:
    """Return the uncertainty of the published scores of the days of `marked`: their questions, answered."""
    is_published = pl.col("speed_raw").is_not_null()
    published = scored.scores.filter(is_published)
    days = scored.scores.join(published.select("as_of"), on="as_of", how="semi").sort(KEY)
    kinds = marked.select("as_of", "subject", "kind").unique()
    cases = (days if rubric.is_monotone else days.filter(is_published)).join(
        kinds, on=["as_of", "subject"], maintain_order="left"
    )
    found = [_of_day(day, marked, scored, rubric) for _, day in cases.group_by("as_of", maintain_order=True)]
    if not found:
        return _nothing(published)
    whole = (pl.concat([getattr(day, name) for day in found]) for name in vars(found[0]))
    intervals, dimensions, ranks = (one.join(published, on=KEY, how="semi", maintain_order="left") for one in whole)
    if rubric.is_monotone:
        intervals = _holding(intervals, published.select(*KEY, point="speed_raw"), KEY)
        points = scored.dimensions.select(*KEY, "dimension", point="raw")
        dimensions = _holding(dimensions, points, [*KEY, "dimension"])
    return Uncertainty(intervals, dimensions, ranks)


def _holding(intervals: pl.DataFrame, points: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Let each interval hold its point: at a goalpost noise can only push one way."""
    found = intervals.join(points, on=key, how="left", maintain_order="left")
    ends = {"lo": pl.min_horizontal("lo", "point"), "hi": pl.max_horizontal("hi", "point")}
    return found.with_columns(**ends).drop("point")


def _of_day(cases: pl.DataFrame, marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> Uncertainty:
    drawn = drawn_day(cases, marked, scored, rubric)
    ranks = rank_shares(drawn, cases["kind"].to_list())
    intervals = cases.select(*KEY, "coverage", "measured_share").with_columns(
        **_spread(drawn, lambda one: one.totals),
        peers=pl.Series([len(one) for one in ranks], dtype=pl.Int64),
        p_first=pl.Series([one[0] for one in ranks], dtype=pl.Float64),
    )
    dimensions = [
        cases.select(KEY).with_columns(dimension=pl.lit(name), **_spread(drawn, _part(place)))
        for place, name in enumerate(DIMENSIONS)
    ]
    return Uncertainty(
        intervals.with_columns(confidence=letter()).drop("coverage", "measured_share"),
        pl.concat(dimensions),
        _rank_rows(cases, ranks),
    )


def drawn_day(
    cases: pl.DataFrame, marked: pl.DataFrame, scored: Scored, rubric: Rubric, perturbed: Perturbation = EVERYTHING
) -> Drawn:
    """Draw the cases of one day; what is drawn of one does not depend on which others are asked for."""
    questions = marked.filter(pl.col("as_of") == cases["as_of"][0])
    open_ends = ends(questions, rubric).select("question", low="lo", high="hi")
    rows = questions.join(open_ends, on="question", how="left", maintain_order="left")
    rows = rows.join(cases.select("subject"), on="subject", how="semi", maintain_order="left")
    return draws(rows, cases, _gates(scored, cases), rubric, perturbed)


def quantiles(drawn: Array) -> dict[str, pl.Series]:
    """Return the median and the 5-95 % ends of each column of draws."""
    found = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    return {name: pl.Series(row) for name, row in zip(QUANTILES, found, strict=True)}


def _part(place: int) -> Callable[[Drawn], Array]:
    return lambda drawn: drawn.parts[:, :, place]


def _spread(drawn: Drawn, part: Callable[[Drawn], Array]) -> dict[str, pl.Series]:
    """Return the median, the 5 % end with what is unseen at its lowest, and the 95 % end with it at its highest."""
    both = {"lo": drawn.lower, "hi": drawn.upper}
    return {"median": quantiles(part(drawn))["median"]} | {end: quantiles(part(one))[end] for end, one in both.items()}


def _gates(scored: Scored, cases: pl.DataFrame) -> Array:
    """Return by what each dimension of each case is multiplied."""
    place = {subject: number for number, subject in enumerate(cases["subject"])}
    found = np.ones((cases.height, len(DIMENSIONS)))
    shut = scored.gates.filter(pl.col("as_of") == cases["as_of"][0])
    for subject, dimension, factor in shut.select("subject", "dimension", "factor").drop_nulls().iter_rows():
        if subject in place:
            found[place[subject], DIMENSIONS.index(dimension)] = factor
    return found


def rank_shares(drawn: Drawn, kinds: list[str]) -> list[list[float]]:
    """Return per case how often it came first, second ... among the subjects of its kind.

    A subject stands behind every other that could be better, so that nothing unseen, of its own or of others, puts it
    ahead.
    """
    found: list[list[float]] = [[] for _ in kinds]
    for kind in set(kinds):
        peers = [place for place, one in enumerate(kinds) if one == kind]
        for column, peer in enumerate(peers):
            places = _places(drawn, peers, column)
            found[peer] = (np.bincount(places, minlength=len(peers)) / len(places)).tolist()
    return found


def _places(drawn: Drawn, peers: Sequence[int], own: int) -> NDArray[np.int64]:
    """Count, in each draw, the peers before one of them; of equals the first comes first."""
    mine, others = drawn.lower.totals[:, [peers[own]]], drawn.upper.totals[:, peers]
    is_before = (others > mine) | ((others == mine) & (np.arange(len(peers)) < own))
    is_before[:, own] = False
    found: NDArray[np.int64] = np.nan_to_num(is_before).sum(axis=1)
    return found


def _rank_rows(cases: pl.DataFrame, ranks: list[list[float]]) -> pl.DataFrame:
    return (
        cases.select(KEY)
        .with_columns(
            rank=pl.Series([[*range(1, len(one) + 1)] for one in ranks], dtype=pl.List(pl.Int64)),
            probability=pl.Series(ranks, dtype=pl.List(pl.Float64)),
        )
        .explode("rank", "probability")
    )


def _nothing(published: pl.DataFrame) -> Uncertainty:
    key = published.select(KEY).clear()
    return Uncertainty(
        _with(key, INTERVAL | {"peers": pl.Int64, "p_first": pl.Float64, "confidence": pl.String}),
        _with(key, {"dimension": pl.String, **INTERVAL}),
        _with(key, {"rank": pl.Int64, "probability": pl.Float64}),
    )


def _with(key: pl.DataFrame, more: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return key.with_columns(**{name: pl.lit(None, kind) for name, kind in more.items()})
