"""What the code of many repositories imports, by GraphQL: their trees first, then the texts of the chosen files."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from catalog.moments import naive_utc
from collectors.errors import ChangedError, GoneError, ServerFaultError, SourceError
from collectors.github_api.client import Client
from collectors.github_api.graphql import ServerHealth, ask_graphql, errors_by_alias, node_of
from collectors.reading import one_answer
from collectors.research.choose import chosen_files, chosen_manifests
from collectors.research.classify import Tree, Verdict, classify, gone, unreadable
from collectors.transport.payload import need

T = TypeVar("T")
TREES_A_QUERY = 40
TEXTS_A_QUERY = 400
HEADS_A_QUERY = 100
DEPTH = 4
HEAD = "databaseId pushedAt defaultBranchRef { target { oid } }"


@dataclass(frozen=True)
class Seen:
    """A repository as it was read: its stable id, its commit, when it was pushed to last, and what its code says.

    `manifests` has the texts of its dependency files by path.
    """

    repository: str
    verdict: Verdict
    github_id: int | None = None
    commit_sha: str | None = None
    pushed_at: datetime | None = None
    manifests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """A repository whose tree is known, with the files that are worth reading."""

    repository: str
    node: Mapping[str, Any]
    tree: Tree
    files: tuple[str, ...]
    manifests: tuple[str, ...]


Wanted = tuple[Listed, str]


def read_repositories(client: Client, names: Sequence[str], health: ServerHealth | None = None) -> Iterator[Seen]:
    """Yield every repository as it was read, a batch at a time; raise SourceError where GitHub answers no more."""
    health = health or ServerHealth()
    for start in range(0, len(names), TREES_A_QUERY):
        listed: list[Listed] = []
        for one in _halving(
            names[start : start + TREES_A_QUERY], lambda some: _trees(client, some), health, _lost_tree
        ):
            if isinstance(one, Seen):
                yield one
            else:
                listed.append(one)
        yield from _with_texts(client, listed, health)


def _halving(
    some: Sequence[T],
    ask: Callable[[Sequence[T]], list[Any]],
    health: ServerHealth,
    lost: Callable[[T, SourceError], Any],
) -> Iterator[Any]:
    """Yield what many bring together; after a fault of the server what each half brings, down to one, which is lost."""
    try:
        found = ask(some)
    except ServerFaultError as error:
        half = len(some) // 2
        if half:
            yield from _halving(some[:half], ask, health, lost)
            yield from _halving(some[half:], ask, health, lost)
            return
        health.failed_alone += 1
        if health.is_out:
            raise
        yield lost(some[0], error)
        return
    health.answered = True
    yield from found


def _lost_tree(name: str, error: SourceError) -> Seen:
    return Seen(name, unreadable(str(error)))


def _trees(client: Client, names: Sequence[str]) -> list[Seen | Listed]:
    _, payload = ask_graphql(client, trees_query(names), {})
    errors = errors_by_alias(payload)
    return [_listed(name, payload, f"r{number}", errors) for number, name in enumerate(names)]


def _listed(name: str, payload: Any, alias: str, errors: Mapping[str, SourceError]) -> Seen | Listed:
    try:
        with one_answer():
            node = node_of(payload, alias, name, errors)
            if alias in errors and need(node, "tree") is None:  # GitHub could not say which files there are
                raise errors[alias]
            return read_tree(name, node)
    except GoneError as error:
        return Seen(name, gone(str(error)))
    except SourceError as error:
        return Seen(name, unreadable(str(errors.get(alias, error))))


def trees_query(names: Sequence[str]) -> str:
    """Return one query for the trees of many repositories, r0, r1, ..., to a depth of four folders."""
    entries = "name type"
    for _ in range(DEPTH - 1):
        entries = f"name type object {{ ... on Tree {{ entries {{ {entries} }} }} }}"
    tree = f'tree: object(expression: "HEAD:") {{ ... on Tree {{ entries {{ {entries} }} }} }}'
    return _of_each("trees", names, lambda _: f"{HEAD} primaryLanguage {{ name }} {tree}")


def read_tree(name: str, node: Mapping[str, Any]) -> Seen | Listed:
    """Return which files of a repository are worth reading; one without any is seen already."""
    if "tree" not in node:
        raise ChangedError(f"the answer about {name} has no tree")
    entries = (node["tree"] or {}).get("entries") or []
    language = (node.get("primaryLanguage") or {}).get("name")
    paths: list[str] = []
    is_whole = _walk(entries, "", paths)
    tree = Tree(tuple(paths), language, is_whole)
    files, manifests = chosen_files(paths), chosen_manifests(paths)
    if files or manifests:
        return Listed(name, node, tree, tuple(files), tuple(manifests))
    return _seen(name, node, classify({}, {}, tree))


def _walk(entries: Sequence[Mapping[str, Any]], above: str, paths: list[str]) -> bool:
    """Add the paths of all files below; tell whether every folder was looked into."""
    is_whole = True
    for entry in entries:
        path = f"{above}{entry['name']}"
        if entry["type"] == "tree":
            below = (entry.get("object") or {}).get("entries")
            is_whole = _walk(below, f"{path}/", paths) and is_whole if below is not None else False
        elif entry["type"] == "blob":
            paths.append(path)
    return is_whole


def _with_texts(client: Client, listed: Sequence[Listed], health: ServerHealth) -> Iterator[Seen]:
    wanted = [(one, path) for one in listed for path in (*one.files, *one.manifests)]
    texts: dict[str, dict[str, str | None]] = {one.repository: {} for one in listed}
    for start in range(0, len(wanted), TEXTS_A_QUERY):
        some = wanted[start : start + TEXTS_A_QUERY]
        for name, path, text in _halving(some, lambda part: _texts(client, part), health, _lost_text):
            texts[name][path] = text
    for one in listed:
        own = texts[one.repository]
        manifests = {path: text for path in one.manifests if (text := own.get(path))}
        verdict = classify({path: own.get(path) for path in one.files}, manifests, one.tree)
        yield replace(_seen(one.repository, one.node, verdict), manifests=manifests)


def _lost_text(wanted: Wanted, _: SourceError) -> tuple[str, str, None]:
    return wanted[0].repository, wanted[1], None


def _texts(client: Client, wanted: Sequence[Wanted]) -> list[tuple[str, str, str | None]]:
    """Return the text of each file: nothing of what is no text, None of what GitHub could not give."""
    by_name: dict[str, list[str]] = {}
    for one, path in wanted:
        by_name.setdefault(one.repository, []).append(path)
    names = list(by_name)
    _, payload = ask_graphql(client, texts_query(by_name), {})
    data, errors = payload["data"], errors_by_alias(payload)
    lost = [None if {f"r{number}", ""} & errors.keys() else "" for number in range(len(names))]
    return [
        (name, path, _text((data.get(f"r{number}") or {}).get(f"f{place}"), lost[number]))
        for number, name in enumerate(names)
        for place, path in enumerate(by_name[name])
    ]


def texts_query(paths: Mapping[str, Sequence[str]]) -> str:
    """Return one query for files, f0, f1, ..., of many repositories, r0, r1, ..."""

    def files(name: str) -> str:
        return " ".join(
            f"f{place}: object(expression: {json.dumps(f'HEAD:{path}')}) {{ ... on Blob {{ text }} }}"
            for place, path in enumerate(paths[name])
        )

    return _of_each("texts", list(paths), files)


def _text(blob: Mapping[str, Any] | None, without: str | None) -> str | None:
    """Return a file's text, else what stands for none; one that GitHub cuts short still begins with what it imports."""
    text = (blob or {}).get("text")
    return text if isinstance(text, str) else without


