"""PyGithub over our own seam: its objects and its authentication, our pace, archive, ETags and replay."""

from collections.abc import ItemsView, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from github import Auth, Github
from github.Requester import Requester

from collectors.source import Address
from collectors.transport.archive import Answer
from collectors.transport.http import Http
from collectors.upstream import Upstream

GITHUB = Address("github_api_url", "https://api.github.com")
API_VERSION = "2026-03-10"
FINGERPRINT = "x-raw-sha256"
FETCHED_AT = "x-fetched-at"


def auth_of(given: Mapping[str, str]) -> Auth.Auth | None:
    """Return the authentication that the settings describe: an app, a token, a login, or .netrc; None without.

    Keys: app_id with app_private_key and app_installation_id; token; login with password; netrc.
    """
    if given.get("app_id") and given.get("app_private_key"):
        app = Auth.AppAuth(given["app_id"], given["app_private_key"])
        installation = given.get("app_installation_id")
        return app.get_installation_auth(int(installation)) if installation else app
    if given.get("token"):
        return Auth.Token(given["token"])
    if given.get("login") and given.get("password"):
        return Auth.Login(given["login"], given["password"])
    return Auth.NetrcAuth() if given.get("netrc") else None


def connect(upstream: Upstream) -> Github:
    """Return a PyGithub client whose every request goes through the seam."""
    connection = _connection_class(upstream.http, upstream.base_url, upstream.graphql_url)
    Requester.injectConnectionClasses(connection, connection)
    try:
        client = Github(
            base_url=upstream.base_url,
            auth=upstream.auth,
            lazy=True,
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
            user_agent="speedscore",
        )
    finally:
        Requester.resetConnectionClasses()
    return client


def rest(client: Github, path: str) -> tuple[Mapping[str, str], Any]:
    """Ask for a REST path; give headers (lower case, with the fingerprint of the raw answer) and JSON."""
    headers = {"X-GitHub-Api-Version": API_VERSION, "Accept": "application/vnd.github+json"}
    return client.requester.requestJsonAndCheck("GET", path, headers=headers)


def graphql(client: Github, query: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, str], Any]:
    """Ask a GraphQL query; give headers and the whole answer, data and errors side by side."""
    body = {"query": query, "variables": dict(variables)}
    return client.requester.requestJsonAndCheck("POST", client.requester.graphql_url, input=body)


def _connection_class(http: Http, base_url: str, graphql_url: str) -> type:
    """Return the class that PyGithub makes connections of, bound to the seam."""
    base = urlsplit(base_url)

    class Connection:
        """What PyGithub takes for an HTTP connection."""

        def __init__(self, host: str, *_: Any, **__: Any) -> None:
            self.host = host

        def request(self, verb: str, url: str, content: Any, headers: Mapping[str, str], *_: Any) -> None:
            address = graphql_url if url.endswith("/graphql") else urlunsplit((base.scheme, base.netloc, url, "", ""))
            body = content.encode() if isinstance(content, str) else content
            self._sent = (verb, address, dict(headers), body)

        def getresponse(self) -> "Reply":
            verb, address, headers, body = self._sent
            return Reply(http.request(verb, address, headers, body))

        def close(self) -> None:
            """Leave the connection to the seam's pool."""

    return Connection


class Reply:
    """What PyGithub takes for a response."""

    def __init__(self, answer: Answer) -> None:
        """Wrap an answer of the seam."""
        self.status = answer.status
        self.headers = {
            **answer.headers,
            FINGERPRINT: answer.sha256,
            FETCHED_AT: answer.fetched_at.isoformat(),
        }
        self._body = answer.body

    def getheaders(self) -> ItemsView[str, str]:
        """Return the headers."""
        return self.headers.items()

    def read(self) -> str:
        """Return the body as text."""
        return self._body.decode(errors="replace")
