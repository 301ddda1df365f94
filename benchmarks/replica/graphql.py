"""GitHub's GraphQL API: a real executor over a part of the public schema; stargazers are restricted as since 2026."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from zlib import crc32

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from benchmarks.replica import daily_papers, files, venues
from benchmarks.replica.answer import Answer, Request, of_json, stamp
from benchmarks.replica.connection import Node, RefusedError, connection
from benchmarks.replica.cost import points
from benchmarks.replica.github import commits_within
from benchmarks.replica.repository import Account, Commit, Release, Repo, Ticket, utc
from benchmarks.replica.world import World


@cache
def schema() -> GraphQLSchema:
    """Return the schema that the replica serves."""
    return build_schema(Path(__file__).with_name("schema.graphql").read_text("utf-8"))


@lru_cache(maxsize=64)
def _document(query: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    document = parse(query)
    return document, tuple(validate(schema(), document))


def answer(world: World, request: Request) -> Answer:
    """Answer a POST; refusals stand beside the data, with HTTP 200."""
    asked = json.loads(request.body)
    try:
        document, faults = _document(asked["query"])
    except GraphQLError as error:
        return of_json({"errors": [error.formatted]})
    if faults:
        return of_json({"errors": [fault.formatted for fault in faults]})
    variables = asked.get("variables") or {}
    limit = partial(_rate_limit, request, points(schema(), document, variables))
    root = {"repository": partial(_repository, world), "rateLimit": limit, "nodes": partial(_by_id, world)}
    result = execute_sync(schema(), document, root, variable_values=variables)
    return of_json(_payload(result))


def cost(body: bytes) -> int:
    """Return the points that a POST takes; what cannot be read costs one."""
    try:
        asked = json.loads(body)
        document, faults = _document(asked["query"])
    except (ValueError, KeyError, TypeError, GraphQLError):
        return 1
    return 1 if faults else points(schema(), document, asked.get("variables") or {})


def _payload(result: ExecutionResult) -> Node:
    errors = [_error(error) for error in result.errors or ()]
    return {"data": result.data, **({"errors": errors} if errors else {})}


def _error(error: GraphQLError) -> Node:
    kind = error.original_error.kind if isinstance(error.original_error, RefusedError) else None
    return {**({"type": kind} if kind else {}), **error.formatted}


def _rate_limit(request: Request, points: int, *_: Any, **__: Any) -> Node:
    quota = request.quota
    reset = stamp(datetime.fromtimestamp(quota.reset, UTC))
    left, used = quota.remaining, quota.limit - quota.remaining
    return {"cost": points, "nodeCount": 0, "limit": quota.limit, "remaining": left, "used": used, "resetAt": reset}


def _repository(
    world: World,
    _: Any,
    owner: str,
    name: str,
    *,
    followRenames: bool = True,  # noqa: N803 - GitHub's name
) -> Node:
    full = f"{owner}/{name}"
    if (texts := _texts(full)) is not None:
        return {
            "id": f"F_{full}",
            "databaseId": crc32(full.encode()),
            "nameWithOwner": full,
            "pushedAt": "2026-01-05T00:00:00Z",
            "defaultBranchRef": {
                "name": "main",
                "target": {"__typename": "Commit", "oid": f"{crc32(full.encode()):040x}"},
            },
            "primaryLanguage": None,
            "object": partial(_blob, texts),
        }
    repo = world.by_name.get(full.lower()) or (world.by_former_name.get(full.lower()) if followRenames else None)
    if repo is None:
        raise RefusedError("NOT_FOUND", f"Could not resolve to a Repository with the name '{full}'.")
    return {
        "id": f"R_{repo.number}",
        "databaseId": repo.number,
        "nameWithOwner": repo.full_name,
        "isArchived": repo.is_archived,
        "isDisabled": False,
        "object": partial(_blob, {"README.md": repo.readme}),
        "pushedAt": stamp(repo.pushed_at),
        "createdAt": stamp(repo.created_at),
        "stargazerCount": repo.stars(),
        "forkCount": repo.forks,
        "watchers": partial(_counted, repo.watchers),
        "issues": partial(_issues, repo),
        "issue": partial(_numbered, repo),
        "pullRequests": partial(_pulls, repo),
        "latestRelease": repo.latest_release and _release(repo.latest_release),
        "releases": partial(_releases, repo),
        "defaultBranchRef": {"name": "main", "target": _commit(repo, repo.commits[0])} if repo.commits else None,
        "stargazers": partial(_stargazers, repo),
    }


def _texts(full: str) -> Mapping[str, str] | None:
    """Return the files of a repository of which the replica knows files only, by path."""
    return files.REPOSITORIES.get(full.lower()) or daily_papers.files_of(full) or venues.files_of(full)


def _blob(texts: Mapping[str, str], _: Any, expression: str = "", **__: Any) -> Node | None:
    """Return the file or the folder that stands behind HEAD:path, or nothing."""
    if expression == "HEAD:":
        return _folder(list(texts), "")
    text = texts.get(expression.partition(":")[2])
    if text is None:
        return None
    return {"__typename": "Blob", "oid": "0" * 40, "text": text, "isTruncated": False, "byteSize": len(text.encode())}


def _folder(paths: list[str], above: str) -> Node:
    """Return a folder with what lies in it, sorted by name as git does."""
    below = [path.removeprefix(above) for path in paths if path.startswith(above)]
    entries = []
    for name in sorted({one.partition("/")[0] for one in below}):
        is_file = name in below
        held = {"__typename": "Blob", "oid": "0" * 40} if is_file else _folder(paths, f"{above}{name}/")
        entries.append({"name": name, "type": "blob" if is_file else "tree", "object": held})
    return {"__typename": "Tree", "oid": "0" * 40, "entries": entries}


def _counted(total: int, _: Any, **__: Any) -> Node:
    return {"totalCount": total}


def _stargazers(repo: Repo, _: Any, **__: Any) -> Node:
    """Return the true count beside an empty list: since 2026-06-30 only collaborators see who starred."""
    info = {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None, "startCursor": None}
    return {"totalCount": repo.stars(), "edges": [], "pageInfo": info}


def _issues(repo: Repo, _: Any, first: int | None = None, after: str | None = None, **asked: Any) -> Node:
    filters = asked.get("filterBy") or {}
    states = asked.get("states") or filters.get("states") or ["OPEN", "CLOSED"]
    since = filters.get("since")
    some = [issue for issue in repo.issues if _state(issue) in states]
    if since:
        some = [issue for issue in some if issue.updated_at >= utc(datetime.fromisoformat(since))]
    order = asked.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    key = {"UPDATED_AT": "updated_at"}.get(order["field"], "created_at")
    some.sort(key=lambda issue: (getattr(issue, key), issue.number), reverse=order["direction"] == "DESC")
    return connection(some, _issue, first, after)


def _numbered(repo: Repo, _: Any, number: int) -> Node:
    found = next((issue for issue in repo.issues if issue.number == number), None)
    if found is None:
        raise RefusedError("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return _issue(found)


def _timeline(issue: Ticket, _: Any, first: int | None = None, after: str | None = None, **asked: Any) -> Node:
    """Return the close, where there is one: nothing is reopened in this world."""
    is_asked = "CLOSED_EVENT" in (asked.get("itemTypes") or ["CLOSED_EVENT"])
    closes = [issue] if is_asked and not issue.is_open else []
    return connection(closes, _closed, first, after)


def _closed(issue: Ticket) -> Node:
    reason = None if issue.state_reason == "DUPLICATE" else issue.state_reason
    event = {"__typename": "ClosedEvent", "id": f"CE_{issue.id}", "createdAt": stamp(issue.closed_at)}
    return {**event, "stateReason": reason, "actor": _actor(issue.author)}


def _by_id(world: World, _: Any, ids: list[str]) -> list[Node | None]:
    """Return issues by their global ids; what is unknown is null."""
    return [_issue(world.issues[one]) if one in world.issues else None for one in ids]


def _state(ticket: Ticket) -> str:
    return "OPEN" if ticket.is_open else "MERGED" if ticket.is_merged else "CLOSED"


def _pulls(repo: Repo, _: Any, states: list[str] | None = None, **__: Any) -> Node:
    return {"totalCount": sum(states is None or _state(pull) in states for pull in repo.pulls)}


def _issue(issue: Ticket) -> Node:
    return {
        "__typename": "Issue",
        "id": f"I_{issue.id}",
        "databaseId": issue.id,
        "number": issue.number,
        "createdAt": stamp(issue.created_at),
        "closedAt": stamp(issue.closed_at),
        "updatedAt": stamp(issue.updated_at),
        "state": _state(issue),
        "stateReason": partial(_reason, issue),
        "author": _actor(issue.author),
        "authorAssociation": issue.association,
        "timelineItems": partial(_timeline, issue),
        "comments": partial(_comments, issue),
    }


def _reason(issue: Ticket, _: Any, *, enableDuplicate: bool = False) -> str | None:  # noqa: N803 - GitHub's name
    """Count a duplicate as not planned for those who do not ask for it by name."""
    return "NOT_PLANNED" if issue.state_reason == "DUPLICATE" and not enableDuplicate else issue.state_reason


def _actor(account: Account | None) -> Node | None:
    return {"__typename": account.kind, "login": account.login} if account else None


def _comments(issue: Ticket, _: Any, first: int | None = None, after: str | None = None, **__: Any) -> Node:
    def render(comment: Any) -> Node:
        number = f"IC_{issue.id}_{comment.created_at:%Y%m%d%H%M%S}"
        return {"id": number, "createdAt": stamp(comment.created_at), "author": _actor(comment.author)}

    return connection(issue.comments, render, first, after)


def _release(release: Release) -> Node:
    at = stamp(release.published_at)
    kind = {"isPrerelease": release.is_prerelease, "isDraft": False}
    return {"id": f"RE_{release.tag}", "tagName": release.tag, "createdAt": at, "publishedAt": at, **kind}


def _releases(repo: Repo, _: Any, first: int | None = None, after: str | None = None, **__: Any) -> Node:
    return connection(repo.releases, _release, first, after)


def _commit(repo: Repo, commit: Commit) -> Node:
    user = _actor(commit.author) if commit.author and commit.author.kind == "User" else None
    return {
        "__typename": "Commit",
        "oid": commit.sha,
        "committedDate": stamp(commit.committed_at),
        "authoredDate": stamp(commit.authored_at),
        "message": "Change something",
        "parents": partial(_counted, 2 if commit.is_merge else 1),
        "author": {"name": commit.author_name, "email": commit.author_email, "user": user},
        "history": partial(_history, repo),
    }


def _history(repo: Repo, _: Any, first: int | None = None, after: str | None = None, **asked: Any) -> Node:
    ends = (asked.get("since"), asked.get("until"))
    since, until = (utc(datetime.fromisoformat(text)) if text else None for text in ends)
    return connection(commits_within(repo.commits, since, until), partial(_commit, repo), first, after)
