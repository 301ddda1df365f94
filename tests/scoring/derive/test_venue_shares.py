"""Shares of a venue: four bases, weights, intervals, correction, and what silence says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.code_state import CodeState
from catalog.statistics import wilson
from scoring.derive.venue_shares import (
    Confusion,
    Read,
    Share,
    VenueSample,
    corrected_share,
    sampled_share,
    venue_shares,
)

TORCH, TF, JAX = (Read(CodeState.NAMED, name) for name in ("pytorch", "tf", "jax"))
PLAIN, EMPTY, GONE = (Read(state) for state in (CodeState.NO_FRAMEWORK, CodeState.NO_CODE, CodeState.GONE))
PAPERS = [[TORCH], [TORCH], [TORCH, JAX], [TF], [PLAIN], [EMPTY], [GONE, EMPTY], [TORCH, PLAIN]]
SAMPLE = VenueSample(accepted=40, linked=20, papers=PAPERS)


def test_each_estimand_has_its_own_base():
    found = venue_shares("pytorch", SAMPLE)

    assert (found.e1.value, found.e1.n) == (pytest.approx((1 + 1 + 0.5 + 0.5) / 8), 8)
    assert (found.e2.value, found.e2.n) == (pytest.approx((1 + 1 + 0.5 + 1) / 5), 5)
    assert (found.e3.value, found.e3.n) == (pytest.approx(4 / 5), 5)
    assert found.e4.value == pytest.approx(found.e1.value / 2)


def test_the_rival_of_any_other_framework_is_pytorch():
    found = venue_shares("jax", SAMPLE)

    assert (found.e3.value, found.e3.n) == (pytest.approx(0.5 / 4), 4)


def test_the_shares_of_all_frameworks_make_one():
    named = [venue_shares(name, SAMPLE) for name in ("pytorch", "tf", "jax")]

    assert sum(one.e2.value for one in named) == pytest.approx(1)


def test_silence_is_counted_once_a_paper_by_what_tells_most():
    assert venue_shares("jax", SAMPLE).causes == {
        CodeState.NO_FRAMEWORK: 1,
        CodeState.OTHER_LANGUAGE: 0,
        CodeState.NO_CODE: 2,
        CodeState.GONE: 0,
        CodeState.UNREADABLE: 0,
    }


def test_the_bounds_count_unlinked_papers_for_nobody_and_for_the_framework():
    found = venue_shares("pytorch", SAMPLE)

    assert found.bounds == (pytest.approx(0.1875), pytest.approx((3 / 8 + 3 / 8) / 2 + 1 / 2))


def test_a_whole_census_is_exact_and_a_sample_is_narrower_than_one_of_an_endless_population():
    weights = [1.0] * 6 + [0.0] * 4

    whole, part = sampled_share(weights, 10, 10), sampled_share(weights, 10, 20)
    lo, hi = wilson(0.6, 10)

    assert (whole.lo, whole.value, whole.hi) == (0.6, 0.6, 0.6)
    assert lo < part.lo < 0.6 < part.hi < hi
    assert part.effective_n == pytest.approx(19)


def test_four_hundred_of_two_thousand_linked_papers_tell_a_share_to_three_points():
    found = sampled_share([1.0] * 372 + [0.0] * 28, 400, 2000)

    assert (found.hi - found.lo) / 2 < 0.027


def test_nobody_read_gives_no_share():
    found = venue_shares("pytorch", VenueSample(10, 5, []))

    assert (found.e1, found.e2, found.e4, found.bounds) == (None, None, None, None)


@pytest.mark.parametrize(("accepted", "linked", "papers"), [(5, 6, []), (5, 1, [[TORCH], [TF]]), (5, 5, [[]])])
def test_a_sample_that_contradicts_itself_is_refused(accepted, linked, papers):
    with pytest.raises(ValueError, match="accepted"):
        venue_shares("pytorch", VenueSample(accepted, linked, papers))


def test_the_correction_frees_a_share_of_known_errors():
    seen = Share(0.9 * 0.8 + 0.1 * 0.05, 0, 0, 1000, 1000)

    found = corrected_share(seen, Confusion(hits=80, false_alarms=5, misses=20, rightly_not=95))

    assert found.value == pytest.approx(0.9)
    assert found.lo < 0.9 < found.hi


def test_the_interval_is_that_of_lang_and_reiczigel():
    """Twenty of 100 positive, 90 of 100 and 95 of 100 known cases met: worked by hand from the paper's formula."""
    z = 1.959963984540054
    n, se, sp = 100 + z * z, 91 / 102, 96 / 102
    p = (20 + z * z / 2) / n
    true = (p + sp - 1) / (se + sp - 1)
    shift = 2 * z * z * (true * se * (1 - se) / 102 - (1 - true) * sp * (1 - sp) / 102)
    errors = true**2 * se * (1 - se) / 102 + (1 - true) ** 2 * sp * (1 - sp) / 102
    half = z * math.sqrt(p * (1 - p) / n + errors) / (se + sp - 1)

    found = corrected_share(Share(0.2, 0, 1, 100, 100), Confusion(90, 5, 10, 95))

    assert (found.lo, found.hi) == (pytest.approx(true + shift - half), pytest.approx(true + shift + half))


def test_what_is_known_of_too_few_verdicts_bounds_nothing():
    found = corrected_share(Share(1.0, 1.0, 1.0, 1), Confusion(1, 0, 3, 1))

    assert found is not None
    assert (found.value, found.lo, found.hi) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize("confusion", [Confusion(0, 0, 0, 5), Confusion(5, 0, 0, 0), Confusion(1, 9, 9, 1)])
def test_a_classifier_of_which_nothing_is_known_corrects_nothing(confusion):
    assert corrected_share(Share(0.5, 0.4, 0.6, 9, 9), confusion) is None


READS = st.sampled_from([TORCH, TF, JAX, PLAIN, EMPTY, GONE])
SAMPLES = st.lists(st.lists(READS, min_size=1, max_size=3), max_size=12).flatmap(
    lambda papers: st.builds(
        lambda more, unlinked: VenueSample(len(papers) + more + unlinked, len(papers) + more, papers),
        st.integers(0, 50),
        st.integers(0, 50),
    ).filter(lambda one: one.accepted > 0)
)


@given(SAMPLES, st.builds(Confusion, *[st.integers(0, 99)] * 4))
def test_every_share_lies_within_its_interval_and_between_nought_and_one(sample, confusion):
    found = venue_shares("pytorch", sample, confusion)

    for share in filter(None, (found.e1, found.e2, found.e3, found.e4, found.corrected)):
        assert 0 <= share.lo <= share.value + 1e-12
        assert share.value <= share.hi + 1e-12
        assert share.hi <= 1
    if found.bounds:
        assert 0 <= found.bounds[0] <= found.bounds[1] <= 1
    assert sum(found.causes.values()) + (found.e2.n if found.e2 else 0) == len(sample.papers)
