"""Discord: approximate members of the server behind a permanent invite, if it still is that server."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, InviteExpiredError
from collectors.reading import Unread, counted
from collectors.source import Address, Source, ask_each, metrics_of, one_each
from collectors.transport.archive import Answer
from collectors.transport.payload import need
from collectors.upstream import Found, Upstream

MEMBERS = METRICS["discord.members"]
ONLINE = METRICS["discord.online"]


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterable[Found]:
    """Ask for each subject's invite with its counts."""

    def ask(subject: Subject) -> list[Observation | Unread]:
        try:
            payload, answer = upstream.http.json(
                f"{upstream.base_url}/invites/{subject.discord_invite}", with_counts="true"
            )
        except GoneError as error:
            raise InviteExpiredError(f"the invite of {subject.id} has expired") from error
        return read_invite(payload, subject, answer)

    return ask_each(subjects, ask, source.metrics, upstream, valid_at)


def read_invite(payload: Any, subject: Subject, answer: Answer) -> list[Observation | Unread]:
    """Read the counts; an invite that now leads to another server is a hijacked one."""
    guild_id = need(payload, "guild", "id")
    if isinstance(guild_id, bool) or not isinstance(guild_id, str | int):
        raise ChangedError(f"the server behind an invite is {guild_id!r}; an id was expected")
    if subject.discord_guild_id and str(guild_id) != subject.discord_guild_id:
        raise InviteExpiredError(f"the invite of {subject.id} leads to another server, {guild_id}")
    evidence = {"url": answer.url, "raw_sha256": answer.sha256}
    fields = {MEMBERS: "approximate_member_count", ONLINE: "approximate_presence_count"}
    return [
        counted(metric, subject, answer.fetched_at, payload, (field,), **evidence) for metric, field in fields.items()
    ]


source = Source(
    "discord",
    collect,
    metrics_of("discord", "members", "online"),
    one_each("discord"),
    address=Address("discord_api_url", "https://discord.com/api/v10"),
)
