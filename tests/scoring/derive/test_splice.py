"""What the archive's shares become by imports: each label weighed by how common it is, not by how often it was read."""

import pytest

from scoring.derive.agreement import Pair
from scoring.derive.splice import splices

PAIRS = [
    *[Pair("jax", "jax")] * 2,
    *[Pair("jax", "pytorch")] * 2,
    *[Pair("pytorch", "pytorch")] * 2,
    *[Pair("none", "none")] * 3,
    Pair("none", "pytorch"),
]
MIX = {"pytorch": 80, "jax": 20, "none": 40, "tf": 7}


def test_labels_count_by_the_archives_own_mix():
    torch, jax = splices(["pytorch", "jax"], PAIRS, MIX, {"none"})

    assert (torch.archive, jax.archive) == (0.8, 0.2)  # of 100 named; tf was never read
    assert torch.ours == pytest.approx((80 + 10 + 10) / 110)
    assert (jax.ours, jax.factor) == (pytest.approx(10 / 110), pytest.approx(10 / 110 / 0.2))
    assert torch.lo <= torch.factor <= torch.hi
    assert 0 <= jax.lo < jax.factor < jax.hi <= 1


def test_a_label_that_was_never_read_and_a_mix_of_nothing_tell_nothing():
    assert splices(["tf", "mxnet"], PAIRS, MIX, {"none"}) == []
    assert splices(["pytorch"], PAIRS, {}, {"none"}) == []


def test_the_same_draws_come_again():
    assert splices(["jax"], PAIRS, MIX, {"none"}) == splices(["jax"], PAIRS, MIX, {"none"})
