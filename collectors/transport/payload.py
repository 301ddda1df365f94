"""Read the JSON of an answer: what is not there, or of another kind, is a ChangedError that names the field."""

import json
from typing import Any

from collectors.errors import ChangedError
from collectors.transport.archive import Answer
from collectors.transport.status import bare

MOST = 2**53
"""The largest count: a float tells every whole number up to here from its neighbours."""


def parse(answer: Answer) -> Any:
    """Return the JSON of an answer; raise ChangedError when it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:  # so deeply nested that no reader could tell what it says
        start = answer.body[:40].decode(errors="replace").strip()
        raise ChangedError(f"{bare(answer.url)} sent no JSON but {start!r}") from error


def need(payload: Any, *path: str | int) -> Any:
    """Return what stands at a path of a JSON answer; raise ChangedError that names the missing field."""
    found = payload
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            raise ChangedError(f"the answer has no {'.'.join(map(str, path))}") from None
    return found


def count(payload: Any, *path: str | int) -> float:
    """Return the count at a path: a whole number from 0 to MOST; raise ChangedError for anything else."""
    found = need(payload, *path)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise ChangedError(f"{'.'.join(map(str, path))} is {found!r}; a count was expected")
    if found > MOST:
        raise ChangedError(f"{'.'.join(map(str, path))} has {found.bit_length():,} bits; no count is so large")
    return float(found)


def flag(payload: Any, *path: str | int) -> bool:
    """Return the yes or no at a path; raise ChangedError for anything else."""
    found = need(payload, *path)
    if not isinstance(found, bool):
        raise ChangedError(f"{'.'.join(map(str, path))} is {found!r}; true or false was expected")
    return found


def text(payload: Any, *path: str | int) -> str:
    """Return the text at a path that tells one thing from others; raise ChangedError for what tells nothing."""
    found = need(payload, *path)
    if not isinstance(found, str) or not found:
        raise ChangedError(f"{'.'.join(map(str, path))} is {found!r}; a name was expected")
    return found


def each(payload: Any, *path: str | int) -> list[Any]:
    """Return the list at a path; raise ChangedError for anything else."""
    found = need(payload, *path)
    if not isinstance(found, list):
        raise ChangedError(f"{'.'.join(map(str, path)) or 'the answer'} is {type(found).__name__}; a list was expected")
    return found
