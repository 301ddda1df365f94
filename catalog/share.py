"""Shares of a whole."""

COMPLETE = 1 - 1e-9
"""From here on nothing lacks: what is left is what sums of shares lose in rounding."""
