"""How sure a score is: intervals, the likelihood of each rank, and a letter, from seeded draws (docs/cards.md)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from scoring.combine import ends
from scoring.confidence import letter
from scoring.drawn_field import DrawnField
from scoring.drawn_totals import DrawnTotals
from scoring.draws import DrawnCase, draws
from scoring.lint import DIMENSIONS
from scoring.quantile import HI, LO, MEDIAN, quantile, quantiles
from scoring.ranks import rank_rows, rank_shares
from scoring.rubric import Rubric
from scoring.scenario import EVERYTHING, Array, Perturbation
from scoring.score import Scored

KEY = ["as_of", "subject", "rubric"]
INTERVAL: dict[str, type[pl.DataType]] = {"median": pl.Float64, "lo": pl.Float64, "hi": pl.Float64}


@dataclass(frozen=True)
class Uncertainty:
    """Of every published score its interval, the intervals of its dimensions, and how likely each rank is."""

    intervals: pl.DataFrame
    dimensions: pl.DataFrame
    ranks: pl.DataFrame


def uncertainty(
    marked: pl.DataFrame, scored: Scored, rubric: Rubric, compared: DrawnField | None = None
) -> Uncertainty:
    """Return the uncertainty of the published scores of the days of `marked`: their questions, answered.

    `compared`, of the one day of `marked`, is shown the same draws.
    """
    kinds = marked.select("as_of", "subject", "kind").unique()
    cases = _cases(kinds, scored, rubric) if compared is None else compared.cases
    days = cases.group_by("as_of", maintain_order=True)
    return _told([_of_day(day, [marked], scored, rubric, compared) for _, day in days], cases, scored, rubric)


def uncertainty_of_day(  # noqa: PLR0913, PLR0917 - a day of everybody, handed over once
    blocks: Iterable[pl.DataFrame],
    as_of: datetime,
    kinds: pl.DataFrame,
    scored: Scored,
    rubric: Rubric,
    compared: DrawnField | None = None,
    peers: pl.DataFrame | None = None,
) -> Uncertainty:
    """Return the uncertainty of the published scores of one day, whose questions come in blocks of subjects, in order.

    Blocks are asked for only where there is something to draw. `kinds` are subject and kind of all, `peers` as in
    scoring/score.py.
    """
    if compared is None:
        cases = _cases(kinds.with_columns(as_of=pl.lit(as_of, pl.Datetime("us"))), scored, rubric)
    else:
        cases = compared.cases
    if cases["speed_raw"].is_not_null().any():
        return _told([_of_day(cases, blocks, scored, rubric, compared, peers)], cases, scored, rubric)
    if compared is not None:
        for place, case in enumerate(_drawn_in_blocks(cases, blocks, scored, rubric, peers)):
            compared.add(place, case)
    return _nothing(scored.scores)


def _told(found: list[Uncertainty], cases: pl.DataFrame, scored: Scored, rubric: Rubric) -> Uncertainty:
    """Return what was found of the published cases alone."""
    published = scored.scores.filter(pl.col("speed_raw").is_not_null())
    if published.join(cases, on=KEY, how="semi").is_empty():
        return _nothing(published)
    whole = (pl.concat([getattr(day, name) for day in found]) for name in vars(found[0]))
    intervals, dimensions, ranks = (one.join(published, on=KEY, how="semi", maintain_order="left") for one in whole)
    if rubric.is_monotone:
        intervals = _holding(intervals, published.select(*KEY, point="speed_raw"), KEY)
        points = scored.dimensions.select(*KEY, "dimension", point="raw")
        dimensions = _holding(dimensions, points, [*KEY, "dimension"])
    return Uncertainty(intervals, dimensions, ranks)


def _cases(kinds: pl.DataFrame, scored: Scored, rubric: Rubric) -> pl.DataFrame:
    """Return what is drawn: what is published, under a monotone rubric with everybody of the same day."""
    published = scored.scores.filter(pl.col("speed_raw").is_not_null())
    days = scored.scores.join(published.select("as_of"), on="as_of", how="semi").sort(KEY)
    some = days if rubric.is_monotone else days.filter(pl.col("speed_raw").is_not_null())
    return some.join(kinds.select("as_of", "subject", "kind"), on=["as_of", "subject"], maintain_order="left")


def _holding(intervals: pl.DataFrame, points: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Let each interval hold its point: at a goalpost noise can only push one way."""
    found = intervals.join(points, on=key, how="left", maintain_order="left")
    ends = {"lo": pl.min_horizontal("lo", "point"), "hi": pl.max_horizontal("hi", "point")}
    return found.with_columns(**ends).drop("point")


