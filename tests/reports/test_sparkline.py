"""A line of months: broken where a month is missing, flat where nothing moves, never outside its frame."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.sparkline import HEIGHT, WIDTH, sparkline


def test_no_month_makes_no_line():
    assert sparkline([]) == []
    assert sparkline([None, None]) == []


def test_a_missing_month_breaks_the_line():
    assert len(sparkline([5.0, 5.1, None, 5.2, 5.3])) == 2


def test_what_does_not_move_is_flat_in_the_middle():
    [points] = sparkline([5.0, 5.0, 5.0])

    assert {point.split(",")[1] for point in points.split()} == {f"{HEIGHT / 2:.1f}"}


def test_a_little_noise_is_no_mountain():
    [points] = sparkline([5.0, 5.05])
    heights = [float(point.split(",")[1]) for point in points.split()]

    assert 0 < heights[0] - heights[1] < HEIGHT / 5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=12))
def test_a_line_stays_in_its_frame(months):
    points = [point.split(",") for stretch in sparkline(months) for point in stretch.split()]

    assert all(0 <= float(across) <= WIDTH and 0 <= float(down) <= HEIGHT for across, down in points)
    known = sum(month is not None for month in months)
    assert len(points) >= (known if known > 1 else 0)


def test_a_month_alone_is_a_dot():
    first, *_ = sparkline([5.0, None, 5.1, 5.2])

    assert len(first.split()) == 2
    assert len(set(first.split())) == 1
    assert sparkline([None, 5.0, None]) == []
