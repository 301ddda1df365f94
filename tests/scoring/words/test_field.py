"""One field, put in order once, says of the others what a walk through all of them would."""

from statistics import median, median_low

from hypothesis import given
from hypothesis import strategies as st

from scoring.words.field import FIGURE, Item, Others, fields
from scoring.words.peer_comparison import PeerComparison

MARKS = st.floats(0, 10) | st.sampled_from([0.0, 5.0, 10.0])


@given(st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=9), st.integers(0, 9))
def test_others_are_everybody_else_the_best_first(marks, own):
    """Number 9 is of another kind and so never in the field."""
    items = [item(number, *sorted(ends)) for number, ends in enumerate(marks)]
    others = Others(fields(items)["stars", "framework"], f"s{own}")
    walked = sorted((one for one in items if one.subject != f"s{own}"), key=lambda one: (-one.score, one.subject))

    assert list(others) == others.first(len(items)) == walked
    assert len(others) == len(walked)
    if walked:
        assert others.middle_score == median(one.score for one in walked)
        assert others.middle_high == median(one.high for one in walked)
        assert others.highest == max(one.high for one in walked)
        assert others.middle_told == median_low(one.value or 0.0 for one in walked)
    assert others.absent == sum(one.value == 0 for one in walked)


def test_a_field_is_of_one_key_and_one_kind():
    found = fields([item(1, 2, 3), item(2, 4, 5, kind="library"), item(3, 6, 7, key="forks")])

    assert {key: {one.subject for one in field.items} for key, field in found.items()} == {
        ("stars", "framework"): {"s1"},
        ("stars", "library"): {"s2"},
        ("forks", "framework"): {"s3"},
    }


def test_whoever_has_one_of_several_items_counts_once_and_oneself_never():
    items = [item(1, 2, 3), item(2, 4, 5), item(2, 4, 5, key="forks"), item(3, 1, 1, key="forks"), item(4, 1, 1, "lib")]
    field = PeerComparison({(one.subject, one.key): one for one in items})

    assert field.count_beside("s2", [items[1]]) == 1
    assert field.count_beside("s2", [items[1], items[2]]) == 2
    assert field.count_beside("s1", [items[2]]) == 2
    assert field.count_beside("s1", []) == 0


def item(number, score, high, kind="framework", key="stars"):
    value = None if number % 4 == 3 else float(round(score))
    return Item(f"s{number}", kind, FIGURE, key, "ecosystem", 0.1, score, hi=high, value=value)
