"""PyGithub over our own seam: its objects and its authentication, our pace, archive, ETags and replay."""

from collections.abc import ItemsView, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from github import Auth, Consts
from github.InstallationAuthorization import InstallationAuthorization
from github.Requester import Requester

from collectors.github_api.addresses import is_server
from collectors.source import Address
from collectors.transport.archive import Answer
from collectors.transport.wire import address_of
from collectors.upstream import Upstream

GITHUB = Address("github_api_url", "https://api.github.com")
API_VERSION = "2026-03-10"
FINGERPRINT = "x-raw-sha256"
FETCHED_AT = "x-fetched-at"
STATUS = "x-status"
WEB_URL = "x-web-url"
ACCEPT = {"Accept": "application/vnd.github+json"}


def auth_of(given: Mapping[str, str]) -> Auth.Auth | None:
    """Return the authentication that the settings describe: an app, a token, a login, or .netrc; None without.

    Keys: app_id with app_private_key and app_installation_id; token; login with password; netrc.
    """
    if given.get("app_id") and given.get("app_private_key"):
        app = Auth.AppAuth(given["app_id"], given["app_private_key"])
        installation = given.get("app_installation_id")
        return InstallationAuth(app, int(installation)) if installation else app
    if given.get("token"):
        return Auth.Token(given["token"])
    if given.get("login") and given.get("password"):
        return Auth.Login(given["login"], given["password"])
    return Auth.NetrcAuth() if given.get("netrc") else None


class Client(Requester):
    """GitHub as PyGithub asks it, over the seam of one upstream."""

    def withAuth(self, auth: Auth.Auth | None) -> Requester:  # noqa: N802 - PyGithub's name
        """Return the same client with another authentication; PyGithub itself would leave the seam."""
        return type(self)(**{**self.kwargs, "auth": auth})


class InstallationAuth(Auth.AppInstallationAuth):
    """An installation of an app; its tokens come over the seam of the client that it signs in."""

    def _get_installation_authorization(self) -> InstallationAuthorization:
        path = f"/app/installations/{self.installation_id}/access_tokens"
        headers, payload = self.requester.requestJsonAndCheck("POST", path, headers=dict(ACCEPT), input={})
        return InstallationAuthorization(self.requester, headers, payload)


def connect(upstream: Upstream) -> Client:
    """Return a client whose every request goes through the seam; raise SetupError without an address."""
    address_of(upstream.base_url)

    class Own(Client):
        """One client alone: PyGithub keeps the class of connections with the class of who asks."""

    connection = _connection_class(upstream)
    Own.injectConnectionClasses(connection, connection)
    return Own(
        auth=upstream.auth,
        base_url=upstream.base_url,
        timeout=Consts.DEFAULT_TIMEOUT,
        user_agent="speedscore",
        per_page=Consts.DEFAULT_PER_PAGE,
        verify=True,
        retry=None,
        pool_size=None,
    )


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


def _connection_class(upstream: Upstream) -> type:
    """Return the class that PyGithub makes connections of, bound to the seam."""
    base = urlsplit(upstream.base_url)

    class Connection:
        """What PyGithub takes for an HTTP connection."""

        def __init__(self, host: str, *_: Any, **__: Any) -> None:
            self.host = host

        def request(self, verb: str, url: str, content: Any, headers: Mapping[str, str], *_: Any) -> None:
            is_query = url.endswith("/graphql")
            address = upstream.graphql_url if is_query else urlunsplit((base.scheme, base.netloc, url, "", ""))
            body = content.encode() if isinstance(content, str) else content
            self._sent = (verb, address, dict(headers), body)

        def getresponse(self) -> "Reply":
            verb, address, headers, body = self._sent
            return Reply(upstream.http.request(verb, address, headers, body), upstream.web_url)

        def close(self) -> None:
            """Leave the connection to the seam's pool."""

    return Connection


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
        """Return the body as text."""
        return self._body.decode(errors="replace")
