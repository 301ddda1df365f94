"""What Stack Exchange means by its error bodies, which come as HTTP 400, with status 200, or as a page of HTML."""

import json
import re
from typing import Any

from collectors.errors import ChangedError, GoneError, LimitError, RestrictedError, ServerFaultError, SourceError
from collectors.transport.archive import Answer
from collectors.transport.payload import parse

MEANINGS: dict[Any, type[SourceError]] = {
    401: RestrictedError,  # access_token_required
    402: RestrictedError,  # invalid_access_token
    403: RestrictedError,  # access_denied
    404: GoneError,  # no_method
    405: RestrictedError,  # key_required
    406: RestrictedError,  # access_token_compromised
    500: ServerFaultError,  # internal_error
    502: LimitError,  # throttle_violation
    503: ServerFaultError,  # temporarily_unavailable
}
THROTTLE = re.compile(r"throttl|too many requests", re.IGNORECASE)
AGAIN = re.compile(r"available in (\d{1,9}) seconds")


def read(answer: Answer) -> Any:
    """Return the JSON of an answer; raise what its error body means, or what a page instead of JSON does."""
    text = answer.body[:2000].decode("utf-8-sig", errors="replace")
    try:
        payload = parse(answer)
    except ChangedError as error:
        raise meant_by(text) or error from error
    if isinstance(payload, dict) and "error_id" in payload:
        raise meant_by(text) or ChangedError(f"Stack Exchange: {payload['error_id']!r} without a name")
    return payload


def meant_by(text: str) -> SourceError | None:
    """Return what an error body means; None where it is no error of the API's."""
    try:
        payload = json.loads(text)
    except ValueError:
        payload = None
    if isinstance(payload, dict) and "error_id" in payload:
        told = f"Stack Exchange: {payload.get('error_name', '')}: {payload.get('error_message', '')}"
        number = payload["error_id"]
        known = MEANINGS.get(number, ChangedError) if isinstance(number, int) else ChangedError
        return LimitError(told) if THROTTLE.search(told) else known(told)
    return LimitError(f"Stack Exchange throttles us: {text[:80]!r}") if THROTTLE.search(text) else None


def seconds_of(error: LimitError) -> float | None:
    """Return after how long a throttle says that it ends; None where it does not say."""
    found = AGAIN.search(str(error))
    return float(found[1]) if found else None
