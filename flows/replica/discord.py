"""Discord: an invite with its counts."""

from typing import Any

from flows.replica.answer import Answer, Request, of_json
from flows.replica.world import World


def answer(world: World, request: Request) -> Answer:
    """Answer GET /discord/api/v10/invites/<code>; a code that nobody gave out is unknown."""
    match request.path.strip("/").split("/"):
        case ["api", "v10", "invites", code] if code in world.guilds:
            guild = world.guilds[code]
        case _:
            return of_json({"message": "Unknown Invite", "code": 10006}, 404)
    invite: dict[str, Any] = {"type": 0, "code": code, "expires_at": None}
    invite |= {"guild": {"id": guild.id, "name": guild.name}, "guild_id": guild.id}
    if request.query.get("with_counts") == "true":
        invite |= {"approximate_member_count": guild.members, "approximate_presence_count": guild.online}
    return of_json(invite)
