"""Discourse: about.json of the newer and of the older generation."""

from flows.replica.answer import Answer, Request, of_html, of_json
from flows.replica.world import World


def answer(world: World, request: Request) -> Answer:
    """Answer GET /forum/<subject>/about.json."""
    match request.path.strip("/").split("/"):
        case [subject, "about.json"] if subject in world.forums:
            forum = world.forums[subject]
        case _:
            return of_html("Page not found", 404)
    if forum.is_old:
        stats = {"topic_count": forum.users // 3, "post_count": forum.users * 2, "user_count": forum.users}
        return of_json({"about": {"stats": stats, "title": forum.title, "locale": "en", "version": "0.9.9.16"}})
    stats = {
        "topics_count": forum.users // 3,
        "posts_count": forum.users * 2,
        "users_count": forum.users,
        "active_users_7_days": (forum.active_30d or 0) // 2,
        "active_users_30_days": forum.active_30d or 0,
    }
    return of_json({"about": {"stats": stats, "title": forum.title, "locale": "en", "version": "2026.4.0-latest"}})
