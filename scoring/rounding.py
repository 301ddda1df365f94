"""Round half up, as readers do (docs/method.md#from-an-answer-to-a-score): 8.25 -> 8.3, 2.675 -> 2.68."""

import polars as pl

NOISE_DIGITS = 9


def half_up_expr(column: pl.Expr, digits: int) -> pl.Expr:
    """Round a column of scores (0 to 10); the binary noise past nine decimals does not decide."""
    scale = 10**digits
    whole = ((column * scale).round(NOISE_DIGITS - digits) + 0.5).floor()
    rounded: pl.Expr = (whole / scale).round(digits)  # Polars divides by multiplying: 61 / 10 is 6.1000000000000005
    return rounded
