"""Charts stay within their frame, break where nothing is known, and have round numbers and known months on their axes."""

import re
from datetime import datetime, timedelta

import pytest

from reports.chart_axes import apart, number_ticks, short, time_ticks
from reports.charts import Chart, Point, drawn

START = datetime(2020, 1, 1)


def days(values, step=1) -> list[Point]:
    return [Point(START + timedelta(days=step * place), value) for place, value in enumerate(values)]


@pytest.mark.parametrize(
    ("lo", "hi", "most", "ticks"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0, 10, 3, [0, 5, 10]),
        (117_000, 197_213, 3, [100_000, 150_000, 200_000]),
        (5, 5, 3, [4, 6]),
        (0, 0, 3, [0, 0.5]),
        (-0.02, 0.013, 3, [-0.02, 0, 0.02]),
    ],
)
def test_numbers_on_an_axis_are_round_and_hold_all_values(lo, hi, most, ticks):
    found = number_ticks(lo, hi, most)

    assert found == pytest.approx(ticks)
    assert found[0] <= lo
    assert found[-1] >= hi


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2016-01-01", "2026-11-29", ["2016", "2018", "2020", "2022", "2024", "2026"]),
        ("2024-02-10", "2024-08-10", ["Mar", "Apr", "May", "Jun", "Jul", "Aug"]),
        ("2024-02-10", "2025-08-10", ["Apr 24", "Jul 24", "Oct 24", "2025", "Apr 25", "Jul 25"]),
        ("2024-02-10", "2024-02-20", ["10 Feb", "12 Feb", "14 Feb", "16 Feb", "18 Feb", "20 Feb"]),
    ],
)
def test_an_axis_of_time_names_years_months_or_days(first, last, words):
    ends = [(datetime.fromisoformat(one) - datetime(1970, 1, 1)).days for one in (first, last)]
    ticks = time_ticks(*ends, 6)

    assert [word for _, word in ticks] == words
    assert all(ends[0] <= day <= ends[1] for day, _ in ticks)


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (0.25, "0.25"), (1500, "1.5k"), (2e6, "2M"), (-3e9, "-3G")])
def test_numbers_on_an_axis_are_short(number, text):
    assert short(number) == text


@pytest.mark.parametrize(
    ("ticks", "words"),
    [
        ([14_650.0, 14_700.0, 14_750.0], ["14.65k", "14.7k", "14.75k"]),
        ([99_500.0, 100_000.0, 100_500.0], ["99.5k", "100k", "100.5k"]),
        ([0.0, 50_000.0, 100_000.0], ["0", "50k", "100k"]),
        ([0.6, 0.62, 0.64], ["0.6", "0.62", "0.64"]),
    ],
    ids=["between two hundreds", "about a hundred thousand", "apart as they are", "shares"],
)
def test_no_two_marks_of_an_axis_read_the_same(ticks, words):
    assert apart(ticks) == words


def test_nothing_known_draws_nothing():
    assert drawn(Chart("t", [])) == drawn(Chart("t", days([None, None]))) == ""


def test_a_line_breaks_over_what_is_not_known_and_starts_where_it_begins():
    svg = drawn(Chart("t", days([None, None, 1, 2, None, 4, 5])))

    assert svg.count('class="line"') == 2
    assert svg.count('class="hole"') == 1
    assert 'data-x="18261 18268 ' in svg  # a week at least, up to the last day


def test_a_line_is_not_drawn_over_a_hole_wider_than_its_steps():
    points = [*days([1, 2, 3]), *(Point(START + timedelta(days=30 + place), 4) for place in range(3))]

    assert drawn(Chart("t", points)).count('class="line"') == 2


def test_every_coordinate_lies_within_the_drawing():
    points = [Point(START + timedelta(days=place), place * 1e6, place * 9e5, place * 1.2e6) for place in range(50)]
    svg = drawn(Chart("t", points, width=360, height=150, bars=[(points[-1].at, 1e5, 7e7)]))

    pairs = [
        tuple(map(float, pair.split(","))) for text in re.findall(r'points="([^"]+)"', svg) for pair in text.split()
    ]
    assert len(pairs) == 150
    assert all(0 <= x <= 360 and 0 <= y <= 150 for x, y in pairs)


def test_words_in_a_drawing_are_text():
    svg = drawn(Chart('<b>"t"', days([1, 2]), events=[(START, "<script>")], rules=[(START + timedelta(days=1), "<i>")]))

    assert "<b>" not in svg
    assert "<script>" not in svg
    assert "<i>" not in svg
    assert "&lt;script&gt;" in svg


def test_a_drawing_of_many_years_stays_small():
    assert len(drawn(Chart("t", days(range(120), 30)))) < 6_000
