"""Round half up, as readers do (docs/method.md#from-an-answer-to-a-score): 8.25 -> 8.3, 2.675 -> 2.68."""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl

NOISE_DIGITS = 9


def half_up(value: float, digits: int) -> float:
    """Round one number; the binary noise past nine decimals does not decide."""
    return float(Decimal(repr(round(value, NOISE_DIGITS))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def half_up_expr(column: pl.Expr, digits: int) -> pl.Expr:
    """Round a column of scores (0 to 10), equal to `half_up` to the last bit."""
    scale = 10**digits
    whole = ((column * scale).round(NOISE_DIGITS - digits) + 0.5).floor()
    rounded: pl.Expr = (whole / scale).round(digits)  # Polars divides by multiplying: 61 / 10 is 6.1000000000000005
    return rounded
