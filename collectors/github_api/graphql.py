"""Ask GitHub's GraphQL API: a limit that comes as HTTP 200, answers that are good in part, a server that fails."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.errors import (
    ChangedError,
    GoneError,
    IncompleteError,
    LimitError,
    RestrictedError,
    ServerFaultError,
    SourceError,
)
from collectors.github_api.client import Client, graphql
from collectors.github_api.rest import plainly
from collectors.transport.payload import need
from collectors.transport.status import says_limit

PASSING = re.compile("timed out|timeout|something went wrong|resource limits|exceeds the maximum limit", re.IGNORECASE)
"""What the server says of a question that failed for now, or that was too much for it: a smaller one may pass."""


@dataclass
class ServerHealth:
    """How the server has answered so far; one that failed twice at single repositories and never answered is down."""

    answered: bool = False
    failed_alone: int = 0

    @property
    def is_out(self) -> bool:
        """Whether asking on makes no sense tonight."""
        return not self.answered and self.failed_alone > 1


def ask_graphql(client: Client, query: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, str], Any]:
    """Ask; raise for answers without data, among them the limit that comes as HTTP 200."""
    headers, payload = plainly(lambda: graphql(client, query, variables))
    if not isinstance(payload, dict):
        raise ChangedError("the GraphQL answer is no object")
    data, errors = payload.get("data"), _errors(payload)
    if not data or not isinstance(data, dict):
        first = errors[0] if errors else {"message": "no data and no errors"}
        text = str(first.get("message", ""))
        if says_limit(first):
            raise LimitError(f"GraphQL is over its limit: {text}")
        if PASSING.search(text):
            raise ServerFaultError(f"GraphQL: {text}")
        raise ChangedError(f"GraphQL: {text or payload.get('message', 'no data')}")
    return headers, payload


def errors_by_alias(payload: Mapping[str, Any]) -> dict[str, SourceError]:
    """Return what went wrong per alias, under "" what names none; the other aliases of the answer are good."""
    found: dict[str, SourceError] = {}
    for error in _errors(payload):
        path = error.get("path")
        alias = str(path[0]) if isinstance(path, list) and path else ""
        text = error.get("message", "")
        kinds = {"NOT_FOUND": GoneError, "FORBIDDEN": RestrictedError, "RATE_LIMITED": LimitError}
        found[alias] = kinds.get(str(error.get("type")), IncompleteError)(text)
    return found


def is_field_whole(payload: Mapping[str, Any], alias: str, field: str) -> bool:
    """Return whether no error is about a field of an alias, nor about all of it; what names nothing is about all."""
    paths = ([*path] for error in _errors(payload) if isinstance(path := error.get("path") or [], list))
    return not any(path[:2] in ([], [alias], [alias, field]) for path in paths)


def node_of(payload: Mapping[str, Any], alias: str, name: str, errors: Mapping[str, SourceError]) -> Any:
    """Return the repository behind an alias; raise what GitHub says of it, else GoneError where it is null."""
    found = payload["data"]
    if found.get(alias) is None and (error := errors.get(alias) or errors.get("")):
        raise error
    node = need(found, alias)
    if node is None:
        raise GoneError(f"GitHub has no repository {name}")
    return node


def head_of(node: Mapping[str, Any], name: str) -> Any:
    """Return the newest commit of the default branch of a repository; raise IncompleteError where it has none."""
    branch = need(node, "defaultBranchRef")
    if branch is None:
        raise IncompleteError(f"{name} has no default branch")
    return need(branch, "target")


def whole_node_of(payload: Mapping[str, Any], alias: str, name: str, errors: Mapping[str, SourceError]) -> Any:
    """Return the repository behind an alias where all of it came; what GitHub could not say is null, and no answer."""
    node = node_of(payload, alias, name, errors)
    if error := errors.get(alias) or errors.get(""):
        raise error
    return node


def _errors(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = payload.get("errors") or []
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        raise ChangedError("the errors of a GraphQL answer are no list of objects")
    return errors
