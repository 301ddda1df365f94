"""Compare stored scores with recomputed ones."""

import polars as pl

from scoring.rubric import DIMENSIONS

KEY = ["known_at", "rubric", "as_of", "subject"]
NUMBERS = ["speed_score", "speed_mean", "speed_raw", "lo", "hi", "coverage", "measured_share", *DIMENSIONS]
WORDS = ["status", "reason", "inputs_sha256", "is_reconstructed"]
TOLERANCE = 1e-9


def differences(stored: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Give one row per stored figure that recomputation does not confirm: key, column, stored, recomputed."""
    both = stored.join(again, on=KEY, how="left", suffix="_again", nulls_equal=True)
    found = [_differing(both, name, _number_differs(name)) for name in NUMBERS]
    found += [_differing(both, name, pl.col(name).ne_missing(pl.col(f"{name}_again"))) for name in WORDS]
    return pl.concat(found).sort(*KEY, "column")


def _number_differs(name: str) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_again")
    return (one.is_null() != other.is_null()) | ((one - other).abs() > TOLERANCE).fill_null(False)


def _differing(both: pl.DataFrame, name: str, differs: pl.Expr) -> pl.DataFrame:
    return both.filter(differs).select(
        *KEY,
        pl.lit(name).alias("column"),
        pl.col(name).cast(pl.String).alias("stored"),
        pl.col(f"{name}_again").cast(pl.String).alias("recomputed"),
    )
