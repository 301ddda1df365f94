"""Ask GitHub's REST API about one repository: its card, its root, and single files through the contents endpoint."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from collectors.errors import ChangedError, GoneError, SourceError
from collectors.github_api.client import Client
from collectors.github_api.rest import ask_rest
from collectors.transport.payload import need

DESCRIBING = ("pyproject.toml", "setup.cfg", "setup.py")
MOST_NAMED = 5


@dataclass(frozen=True)
class Card:
    """What GitHub says of a repository."""

    number: int
    full_name: str
    description: str = ""
    homepage: str = ""
    topics: tuple[str, ...] = ()
    is_archived: bool = False
    parent: str | None = None

    @property
    def name(self) -> str:
        """The name without its owner."""
        return self.full_name.split("/")[1]


@dataclass(frozen=True)
class Texts:
    """What was read of a repository's files: the README, the files that describe its package, the names at its root."""

    readme: str = ""
    packaging: dict[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()


def ask_card(client: Client, full_name: str) -> Card:
    """Ask for a repository; a former name leads to today's. Raise GoneError where nobody may see one."""
    _, payload = ask_rest(client, f"/repos/{full_name}")
    return read_card(payload)


def read_card(payload: Any) -> Card:
    """Read what GitHub says of a repository; raise ChangedError where it says something else."""
    number, full_name = need(payload, "id"), need(payload, "full_name")
    if not isinstance(number, int) or not isinstance(full_name, str) or full_name.count("/") != 1:
        raise ChangedError("GitHub describes a repository without an id and a name")
    parent = payload.get("parent") if payload.get("fork") else None
    topics = payload.get("topics") or []
    return Card(
        number,
        full_name,
        str(payload.get("description") or ""),
        str(payload.get("homepage") or ""),
        tuple(str(one) for one in topics if isinstance(one, str)),
        payload.get("archived") is True,
        str(parent["full_name"]) if isinstance(parent, dict) and parent.get("full_name") else None,
    )


def ask_texts(client: Client, full_name: str) -> Texts:
    """Ask for the root, the README and the files that describe a package; what is not there is empty."""
    entries = _entries(client, full_name)
    names = [str(one.get("name")) for one in entries]
    return Texts(
        _readme(client, full_name),
        {name: _text(client, f"/repos/{full_name}/contents/{name}") for name in DESCRIBING if name in names},
        frozenset(str(one["name"]) for one in entries if one.get("type") == "dir"),
    )


def search(client: Client, name: str) -> list[str]:
    """Return the full names of the repositories that are called so, the one with the most stars first."""
    _, payload = ask_rest(client, f"/search/repositories?q={quote(name)}+in:name&sort=stars&per_page={MOST_NAMED}")
    items = need(payload, "items")
    return [str(need(one, "full_name")) for one in items if isinstance(one, dict)] if isinstance(items, list) else []


def _entries(client: Client, full_name: str) -> list[dict[str, Any]]:
    try:
        _, payload = ask_rest(client, f"/repos/{full_name}/contents/")
    except GoneError:
        return []  # an empty repository
    return [one for one in payload if isinstance(one, dict) and one.get("name")] if isinstance(payload, list) else []


def _readme(client: Client, full_name: str) -> str:
    try:
        return _text(client, f"/repos/{full_name}/readme")
    except GoneError:
        return ""


def _text(client: Client, path: str) -> str:
    """Return a file's text; nothing for one that GitHub does not send whole, or that is no text."""
    _, payload = ask_rest(client, path)
    if not isinstance(payload, dict) or payload.get("encoding") != "base64":
        return ""
    try:
        return base64.b64decode(str(payload.get("content", ""))).decode("utf-8-sig", "replace")
    except (binascii.Error, ValueError):
        return ""


def is_same(client: Client, full_name: str, number: int) -> bool:
    """Return whether a name leads to the repository of that numeric id."""
    try:
        return ask_card(client, full_name).number == number
    except SourceError:
        return False
