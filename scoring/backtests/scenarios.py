"""How a ranking bears other worlds, and whether peers change a number (docs/method.md#what-is-missing).

See docs/backtests.md.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from scoring.drawn_totals import DrawnTotals
from scoring.quantile import HI, LO, MEDIAN, quantiles
from scoring.ranks import rank_shares
from scoring.rubric import Rubric
from scoring.scenario import AGGREGATOR, EVERYTHING, GOALPOSTS, INNER, INPUTS, OUTER, Perturbation
from scoring.score import Scored
from scoring.uncertainty import drawn_day

ANY = 1.0
WORLDS = {
    "inputs": Perturbation(frozenset({INPUTS})),
    "goalposts": Perturbation(frozenset({GOALPOSTS})),
    "inner weights": Perturbation(frozenset({INNER})),
    "dimension weights": Perturbation(frozenset({OUTER})),
    "any dimension weights": Perturbation(frozenset({OUTER}), ANY),
    "aggregator": Perturbation(frozenset({AGGREGATOR})),
    "everything": EVERYTHING,
}
NUMBERS = ["speed_score", "speed_mean", "speed_raw", "coverage", "measured_share"]
CASE = ["as_of", "subject"]


def rank_robustness(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> pl.DataFrame:
    """Return, per scenario and published subject of a day: score, median, 5-95 %, peers and share of first places."""
    kinds = marked.select(*CASE, "kind").unique()
    published = scored.scores.filter(pl.col("speed_raw").is_not_null())
    cases = published.join(kinds, on=CASE).sort("subject")
    if cases.is_empty():
        return pl.DataFrame()
    found = []
    for world, perturbed in WORLDS.items():
        held, anywhere = DrawnTotals.of(cases.height), []
        for place, case in enumerate(drawn_day(cases, marked, scored, rubric, perturbed)):
            held.add(place, case.lower[0], case.upper[0])
            anywhere.append(case.totals[0])
        ranks = rank_shares(held, cases["kind"].to_list())
        median, lo, hi = quantiles(np.stack(anywhere), (MEDIAN, LO, HI))
        found.append(
            cases.select("subject", "kind", "speed_mean").with_columns(
                median=pl.Series(median),
                lo=pl.Series(lo),
                hi=pl.Series(hi),
                world=pl.lit(world),
                peers=pl.Series([one.peers for one in ranks], dtype=pl.Int64),
                p_first=pl.Series([one.first for one in ranks], dtype=pl.Float64),
            )
        )
    shown = pl.concat(found).with_columns(pl.col("median", "lo", "hi").round(3))
    return shown.sort(pl.col("speed_mean"), descending=True, maintain_order=True)


def without_each(subjects: pl.DataFrame, score_of: Callable[[pl.DataFrame], Scored]) -> pl.DataFrame:
    """Leave out each subject in turn and score the others; give how far any number of theirs moved.

    Gives left_out, moved (of scores, dimensions, marks and points; it has to be 0) and bounds (the ends of what is
    missing, which lean on peers).
    """
    whole = score_of(subjects)
    rows = []
    for name in sorted(subjects["subject"]):
        rest = score_of(subjects.filter(pl.col("subject") != name))
        rows.append({"left_out": name, **_differences(_without(whole, name), rest)})
    return pl.DataFrame(rows)


def _without(scored: Scored, name: str) -> Scored:
    others = pl.col("subject") != name
    return Scored(*(frame.filter(others) for frame in vars(scored).values()))


def _differences(one: Scored, other: Scored) -> dict[str, float]:
    numbers = [
        _furthest(one.scores, other.scores, NUMBERS),
        _furthest(one.dimensions, other.dimensions, ["score", "raw", "coverage"]),
        _furthest(one.contributions, other.contributions, ["value", "mark", "weight", "points"]),
    ]
    return {"moved": max(numbers), "bounds": _furthest(one.dimensions, other.dimensions, ["lo", "hi"])}


def _furthest(one: pl.DataFrame, other: pl.DataFrame, columns: list[str]) -> float:
    """Return the largest difference; infinite where something came or went."""
    far = 0.0
    for name in columns:
        if (one[name].is_null() != other[name].is_null()).any():
            return float("inf")
        far = max(far, float((one[name] - other[name]).abs().max() or 0.0))  # type: ignore[arg-type]
    return far
