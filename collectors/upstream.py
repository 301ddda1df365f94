"""What a collector is handed, and what it may give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.observation import Observation
from catalog.rows import Rows

if TYPE_CHECKING:
    from collectors.transport.http import Http  # which takes longer to import than a card to print

Memory = Mapping[str, Mapping[str, Any]]
GITHUB_WEB = "https://github.com"


@dataclass(frozen=True)
class Upstream:
    """Where and how a source is asked: the seam, the base address without a slash at its end, and secrets.

    `web_url` is where the pages and clones of GitHub are, likewise without a slash.
    `beside` has the base addresses of the source's other hosts by the names of their settings.
    `memory` is what the warehouse knows already, by kind and subject, so that a run asks only for what is new.
    """

    http: "Http"
    base_url: str
    token: str | None = None
    auth: Any = None
    graphql_url: str = ""
    web_url: str = GITHUB_WEB
    folder: Path | None = None
    max_concurrency: int = 8
    memory: Memory = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Papers:
    """Files of the Papers With Code archive, for the warehouse to read."""

    links: tuple[Path, ...]
    papers: tuple[Path, ...]
    raw_sha256: str
    url: str


Found = Observation | Papers | Rows