def _of_day(  # noqa: PLR0913, PLR0917 - as `uncertainty_of_day`
    cases: pl.DataFrame, blocks: Iterable[pl.DataFrame], scored: Scored, rubric: Rubric,
    compared: DrawnField | None, peers: pl.DataFrame | None = None,
) -> Uncertainty:  # fmt: skip
    totals = DrawnTotals.of(cases.height)
    spreads = np.empty((len(INTERVAL), cases.height, 1 + len(DIMENSIONS)))
    for place, case in enumerate(_drawn_in_blocks(cases, blocks, scored, rubric, peers)):
        totals.add(place, case.lower[0], case.upper[0])
        spreads[:, place] = _spread(case)
        if compared is not None:
            compared.add(place, case)
    is_ranked = rubric.is_monotone | pl.col("speed_raw").is_not_null()
    ranks = rank_shares(totals, cases.select(pl.when(is_ranked).then("kind")).to_series().to_list())
    ranked = cases.filter(is_ranked)
    wholes, *parts = (dict(zip(INTERVAL, some, strict=True)) for some in np.moveaxis(spreads, 2, 0))
    intervals = cases.select(*KEY, "coverage", "measured_share").with_columns(**_columns(wholes))
    intervals = intervals.join(ranked.select(KEY), on=KEY, how="semi", maintain_order="left")
    dimensions = [
        cases.select(KEY).with_columns(dimension=pl.lit(name), **_columns(part))
        for name, part in zip(DIMENSIONS, parts, strict=True)
    ]
    return Uncertainty(
        intervals.with_columns(
            peers=pl.Series([one.peers for one in ranks], dtype=pl.Int64),
            p_first=pl.Series([one.first for one in ranks], dtype=pl.Float64),
            confidence=letter(),
        ).drop("coverage", "measured_share"),
        pl.concat(dimensions),
        rank_rows(ranked.select(KEY), ranks),
    )


def _drawn_in_blocks(
    cases: pl.DataFrame, blocks: Iterable[pl.DataFrame], scored: Scored, rubric: Rubric, peers: pl.DataFrame | None
) -> Iterator[DrawnCase]:
    """Draw the cases of one day in their order, of which the blocks of questions hold some each."""
    for marked in blocks:
        own = cases.join(marked.select("subject").unique(), on="subject", how="semi", maintain_order="left")
        if not own.is_empty():
            yield from drawn_day(own, marked, scored, rubric, peers=peers)


def drawn_day(  # noqa: PLR0913, PLR0917 - as `uncertainty_of_day`
    cases: pl.DataFrame,
    marked: pl.DataFrame,
    scored: Scored,
    rubric: Rubric,
    perturbed: Perturbation = EVERYTHING,
    peers: pl.DataFrame | None = None,
) -> Iterator[DrawnCase]:
    """Draw the cases of one day; what is drawn of one does not depend on which others are asked for."""
    questions = marked.filter(pl.col("as_of") == cases["as_of"][0])
    open_ends = ends(questions, rubric, peers).select("question", low="lo", high="hi")
    rows = questions.join(open_ends, on="question", how="left", maintain_order="left")
    rows = rows.join(cases.select("subject"), on="subject", how="semi", maintain_order="left")
    return draws(rows, cases, _gates(scored, cases), rubric, perturbed)


def _spread(case: DrawnCase) -> Array:
    """Return median, 5 % end and 95 % end (x score and dimensions), the ends with what is unseen at its own ends."""
    if len(case.totals) == 1:
        return quantiles(np.vstack([case.totals, case.parts[0]]), (MEDIAN, LO, HI))
    of_ends = ((case.totals[0], case.parts[0]), case.lower, case.upper)
    shares = zip((MEDIAN, LO, HI), of_ends, strict=True)
    return np.stack([quantile(np.vstack([total, parts]), share) for share, (total, parts) in shares])


def _columns(found: Mapping[str, Array]) -> dict[str, pl.Series]:
    return {name: pl.Series(values) for name, values in found.items()}


def _gates(scored: Scored, cases: pl.DataFrame) -> Array:
    """Return by what each dimension of each case is multiplied."""
    place = {subject: number for number, subject in enumerate(cases["subject"])}
    found = np.ones((cases.height, len(DIMENSIONS)))
    shut = scored.gates.filter(pl.col("as_of") == cases["as_of"][0])
    for subject, dimension, factor in shut.select("subject", "dimension", "factor").drop_nulls().iter_rows():
        if subject in place:
            found[place[subject], DIMENSIONS.index(dimension)] = factor
    return found


def _nothing(published: pl.DataFrame) -> Uncertainty:
    key = published.select(KEY).clear()
    return Uncertainty(
        _with(key, INTERVAL | {"peers": pl.Int64, "p_first": pl.Float64, "confidence": pl.String}),
        _with(key, {"dimension": pl.String, **INTERVAL}),
        _with(key, {"rank": pl.Int64, "probability": pl.Float64}),
    )


def _with(key: pl.DataFrame, more: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return key.with_columns(**{name: pl.lit(None, kind) for name, kind in more.items()})
