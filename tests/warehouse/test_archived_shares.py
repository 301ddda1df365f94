"""The past of the import share: venues of a year pooled by their papers, for as long as until they come again."""

import math
from datetime import datetime, timedelta

import pytest

from catalog.subject import Subject
from warehouse.archived_shares import archived_import_shares, archived_venue_shares

JAX = Subject(id="jax", name="JAX", kind="framework", github="a/a", pypi="jax", papers_framework="jax")


def venue(year: int, month: int, share: float, n: int) -> dict:
    return {"year": year, "share": share, "n": n, "valid_at": datetime(year, month, 1)}


def told(*rows: dict) -> list[tuple[str, datetime, float]]:
    found = archived_import_shares(JAX, rows, {"url": "https://example.org"})
    return [(one.metric.removeprefix("papers.import_"), one.valid_at, one.value) for one in found]


def test_the_venues_of_a_year_are_pooled_by_their_papers():
    found = told(venue(2022, 6, 0.1, 100), venue(2022, 12, 0.3, 300))

    assert found == [
        ("share", datetime(2022, 6, 1), pytest.approx(0.1)),
        ("share", datetime(2022, 12, 1), pytest.approx(0.25)),
    ]


def test_a_venue_leaves_the_pool_when_it_came_again():
    found = told(venue(2021, 6, 0.1, 100), venue(2022, 7, 0.3, 100))

    assert [value for what, _, value in found if what == "share"] == [pytest.approx(0.1), pytest.approx(0.2)]
    assert [
        value for what, _, value in told(venue(2021, 6, 0.1, 100), venue(2022, 8, 0.3, 100)) if what == "share"
    ] == [
        pytest.approx(0.1),
        pytest.approx(0.3),
    ]


def test_the_slope_is_that_of_the_logarithm_of_the_years_and_few_papers_say_nothing():
    found = told(venue(2021, 6, 0.1, 100), venue(2022, 6, 0.2, 100), venue(2023, 6, 0.9, 19))

    assert next(value for what, _, value in found if what == "slope") == pytest.approx(math.log(2))
    assert ("share", datetime(2023, 6, 1)) not in [one[:2] for one in found if one[2] == pytest.approx(0.9)]


def test_a_share_of_the_archive_holds_until_the_venues_come_again():
    [one] = archived_import_shares(JAX, [venue(2022, 6, 0.1, 100)], {})

    assert (one.valid_until, one.source, one.method) == (datetime(2022, 6, 1) + timedelta(days=400), "pwc", "archived")


def test_of_the_three_newest_venue_years_the_newest_counts_most():
    names = zip(
        ("iclr", "icml", "neurips", "iclr"), (2021, 2021, 2021, 2022), (5, 7, 12, 4), (0.1, 0.2, 0.3, 0.4), strict=True
    )
    rows = [venue(year, month, share, 100) | {"venue": name} for name, year, month, share in names]

    found = list(archived_venue_shares(JAX, [*rows, venue(2022, 6, 0.9, 19) | {"venue": "icml"}], {}))

    assert [one.value for one in found] == [
        pytest.approx(0.1),
        pytest.approx((0.5 * 0.2 + 0.3 * 0.1) / 0.8),
        pytest.approx(0.5 * 0.3 + 0.3 * 0.2 + 0.2 * 0.1),
        pytest.approx(0.5 * 0.4 + 0.3 * 0.3 + 0.2 * 0.2),
    ]
    assert {(one.metric, one.definition, one.source) for one in found} == {
        ("papers.venue_share", "venue_share@pwc", "pwc")
    }
    assert found[-1].n == 300
    assert found[-1].valid_until == datetime(2022, 4, 1) + timedelta(days=400)
