"""How GitHub is asked, and what of its answers is kept; PyGithub, which asks, comes with the first connection."""

from collections.abc import ItemsView, Mapping
from typing import Any, Protocol

from collectors.github_api.addresses import is_server
from collectors.source import Address
from collectors.transport.archive import Answer
from collectors.upstream import Upstream

GITHUB = Address("github_api_url", "https://api.github.com")
API_VERSION = "2026-03-10"
FINGERPRINT = "x-raw-sha256"
FETCHED_AT = "x-fetched-at"
STATUS = "x-status"
WEB_URL = "x-web-url"
ACCEPT = {"Accept": "application/vnd.github+json"}


class Client(Protocol):
    """GitHub as the collectors ask it; the names are PyGithub's."""

    @property
    def base_url(self) -> str:
        """The address of the REST API."""

    @property
    def graphql_url(self) -> str:
        """The address of the GraphQL API."""

    def requestJsonAndCheck(  # noqa: N802
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        input: Any | None = None,  # noqa: A002
    ) -> tuple[dict[str, Any], Any]:
        """Ask; give headers and JSON."""


def auth_of(given: Mapping[str, str]) -> Any:
    """Return how PyGithub signs in with the credentials of the settings; None without any."""
    from collectors.github_api import requester

    return requester.auth_of(given)


def connect(upstream: Upstream) -> Client:
    """Return a client whose every request goes through the seam; raise SetupError without an address."""
    from collectors.github_api.requester import requester_of

    return requester_of(upstream)


def rest(client: Client, path: str) -> tuple[Mapping[str, str], Any]:
    """Ask for a REST path; give headers (lower case, with the fingerprint of the raw answer) and JSON."""
    version = {} if is_server(client.base_url) else {"X-GitHub-Api-Version": API_VERSION}
    headers = ACCEPT | version
    return client.requestJsonAndCheck("GET", path, headers=headers)


def graphql(client: Client, query: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, str], Any]:
    """Ask a GraphQL query; give headers and the whole answer, data and errors side by side."""
    body = {"query": query, "variables": dict(variables)}
    return client.requestJsonAndCheck("POST", client.graphql_url, input=body)


def evidence_of(headers: Mapping[str, str], full_name: str, page: str = "") -> dict[str, str]:
    """Return where an answer about a repository can be looked up: the raw answer, and a page of the repository."""
    return {"raw_sha256": headers[FINGERPRINT], "url": f"{headers[WEB_URL]}/{full_name}{page}"}


class Reply:
    """What PyGithub takes for a response."""

    def __init__(self, answer: Answer, web_url: str) -> None:
        """Wrap an answer of the seam, and say where its GitHub has its pages."""
        self.status = answer.status
        self.headers = {
            **answer.headers,
            FINGERPRINT: answer.sha256,
            FETCHED_AT: answer.fetched_at.isoformat(),
            STATUS: str(answer.status),
            WEB_URL: web_url,
        }
        self._body = answer.body

    def getheaders(self) -> ItemsView[str, str]:
        """Return the headers."""
        return self.headers.items()

    def read(self) -> str:
        """Return the body as text, without the mark of its order of bytes: PyGithub would take it for no JSON."""
        return self._body.decode("utf-8-sig", errors="replace")
