"""Discourse: both generations of about.json, and forums that say something else."""

import json

import pytest

from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors import discourse
from collectors.discourse import read_about
from collectors.errors import ChangedError
from collectors.transport.archive import Answer
from collectors.upstream import Upstream
from tests.collectors.loopback import MAY_DAY, Reply, always, as_json, seam, serving


def test_the_recorded_forum_of_2026_counts_accounts_and_activity(recorded):
    found = read(json.loads((recorded / "discourse/about_meta.discourse.org_2026-04-26_stats.json").read_text()))

    assert {one.metric: one.value for one in found} == {"discourse.users": 65_215, "discourse.active_30d": 2_201}
    assert found[0].definition == "forum_users@1:users_count"


def test_the_recorded_oldest_forum_counts_accounts_and_knows_no_activity(recorded):
    users, active = read(
        json.loads((recorded / "discourse/about_meta.discourse.org_0.9.9.16_oldest_keys.json").read_text())
    )

    assert (users.value, users.definition) == (10_858, "forum_users@1:user_count")
    assert (active.value, active.reason) == (None, Reason.NOT_SUPPORTED)


@pytest.mark.parametrize("page", ["discourse_topics", "discourse_topic_1148"])
def test_a_recorded_page_of_something_else_has_changed(recorded, page):
    with pytest.raises(ChangedError, match=r"about\.stats"):
        read(json.loads((recorded / f"discourse/perceval/{page}.json").read_text()))


def test_each_forum_is_asked_at_its_own_address(server):
    server.answering = always(as_json({"about": {"stats": {"users_count": 3, "active_users_30_days": 0}}}))

    found = collected([subject("pytorch", server.url)])

    assert [asked.path for asked in server.asked] == ["/about.json"]
    assert {one.metric: one.value for one in found} == {"discourse.users": 3, "discourse.active_30d": 0}


def test_a_forum_that_is_down_costs_only_itself(server):
    server.answering = always(as_json({"about": {"stats": {"users_count": 3, "active_users_30_days": 1}}}))

    with serving(always(Reply(503))) as down:
        found = collected([subject("fastai", down.url), subject("pytorch", server.url)])

    assert {one.subject for one in found if one.has_value} == {"pytorch"}
    assert {one.reason for one in found if one.subject == "fastai"} == {Reason.UNREACHABLE}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(404), Reason.NOT_FOUND),
        (Reply(403), Reason.RESTRICTED),
        (Reply(429, headers={"Retry-After": "600"}), Reason.RATE_LIMITED),
        (Reply(200, b"<html>Log in"), Reason.SCHEMA_CHANGED),
        (as_json({"about": {}}), Reason.SCHEMA_CHANGED),
    ],
    ids=["gone", "closed to us", "limited", "a log-in page", "no statistics"],
)
def test_a_forum_that_does_not_count_says_why(server, reply, reason):
    server.answering = always(reply)

    found = collected([subject("pytorch", server.url)])

    assert {(one.metric, one.reason) for one in found} == {
        ("discourse.users", reason),
        ("discourse.active_30d", reason),
    }


@pytest.mark.parametrize(("users", "user", "told"), [(None, 3, 3), (3, None, 3), (3, 5, 3), (0, 5, 0)])
def test_of_two_spellings_the_one_that_tells_a_number_counts(server, users, user, told):
    stats = {"users_count": users, "user_count": user, "active_users_30_days": 1}
    server.answering = always(as_json({"about": {"stats": stats}}))

    [found] = [one for one in collected([subject("pytorch", server.url)]) if one.metric == "discourse.users"]

    assert (found.value, found.definition) == (
        told,
        f"forum_users@1:{'user_count' if users is None else 'users_count'}",
    )


@pytest.mark.parametrize(
    "stats", [None, [], {}, "users_count", 3, {"users_count": None}, {"users_count": "65,215"}], ids=repr
)
def test_statistics_of_another_shape_have_changed(server, stats):
    server.answering = always(as_json({"about": {"stats": stats}}))

    found = collected([subject("pytorch", server.url)])

    assert [one.reason for one in found] == [Reason.SCHEMA_CHANGED] * 2


@pytest.mark.parametrize(("odd", "left"), [("users_count", "active_30d"), ("active_users_30_days", "users")])
def test_an_odd_figure_costs_only_itself(server, odd, left):
    stats = {"users_count": 3, "active_users_30_days": 3, odd: "many"}
    server.answering = always(as_json({"about": {"stats": stats}}))

    found = collected([subject("pytorch", server.url)])

    assert [one.metric for one in found if one.value == 3] == [f"discourse.{left}"]
    assert [one.reason for one in found if one.value is None] == [Reason.SCHEMA_CHANGED]


@pytest.mark.parametrize(
    "body",
    [b'{"about": {"stats": {"users_count": 1%s}}}' % (b"0" * 400), b"[" * 100_000, b"9" * 5_000, b"\xff\xfe{", b""],
    ids=["400 digits", "nested deeply", "a number without end", "no text", "nothing"],
)
def test_an_odd_answer_costs_only_its_own_forum(server, body):
    server.answering = always(as_json({"about": {"stats": {"users_count": 3, "active_users_30_days": 1}}}))

    with serving(always(Reply(200, body))) as odd:
        found = collected([subject("fastai", odd.url), subject("pytorch", server.url)])

    assert {one.subject for one in found if one.has_value} == {"pytorch"}
    assert {one.reason for one in found if one.subject == "fastai"} == {Reason.SCHEMA_CHANGED}


def subject(slug: str, url: str) -> Subject:
    return Subject(id=slug, name=slug, kind="framework", github=f"o/{slug}", discourse_url=url)


def read(payload: object) -> list[Observation]:
    url = "https://forum.test"
    return read_about(payload, subject("pytorch", url), Answer(f"{url}/about.json", 200, {}, b"{}", MAY_DAY))


def collected(subjects: list[Subject]) -> list[Observation]:
    with seam() as http:
        return list(discourse.collect(subjects, Upstream(http, ""), MAY_DAY))
