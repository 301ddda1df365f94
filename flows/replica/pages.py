"""The pages that the invented facts quote."""

from flows.replica.answer import Answer, Request, of_html
from flows.replica.demo import QUOTE
from flows.replica.world import World

FILLING = "Nothing on this page is about a real project; it stands here so that a demo has something to read. "


def answer(_world: World, request: Request) -> Answer:
    """Answer GET /pages/<address of the page>."""
    return of_html(f"<h1>{request.path.strip('/')}</h1><p>{FILLING * 2}</p><p>{QUOTE}</p>", 200)
