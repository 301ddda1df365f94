"""What a route is given and what it gives back: plain values, no sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Quota:
    """What a client may still ask within its window, after this request."""

    limit: int
    remaining: int
    reset: int
    resource: str = "core"

    @property
    def is_spent(self) -> bool:
        """Whether this request was one too many."""
        return self.remaining < 0


@dataclass(frozen=True, slots=True)
class Request:
    """One request: header names in lower case, the path below the upstream's prefix, the server's own address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    quota: Quota

    def number(self, name: str, default: int, most: int) -> int:
        """Return a query parameter as a whole number from 1 to `most`."""
        text = self.query.get(name, "")
        return min(max(int(text), 1), most) if text.isdigit() else default

    def at(self, path: str, **changes: object) -> str:
        """Return the address of a path with this request's query, changed."""
        query = {**self.query, **{name: str(value) for name, value in changes.items()}}
        return f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer before it goes on the wire."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return "json" in self.headers.get("Content-Type", "")

    def plus(self, headers: Mapping[str, str]) -> "Answer":
        """Return the same answer with more headers."""
        return replace(self, headers={**self.headers, **headers})


def of_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a JSON answer."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode(), {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def of_html(text: str, status: int = 200) -> Answer:
    """Return an HTML page."""
    page = f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>"
    return Answer(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def stamp(moment: datetime | None) -> str | None:
    """Return a moment as the upstreams write it, or nothing."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
