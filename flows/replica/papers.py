"""The Papers With Code archive on Hugging Face: resolve addresses that lead to a CDN with ranges."""

import re
from hashlib import sha256

from flows.replica.answer import Answer, Request, of_html
from flows.replica.archive import LINKS_FILE, PAPERS_FILES
from flows.replica.world import World

FILES = {"links-between-paper-and-code": (LINKS_FILE,), "papers-with-abstracts": PAPERS_FILES}
RESOLVE = re.compile(r"/datasets/pwc-archive/([^/]+)/resolve/main/data/([^/]+)")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def answer(world: World, request: Request) -> Answer:
    """Answer a resolve address with a redirect to the CDN."""
    match = RESOLVE.fullmatch(request.path)
    if not match or match[2] not in FILES.get(match[1], ()):
        return of_html("Entry not found", 404)
    body = world.archive.files[match[2]]
    linked = {"ETag": etag(body), "X-Linked-Etag": etag(body), "X-Linked-Size": str(len(body))}
    return Answer(302, b"", {"Location": f"{request.base}/cdn/{match[2]}", **linked})


def cdn(world: World, request: Request) -> Answer:
    """Answer a file of the CDN, or the part that was asked for."""
    body = world.archive.files.get(request.path.strip("/"))
    if body is None:
        return of_html("Not found", 404)
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", "ETag": etag(body)}
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if not asked or asked[0] == "bytes=-" or request.headers.get("if-range", etag(body)) != etag(body):
        return Answer(200, body, headers)
    start, end = _span(asked[1], asked[2], len(body))
    if start >= len(body) or start > end:
        return Answer(416, b"", {**headers, "Content-Range": f"bytes */{len(body)}"})
    return Answer(206, body[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(body)}"})


def etag(body: bytes) -> str:
    """Return the strong tag of a body."""
    return f'"{sha256(body).hexdigest()[:40]}"'


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last or size), size - 1)
