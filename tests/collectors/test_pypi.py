"""PyPI downloads: 30 whole days without mirrors, or none."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors import pypi
from collectors.errors import ChangedError, IncompleteError
from collectors.pypi import read_days, read_overall
from collectors.transport.archive import Answer
from collectors.upstream import Upstream
from tests.collectors.loopback import MAY_DAY, Loopback, Reply, always, as_json, seam

EVE = date(2026, 4, 30)


def test_thirty_whole_days_without_mirrors_are_summed(server):
    server.answering = always(as_json(days(1_000)))

    [found] = collected(server)

    assert (found.value, found.valid_at, found.method) == (30_000, datetime(2026, 5, 1), "exact")
    assert server.asked[0].path == "/packages/torch/overall?mirrors=false"


def test_today_is_not_over_and_does_not_count():
    payload = days(1_000, last=EVE)
    payload["data"].append(row(date(2026, 5, 1), 999_999))

    assert read(payload).value == 30_000


def test_downloads_of_mirrors_do_not_count():
    payload = days(1_000)
    payload["data"] += [row(EVE, 5_000_000, "with_mirrors")]

    assert read(payload).value == 30_000


def test_a_count_that_lags_two_days_is_about_the_day_it_ends():
    found = read(days(1_000, last=date(2026, 4, 28)))

    assert (found.value, found.valid_at) == (30_000, datetime(2026, 4, 29))


def test_a_hole_in_the_days_is_incomplete_and_no_lower_sum():
    payload = days(1_000)
    del payload["data"][10]

    with pytest.raises(IncompleteError, match="lacks 1 of the last 30 days of torch"):
        read(payload)


@pytest.mark.parametrize("odd", [{"downloads": None}, {"downloads": -1}, {"date": None}, {"downloads": "12"}], ids=str)
def test_a_day_that_is_odd_costs_only_the_sums_over_it(odd):
    payload = days(1_000)
    payload["data"][35] |= odd

    assert read(payload).value == 30_000

    payload["data"][10] |= odd
    with pytest.raises(IncompleteError, match="lacks 1 of the last 30 days of torch"):
        read(payload)


def test_a_day_that_is_told_twice_counts_once_and_with_two_numbers_is_a_hole():
    payload = days(1_000)
    payload["data"].append(dict(payload["data"][10]))

    assert read(payload).value == 30_000

    payload["data"][-1]["downloads"] += 1
    with pytest.raises(IncompleteError, match="lacks 1 of the last 30 days of torch"):
        read(payload)


def test_a_newest_day_that_is_not_counted_yet_is_left_out():
    payload = days(1_000)
    payload["data"][0]["downloads"] = None

    assert (read(payload).value, read(payload).valid_at) == (30_000, datetime(2026, 4, 30))


def test_the_recorded_days_are_read_without_those_of_mirrors(recorded):
    payload = json.loads((recorded / "pypi/pypistats_samples/01_overall_downloads.json").read_text())

    assert read_days(payload) == {date(2020, 5, 1): 2_083_472, date(2020, 5, 2): 1_475_979}


def test_the_recorded_answer_of_two_days_is_incomplete(recorded):
    payload = json.loads((recorded / "pypi/pypistats_samples/01_overall_downloads.json").read_text())

    with pytest.raises(IncompleteError, match="lacks 28 of the last 30 days"):
        read(payload)


OTHER_QUESTIONS = [
    "02_python_major_downloads",
    "04_recent_downloads",
    "05_recent_downloads",
    "07_python_major_downloads",
    "08_python_minor_downloads",
    "10_system_downloads",
    "11_python_minor_downloads",
]


@pytest.mark.parametrize("name", OTHER_QUESTIONS)
def test_a_recorded_answer_to_another_question_is_a_source_error(recorded, name):
    payload = json.loads((recorded / f"pypi/pypistats_samples/{name}.json").read_text())

    with pytest.raises((ChangedError, IncompleteError)):
        read(payload)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(404), Reason.NOT_FOUND),
        (Reply(429), Reason.RATE_LIMITED),
        (Reply(200, b"<html>"), Reason.SCHEMA_CHANGED),
        (Reply(500), Reason.UNREACHABLE),
    ],
    ids=["gone", "limited", "HTML", "down"],
)
def test_a_package_without_a_count_says_why(server, reply, reason):
    server.answering = always(reply)

    assert [one.reason for one in collected(server)] == [reason]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"data": None},
        {"data": 3},
        {"data": [None]},
        {"data": [{"category": "without_mirrors", "date": 3, "downloads": 1}]},
    ],
    ids=repr,
)
def test_an_answer_of_another_shape_has_changed(payload):
    with pytest.raises(ChangedError):
        read(payload)


def subject() -> Subject:
    return Subject(id="pytorch", name="PyTorch", kind="framework", github="o/p", pypi="torch")


def row(day: date, downloads: int, category: str = "without_mirrors") -> dict[str, Any]:
    return {"category": category, "date": day.isoformat(), "downloads": downloads}


def days(downloads: int, last: date = EVE) -> dict[str, Any]:
    """Return 40 days that end with `last`."""
    return {"data": [row(last - timedelta(days=ago), downloads) for ago in range(40)]}


def read(payload: Any) -> Observation:
    return read_overall(payload, subject(), Answer("https://pypistats.test", 200, {}, b"{}", MAY_DAY), MAY_DAY)


def collected(server: Loopback) -> list[Observation]:
    with seam(max_wait_s=1) as http:
        return list(pypi.collect([subject()], Upstream(http, server.url), MAY_DAY))
