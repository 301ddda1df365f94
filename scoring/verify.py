"""Compare stored scores and intervals with recomputed ones."""

from collections.abc import Mapping

import polars as pl

from scoring.lint import DIMENSIONS
from scoring.ranks import is_kept

KEY = ["known_at", "rubric", "as_of", "subject"]
NUMBERS = ["speed_score", "speed_mean", "speed_raw", "lo", "hi", "coverage", "measured_share", *DIMENSIONS]
WORDS = ["status", "reason", "inputs_sha256", "is_reconstructed"]
ENDS = ["median", "lo", "hi"]
TOLERANCE = 1e-9
RANKS = "rank_probability"

TABLES = {
    "score": ([], NUMBERS, WORDS),
    "score_interval": ([], [*ENDS, "peers", "p_first"], ["confidence"]),
    "dimension_interval": (["dimension"], ENDS, []),
    RANKS: (["rank"], ["probability"], []),
}


def differences(stored: Mapping[str, pl.DataFrame], again: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row per stored figure that recomputation does not confirm: key, column, stored, recomputed.

    Of ranks, what is not kept today is left aside: earlier versions stored every one.
    """
    found = [
        _of_table(rows.filter(is_kept()) if name == RANKS else rows, again[name], *TABLES[name])
        for name, rows in stored.items()
    ]
    return pl.concat(found).sort(*KEY, "column")


def _of_table(
    stored: pl.DataFrame, again: pl.DataFrame, more: list[str], numbers: list[str], words: list[str]
) -> pl.DataFrame:
    both = stored.join(again, on=[*KEY, *more], how="left", suffix="_again", nulls_equal=True)
    found = [_differing(both, name, _number_differs(name), more) for name in numbers]
    found += [_differing(both, name, pl.col(name).ne_missing(pl.col(f"{name}_again")), more) for name in words]
    return pl.concat(found)


def _number_differs(name: str) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_again")
    return (one.is_null() != other.is_null()) | ((one - other).abs() > TOLERANCE).fill_null(False)


def _differing(both: pl.DataFrame, name: str, differs: pl.Expr, more: list[str]) -> pl.DataFrame:
    column = pl.concat_str(*(pl.col(one).cast(pl.String) for one in more), pl.lit(name), separator=" ")
    return both.filter(differs).select(
        *KEY,
        column.alias("column"),
        pl.col(name).cast(pl.String).alias("stored"),
        pl.col(f"{name}_again").cast(pl.String).alias("recomputed"),
    )
