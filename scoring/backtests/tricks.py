"""What cheap tricks would buy: each is played on every subject alone, and the score is computed again.

See docs/backtests.md#what-half-a-point-costs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import polars as pl
import tomli

from scoring.rubric import Rubric
from scoring.score import score

VALUE = ["measured", "derived"]


@dataclass(frozen=True)
class Trick:
    """A trick: what it costs, what it adds to figures, and which figures it sets."""

    name: str
    usd: float
    add: Mapping[str, float] = field(default_factory=dict)
    set: Mapping[str, float] = field(default_factory=dict)


@cache
def tricks() -> tuple[Trick, ...]:
    """Return the tricks that ship."""
    text = files("scoring.backtests").joinpath("tricks.toml").read_text(encoding="utf-8")
    return tuple(Trick(**row) for row in tomli.loads(text)["trick"])


def gains(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return trick, usd, subject and by how much the Speed Score and its dimensions' mean move; unrounded.

    Only what was measured is moved: a trick cannot be played where nothing is counted. Of whom nothing at all is known
    there is no row.
    """
    before = _means(evidence, subjects, days, rubric)
    found = list(_moves(evidence, subjects, days, rubric, before))
    return pl.concat(found).sort("moved", "trick", "subject", descending=[True, False, False])


def _moves(
    evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric, before: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    for trick in tricks():
        after = _means(_played(evidence, trick), subjects, days, rubric)
        both = before.join(after, on="subject", suffix="_after")
        yield both.select(
            pl.lit(trick.name).alias("trick"),
            pl.lit(float(trick.usd)).alias("usd"),
            "subject",
            moved=pl.col("mean_after") - pl.col("mean"),
        )


def _played(evidence: pl.DataFrame, trick: Trick) -> pl.DataFrame:
    is_value = pl.col("status").is_in(VALUE)
    more = pl.col("metric").replace_strict(dict(trick.add), default=0.0, return_dtype=pl.Float64)
    instead = pl.col("metric").replace_strict(dict(trick.set), default=None, return_dtype=pl.Float64)
    changed = pl.coalesce(instead, pl.col("value") + more)
    return evidence.with_columns(value=pl.when(is_value).then(changed).otherwise("value"), lo=None, hi=None)


def _means(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    dims = score(evidence, subjects, days, rubric).dimensions
    known = dims.filter(pl.col("raw").is_not_null().any().over("subject"))
    return known.group_by("subject").agg(mean=pl.col("raw").fill_null(0.0).mean()).sort("subject")
