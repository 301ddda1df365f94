"""GitHub as PyGithub asks it, over the seam of one upstream: its authentication, our pace, archive, ETags and replay.

Importing PyGithub takes as long as printing a table, so only who asks imports this.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from github import Auth, Consts
from github.InstallationAuthorization import InstallationAuthorization
from github.Requester import Requester

from collectors.github_api.client import ACCEPT, Reply
from collectors.transport.wire import address_of
from collectors.upstream import Upstream


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


class OverSeam(Requester):
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


def requester_of(upstream: Upstream) -> OverSeam:
    """Return a client whose every request goes through the seam; raise SetupError without an address."""
    address_of(upstream.base_url)

    class Own(OverSeam):
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

        def getresponse(self) -> Reply:
            verb, address, headers, body = self._sent
            return Reply(upstream.http.request(verb, address, headers, body), upstream.web_url)

        def close(self) -> None:
            """Leave the connection to the seam's pool."""

    return Connection
