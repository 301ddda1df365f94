"""Discord: the counts behind an invite, unless it has expired or leads to somebody else."""

import json

import pytest

from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors import discord
from collectors.discord import read_invite
from collectors.errors import ChangedError, InviteExpiredError
from collectors.reading import Unread
from collectors.transport.archive import Answer
from collectors.upstream import Upstream
from tests.collectors.loopback import MAY_DAY, Loopback, Reply, always, as_json, seam

FORSEN = "97034666673975296"


def test_the_recorded_invite_counts_members_and_those_online(recorded):
    found = read(json.loads((recorded / "discord/invite_forsen.json").read_text()), guild_id=FORSEN)

    assert {one.metric: one.value for one in found} == {"discord.members": 44_960, "discord.online": 13_730}


def test_an_invite_that_leads_to_another_server_has_expired(recorded):
    payload = json.loads((recorded / "discord/invite_forsen.json").read_text())

    with pytest.raises(InviteExpiredError, match="leads to another server, 97034666673975296") as caught:
        read(payload, guild_id="1")

    assert caught.value.reason is Reason.INVITE_EXPIRED


def test_the_recorded_invite_without_counts_has_changed_and_is_no_zero(recorded):
    found = read(json.loads((recorded / "discord/docs_invite_without_counts.json").read_text()))

    assert [str(one.error) for one in found if isinstance(one, Unread)] == [
        "the answer has no approximate_member_count",
        "the answer has no approximate_presence_count",
    ]


def test_the_recorded_guild_preview_is_no_invite(recorded):
    with pytest.raises(ChangedError, match=r"guild\.id"):
        read(json.loads((recorded / "discord/docs_guild_preview_discord_testers.json").read_text()))


def test_the_recorded_body_that_is_no_json_has_changed(recorded, server):
    server.answering = always(Reply(body=(recorded / "discord/invite_bad_body_not_json.txt").read_bytes()))

    assert reasons(collected(server)) == {Reason.SCHEMA_CHANGED}


def test_an_invite_that_was_taken_over_counts_nobody():
    """A vanity invite that lapses is free for anybody; its new owner's members are not the framework's."""
    taken_over = {"guild": {"id": "2"}, "approximate_member_count": 44_960, "approximate_presence_count": 13_730}

    with pytest.raises(InviteExpiredError, match="leads to another server, 2") as caught:
        read(taken_over, guild_id="1")

    assert caught.value.reason is Reason.INVITE_EXPIRED


def test_a_body_that_is_no_json_has_changed(server):
    server.answering = always(Reply(body=b"<html>one moment</html>"))

    assert reasons(collected(server)) == {Reason.SCHEMA_CHANGED}


def test_counts_are_asked_for(server):
    server.answering = always(
        as_json({"guild": {"id": FORSEN}, "approximate_member_count": 3, "approximate_presence_count": 0})
    )

    found = collected(server)

    assert server.asked[0].path == "/api/v10/invites/forsen?with_counts=true"
    assert [one.value for one in found] == [3, 0]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (as_json({"message": "Unknown Invite", "code": 10006}, 404), Reason.INVITE_EXPIRED),
        (as_json({"retry_after": 600.5, "global": True}, 429, retry_after="601"), Reason.RATE_LIMITED),
        (Reply(403), Reason.RESTRICTED),
        (Reply(500), Reason.UNREACHABLE),
    ],
    ids=["expired", "limited", "refused", "down"],
)
def test_an_invite_that_does_not_count_says_why_for_every_metric(server, reply, reason):
    server.answering = always(reply)

    found = collected(server)

    assert {(one.metric, one.reason) for one in found} == {("discord.members", reason), ("discord.online", reason)}


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {"guild": None, "approximate_member_count": 3},
        {"guild": {"id": None}, "approximate_member_count": 3},
        {"guild": {"id": True}, "approximate_member_count": 3},
    ],
    ids=repr,
)
def test_an_invite_of_another_shape_has_changed(payload):
    with pytest.raises(ChangedError):
        read(payload, guild_id="7")


def test_a_server_that_tells_its_id_as_a_number_is_the_same():
    payload = {"guild": {"id": 7}, "approximate_member_count": 3, "approximate_presence_count": 2}

    assert [one.value for one in read(payload, guild_id="7")] == [3, 2]


@pytest.mark.parametrize("field", ["approximate_member_count", "approximate_presence_count"])
def test_a_count_that_is_not_told_costs_only_itself(server, field):
    counts = {"approximate_member_count": 3, "approximate_presence_count": 3}
    server.answering = always(as_json({"guild": {"id": FORSEN}} | {key: 3 for key in counts if key != field}))

    assert sorted((one.value, one.reason) for one in collected(server) if one.has_value) == [(3, None)]


@pytest.mark.parametrize("odd", [None, "3", -1, 3.5, True, [3]], ids=repr)
@pytest.mark.parametrize("field", ["approximate_member_count", "approximate_presence_count"])
def test_an_odd_count_costs_only_itself(server, caplog, field, odd):
    counts = {"approximate_member_count": 3, "approximate_presence_count": 3}
    server.answering = always(as_json({"guild": {"id": FORSEN}, **counts, field: odd}))

    found = collected(server)

    assert sorted((one.value, one.reason) for one in found if one.has_value) == [(3, None)]
    assert [one.reason for one in found if not one.has_value] == [Reason.SCHEMA_CHANGED]
    assert f"{field} is {odd!r}" in caplog.text


def subject(guild_id: str | None = None) -> Subject:
    return Subject(
        id="forsen", name="F", kind="framework", github="o/f", discord_invite="forsen", discord_guild_id=guild_id
    )


def read(payload: object, guild_id: str | None = None) -> list[Observation | Unread]:
    return read_invite(payload, subject(guild_id), Answer("https://discord.test", 200, {}, b"{}", MAY_DAY))


def collected(server: Loopback) -> list[Observation]:
    with seam() as http:
        return list(discord.collect([subject()], Upstream(http, f"{server.url}/api/v10"), MAY_DAY))


def reasons(found: list[Observation]) -> set[Reason]:
    return {one.reason for one in found}
