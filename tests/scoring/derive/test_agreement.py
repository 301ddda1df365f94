"""Precision, recall and confusion, counted by hand."""

import math

import pytest

from catalog.statistics import wilson
from scoring.derive.agreement import Pair, agreement, among_named, confusion_of, confusion_table, factor, quality
from scoring.derive.venue_shares import Confusion

PAIRS = [
    *[Pair("pytorch", "pytorch")] * 8,
    *[Pair("tf", "pytorch")] * 2,
    *[Pair("pytorch", "none")] * 4,
    *[Pair("none", "none")] * 3,
    Pair("none", "tf"),
]


def test_precision_and_recall_have_their_own_bases():
    found = quality("pytorch", PAIRS)

    assert found.confusion == Confusion(hits=8, false_alarms=2, misses=4, rightly_not=4)
    assert (found.precision.value, found.precision.n) == (0.8, 10)
    assert (found.recall.value, found.recall.n) == (8 / 12, 12)
    assert (found.recall.lo, found.recall.hi) == wilson(8 / 12, 12)


def test_what_was_never_told_has_no_precision():
    found = quality("jax", [*PAIRS, Pair("jax", "tf")])

    assert (found.precision, found.recall.value) == (None, 0)
    assert quality("mxnet", PAIRS).recall is None


def test_the_table_counts_every_pair_once():
    assert confusion_table(PAIRS)[0] == ("pytorch", "pytorch", 8)
    assert sum(times for _, _, times in confusion_table(PAIRS)) == len(PAIRS)
    assert agreement(PAIRS).value == 11 / 18
    assert agreement([]) is None


def test_among_those_that_both_name_silence_is_left_out():
    assert confusion_of("pytorch", among_named(PAIRS, {"none"})) == Confusion(8, 2, 0, 0)


def test_a_factor_is_a_ratio_of_paired_counts():
    found = factor("pytorch", PAIRS)
    half = 1.959963984540054 * math.sqrt((4 + 2) / (12 * 10))

    assert (found.both, found.first_only, found.second_only) == (8, 4, 2)
    assert found.value == pytest.approx(10 / 12)
    assert (found.lo, found.hi) == (pytest.approx(10 / 12 * math.exp(-half)), pytest.approx(10 / 12 * math.exp(half)))


def test_a_factor_of_nothing_is_unknown():
    assert (factor("jax", PAIRS).value, factor("tf", PAIRS).value, factor("tf", PAIRS).lo) == (None, 0.5, None)