def pushed_since(client: Client, known: Mapping[str, str | None]) -> list[str]:
    """Return the repositories whose head is another commit than the known one; those that do not answer too."""
    names, found = list(known), []
    for start in range(0, len(names), HEADS_A_QUERY):
        some = names[start : start + HEADS_A_QUERY]
        _, payload = ask_graphql(client, _of_each("heads", some, lambda _: HEAD), {})
        for number, name in enumerate(some):
            node = payload["data"].get(f"r{number}")
            if node is None or _commit(node) != known[name]:
                found.append(name)
    return found


def _of_each(kind: str, names: Sequence[str], fields: Callable[[str], str]) -> str:
    aliases = []
    for number, one in enumerate(names):
        owner, name = one.split("/")
        aliases.append(
            f"r{number}: repository(owner: {json.dumps(owner)}, name: {json.dumps(name)}) {{ {fields(one)} }}"
        )
    return f"query {kind} {{ {' '.join(aliases)} }}"


def _commit(node: Mapping[str, Any]) -> str | None:
    found: str | None = ((node.get("defaultBranchRef") or {}).get("target") or {}).get("oid")
    return found


def _seen(name: str, node: Mapping[str, Any], verdict: Verdict) -> Seen:
    pushed = node.get("pushedAt")
    at = naive_utc(datetime.fromisoformat(pushed)) if isinstance(pushed, str) else None
    return Seen(name, verdict, node.get("databaseId"), _commit(node), at)
