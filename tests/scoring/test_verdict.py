"""Every score has a word."""

import pytest

from scoring.verdict import verdict


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (10.0, "Extremely strong"),
        (9.25, "Extremely strong"),
        (9.2, "Strong"),
        (8.25, "Strong"),
        (8.2, "Solid"),
        (7.0, "Solid"),
        (6.9, "Mixed"),
        (5.0, "Mixed"),
        (4.9, "Weak"),
        (3.0, "Weak"),
        (2.9, "Very weak"),
        (0.0, "Very weak"),
        (None, "Not rated"),
    ],
)
def test_a_score_has_its_word(score, word):
    assert verdict(score) == word
