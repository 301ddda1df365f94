"""What the status of an answer means: a good answer, an error named by who must act, or a wait."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from collectors.errors import (
    ChangedError,
    GoneError,
    IncompleteError,
    LimitError,
    PendingError,
    ProxyAuthError,
    RestrictedError,
    ServerFaultError,
    SourceError,
    TooLargeError,
)
from collectors.transport.archive import Answer
from collectors.transport.server_time import read_http_date, read_number, read_stamp, seconds_until

SECONDARY_WAIT_S = 60.0
PENDING_WAIT_S = 2.0
LIMITED = re.compile(rb"RATE_LIMITED|rate limit", re.IGNORECASE)


def judge(answer: Answer) -> Answer:
    """Return a good answer back; raise for every other what its status means.

    A part that nobody asked for is none, and neither is word that nothing has changed since nobody knows when.
    """
    if answer.status in {httpx.codes.PARTIAL_CONTENT, httpx.codes.NOT_MODIFIED}:
        raise IncompleteError(f"{bare(answer.url)} sent a part, or nothing, for the whole ({answer.status})")
    if httpx.codes.is_redirect(answer.status):
        raise ChangedError(f"{bare(answer.url)} answered {answer.status} and leads nowhere")
    if answer.status < httpx.codes.BAD_REQUEST and answer.status != httpx.codes.ACCEPTED:
        return answer
    error = error_of(answer)
    error.add_note(answer.body[:300].decode(errors="replace"))
    raise error


def error_of(answer: Answer) -> SourceError:
    """Say what a status (and its body, where GitHub overloads the status) means."""
    where, text = bare(answer.url), answer.body[:2000].decode(errors="replace").lower()
    match answer.status:
        case 202:
            error: SourceError = PendingError(f"{where} is still computing its answer")
        case 407:
            error = ProxyAuthError(f"the proxy on the way to {where} asks for a password (407)")
        case 404 | 410:
            error = GoneError(f"{where} is not there ({answer.status})")
        case 422 if "pagination" in text:
            error = TooLargeError(f"{where} has more pages than the source gives")
        case 403 if "too large" in text:
            error = TooLargeError(f"{where} is too large for the source to count")
        case 429:
            error = LimitError(f"{where} is over its limit (429)")
        case 403 if is_limit(answer):
            error = LimitError(f"{where} is over its limit (403)")
        case 401 | 403 | 451:
            error = RestrictedError(f"{where} refuses us ({answer.status})")
        case status if is_fault(status):
            error = ServerFaultError(f"{where} answered {answer.status}")
        case _:
            error = ChangedError(f"{where} answered {answer.status}")
    return error


def is_page(error: SourceError) -> bool:
    """Return whether a refusal came as a page of HTML: then it is not the API of whom we asked that knows nothing."""
    return any(note.lstrip("\ufeff \r\n\t").startswith("<") for note in getattr(error, "__notes__", ()))


def is_fault(status: int) -> bool:
    """Return whether the server, or what stands before it, failed or gave up waiting: it may pass."""
    return status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT


def is_limit(answer: Answer) -> bool:
    """Distinguish a 403 that means "too many" from one that means "not you"."""
    if answer.status != httpx.codes.FORBIDDEN:
        return False
    text = answer.body[:2000].decode(errors="replace").lower()
    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in answer.headers or "rate limit" in text or "abuse" in text


def is_limited_query(answer: Answer) -> bool:
    """Return whether an answer is the limit of GraphQL, which comes as HTTP 200: no data, and an error that says so."""
    is_query = answer.status == httpx.codes.OK and urlsplit(answer.url).path.endswith("/graphql")
    if not is_query or not LIMITED.search(answer.body):
        return False
    try:
        payload = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    errors = payload.get("errors") if isinstance(payload, dict) and not payload.get("data") else None
    return isinstance(errors, list) and any(isinstance(one, dict) and says_limit(one) for one in errors)


def says_limit(error: Mapping[str, Any]) -> bool:
    """Return whether an error of GraphQL says that too much was asked."""
    return error.get("type") == "RATE_LIMITED" or "rate limit" in str(error.get("message", "")).lower()


def pause_of(answer: Answer) -> float | None:
    """Return how long the source asks us to wait before the same request, if it does; its dates are of its clock."""
    if answer.status == httpx.codes.ACCEPTED:
        return PENDING_WAIT_S
    after = answer.headers.get("retry-after")
    is_over = answer.status == httpx.codes.TOO_MANY_REQUESTS or is_limit(answer) or is_limited_query(answer)
    if (
        not (is_over or (after and is_fault(answer.status)))
        or "too large" in answer.body[:2000].decode(errors="replace").lower()
    ):
        return None
    if after:
        return max(1.0, _seconds(after, answer))
    reset = read_stamp(answer.headers.get("x-ratelimit-reset"))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset:
        return max(0.0, seconds_until(answer, reset)) + 1
    return SECONDARY_WAIT_S


def _seconds(after: str, answer: Answer) -> float:
    """Read Retry-After: seconds, or an HTTP date."""
    if (seconds := read_number(after)) is not None:
        return seconds
    moment = read_http_date(after)
    return seconds_until(answer, moment) if moment else SECONDARY_WAIT_S


def bare(url: str) -> str:
    """Return host and path of an address: what a message may show."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"
