"""How sure a score is: intervals, the likelihood of each rank, and a letter, from seeded draws (METHOD 3.12, 7)."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.aggregate import IS_APPLICABLE
from scoring.confidence import letter
from scoring.draws import Drawn, draws
from scoring.interval import ends
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
    published = scored.scores.filter(pl.col("speed_raw").is_not_null()).sort(KEY)
    kinds = marked.select("as_of", "subject", "kind").unique()
    cases = published.join(kinds, on=["as_of", "subject"], maintain_order="left")
    days = [_of_day(day, marked, scored, rubric) for _, day in cases.group_by("as_of", maintain_order=True)]
    if not days:
        return _nothing(published)
    return Uncertainty(*(pl.concat([getattr(day, name) for day in days]) for name in vars(days[0])))


def _of_day(cases: pl.DataFrame, marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> Uncertainty:
    drawn = drawn_day(cases, marked, scored, rubric)
    ranks = rank_shares(drawn.totals, cases["kind"].to_list())
    intervals = cases.select(*KEY, "coverage", "measured_share").with_columns(
        **quantiles(drawn.totals),
        peers=pl.Series([len(one) for one in ranks], dtype=pl.Int64),
        p_first=pl.Series([one[0] for one in ranks], dtype=pl.Float64),
    )
    dimensions = [
        cases.select(KEY).with_columns(dimension=pl.lit(name), **quantiles(drawn.parts[:, :, place]))
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
    open_ends = ends(questions.filter(IS_APPLICABLE)).select("question", low="lo", high="hi")
    rows = questions.join(open_ends, on="question", how="left", maintain_order="left")
    rows = rows.join(cases.select("subject"), on="subject", how="semi", maintain_order="left")
    return draws(rows, cases, _gates(scored, cases, rubric), rubric, perturbed)


def quantiles(drawn: Array) -> dict[str, pl.Series]:
    """Return the median and the 5-95 % ends of each column of draws."""
    found = np.quantile(drawn, list(QUANTILES.values()), axis=0)
    return {name: pl.Series(row) for name, row in zip(QUANTILES, found, strict=True)}


def _gates(scored: Scored, cases: pl.DataFrame, rubric: Rubric) -> Array:
    """Return by what each dimension of each case is multiplied."""
    place = {subject: number for number, subject in enumerate(cases["subject"])}
    found = np.ones((cases.height, len(DIMENSIONS)))
    shut = scored.contributions.filter((pl.col("group") == "gate") & (pl.col("as_of") == cases["as_of"][0]))
    for subject, dimension, state in shut.select("subject", "dimension", "value").iter_rows():
        if subject in place:
            found[place[subject], DIMENSIONS.index(dimension)] = rubric.gate_factors[round(state)]
    return found


def rank_shares(totals: Array, kinds: list[str]) -> list[list[float]]:
    """Return per case how often it came first, second ... among the published subjects of its kind."""
    found: list[list[float]] = [[] for _ in kinds]
    for kind in set(kinds):
        peers = [place for place, one in enumerate(kinds) if one == kind]
        places = np.argsort(np.argsort(-totals[:, peers], axis=1, kind="stable"), axis=1)
        for column, peer in enumerate(peers):
            found[peer] = (np.bincount(places[:, column], minlength=len(peers)) / len(totals)).tolist()
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
