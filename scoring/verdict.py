"""The word for a score (METHOD 6)."""

WORDS = ((9.25, "Extremely strong"), (8.25, "Strong"), (7.0, "Solid"), (5.0, "Mixed"), (3.0, "Weak"))


def verdict(score: float | None) -> str:
    """Give the word for a score from 0 to 10; "Not rated" where there is none."""
    if score is None:
        return "Not rated"
    return next((word for least, word in WORDS if score >= least), "Very weak")
