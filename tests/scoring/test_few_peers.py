"""Ranks among few peers are counted another way than among many: the counts are the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ranks import _before, _before_few

TOTALS = st.sampled_from([0.0, 1.0, 2.5, 2.5, 7.0, float("nan")])


@settings(max_examples=60)
@given(st.integers(1, 6).flatmap(lambda peers: st.lists(st.lists(TOTALS, min_size=2 * peers, max_size=2 * peers))))
def test_few_peers_have_the_ranks_that_they_have_among_many(drawn: list[list[float]]) -> None:
    if not drawn:
        return
    ends = np.sort(np.array(drawn).reshape(len(drawn), -1, 2), axis=2)
    lower, upper = np.where(np.isnan(ends).any(axis=2)[..., None], np.nan, ends).transpose(2, 0, 1)
    assert (_before_few(lower, upper) == _before(lower, upper)).all()


def test_of_equals_the_first_comes_first() -> None:
    equal = np.array([[3.0, 5.0, 3.0, 5.0]])
    assert _before_few(equal, equal).tolist() == [[2, 0, 3, 1]]
