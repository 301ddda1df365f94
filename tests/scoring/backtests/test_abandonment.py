"""Abandonment backtests: who left the list is not dropped, weights undo what censoring hides, ends come from one bootstrap."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.backtests.abandonment import Fates, area, fates, foretold, thirds

ON, UNTIL = date(2022, 1, 1), date(2024, 1, 1)
SPAN = (UNTIL - ON).days


@pytest.mark.parametrize(
    ("active_at", "last_seen", "days", "is_given_up"),
    [
        pytest.param(datetime(2023, 12, 1), UNTIL, SPAN, False, id="works on"),
        pytest.param(datetime(2021, 7, 1), UNTIL, 181, True, id="silent since before"),
        pytest.param(datetime(2023, 6, 1), UNTIL, SPAN, False, id="silent for half a year"),
        pytest.param(datetime(2021, 12, 1), date(2022, 6, 1), 151, False, id="left the list before anybody could tell"),
        pytest.param(datetime(2022, 2, 1), date(2023, 6, 1), 396, True, id="left the list given up"),
        pytest.param(datetime(2021, 12, 31), ON, 0, False, id="never seen again"),
    ],
)
def test_what_became_of_a_project(active_at, last_seen, days, is_given_up):
    [row] = fates(
        seen((ON, datetime(2021, 12, 1) if active_at > datetime(2022, 1, 1) else active_at), (last_seen, active_at)),
        ON,
        UNTIL,
    ).to_dicts()

    assert (row["days"], row["is_given_up"]) == (days, is_given_up)


def test_a_project_that_was_given_up_before_is_not_forecast():
    assert fates(seen((ON, datetime(2020, 6, 1)), (UNTIL, datetime(2023, 12, 1))), ON, UNTIL).is_empty()


def test_a_snapshot_after_the_end_says_nothing():
    late = seen((ON, datetime(2021, 12, 1)), (UNTIL + timedelta(days=1), datetime(2023, 12, 31)))

    assert fates(late, ON, UNTIL)["days"].to_list() == [0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=40))
def test_where_nobody_left_the_area_is_that_of_counting_all_pairs(pairs):
    lasting, ended = ([value for value, is_given_up in pairs if is_given_up is which] for which in (False, True))
    if not lasting or not ended:
        return
    counted = sum((a > b) + (a == b) / 2 for a in lasting for b in ended) / (len(lasting) * len(ended))

    assert area(*known([(value, 100 if given_up else SPAN, given_up) for value, given_up in pairs])) == pytest.approx(
        counted
    )


def test_one_who_ended_late_weighs_for_those_who_left_before():
    rows = [(1, 100, True), (9, 600, True), (0, 300, False), (0, 300, False), (5, SPAN, False), (5, SPAN, False)]

    assert area(*known(rows)) == pytest.approx(
        (1 * 1 + 5 / 3 * 0) / (1 + 5 / 3)
    )  # 3 of 5 at risk were seen on after day 300


def test_the_baseline_is_no_better_than_itself_and_the_ends_hold_the_area():
    chance = np.random.default_rng(3)
    ended = chance.random(300) < 0.3
    signal = np.where(ended, 0.0, 0.8) + chance.normal(size=300)
    _, fate = known([(0, 100 if one else SPAN, bool(one)) for one in ended])

    found = foretold(pl.DataFrame({"good": signal, "noise": chance.normal(size=300)}), fate, "good")

    good, noise = found.to_dicts()
    assert good["lo"] < 0.714 < good["hi"]  # the area of two normals 0.8 apart is 0.714
    assert (good["above"], good["above_lo"], good["above_hi"]) == (0, 0, 0)
    assert noise["above_hi"] < 0
    assert noise["lo"] < 0.5 < noise["hi"]


def test_thirds_tell_how_many_were_given_up():
    rows = [(n, 100 if n < 3 else SPAN, n < 3) for n in range(9)]
    values, fate = known(rows)

    assert thirds(pl.Series(values), fate)["given_up"].to_list() == [1, 0, 0]


def seen(*rows: tuple[date, datetime]) -> pl.DataFrame:
    schema = {"subject": pl.String, "day": pl.Date, "active_at": pl.Datetime("us")}
    return pl.DataFrame([("alpha", *row) for row in rows], schema=schema, orient="row")


def known(rows: list[tuple[float, float, bool]]) -> tuple[np.ndarray, Fates]:
    values, days, is_given_up = (np.array(column) for column in zip(*rows, strict=True))
    return values.astype(float), Fates(days.astype(float), is_given_up.astype(bool), SPAN)
