"""Every score has a word."""

import pytest

from scoring.words.verdict import lasting_verdict, sentence, verdict


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


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        pytest.param([8.2], "Solid", id="the first"),
        pytest.param([8.2, 8.3], "Solid", id="just across"),
        pytest.param([8.2, 8.4], "Solid", id="across by the margin"),
        pytest.param([8.2, 8.5], "Strong", id="clearly across"),
        pytest.param([8.3, 8.2], "Strong", id="just back"),
        pytest.param([8.3, 8.0], "Solid", id="clearly back"),
        pytest.param([7.5, 9.3], "Strong", id="two words up, the second not clearly"),
        pytest.param([7.5, 9.5], "Extremely strong", id="two words up"),
        pytest.param([9.5, 8.2], "Strong", id="two words down, the second not clearly"),
        pytest.param([9.5, 0.0], "Very weak", id="all the way down"),
        pytest.param([8.2, 8.5, 8.3, 8.2], "Strong", id="to and fro"),
        pytest.param([8.2, None, 8.3], "Strong", id="afresh after a gap"),
        pytest.param([8.2, None], "Not rated", id="none"),
        pytest.param([], "Not rated", id="never"),
    ],
)
def test_a_word_changes_only_where_its_boundary_is_clearly_crossed(scores, word):
    assert lasting_verdict(scores) == word


@pytest.mark.parametrize(
    ("dimension", "word", "best", "gaps", "told"),
    [
        ("production", "Strong", None, ["web deployment"], "Production-ready with minor gaps (web deployment)"),
        ("production", "Extremely strong", None, [], "Production-ready"),
        ("production", "Solid", "cloud deployment", [], "Solid; best at: cloud deployment"),
        ("production", "Not rated", None, [], "Not rated"),
        ("research", "Strong", "models", [], "Strong; best at: models"),
        ("learning", "Solid", None, ["a", "b", "c", "d", "e"], "Solid with minor gaps (a, b, c and 2 more)"),
    ],
)
def test_a_dimension_has_its_sentence(dimension, word, best, gaps, told):
    assert sentence(dimension, word, best, gaps) == told
