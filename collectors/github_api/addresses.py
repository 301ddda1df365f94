"""Where a GitHub is read by people and cloned from, and where its GraphQL is, told from the address of its REST API."""

from urllib.parse import SplitResult, urlsplit

from collectors.upstream import GITHUB_WEB

SERVER_PATH = "/api/v3"
"""The path under which a GitHub Enterprise Server has its REST API."""


def web_url_of(api_url: str) -> str:
    """Return the address of the pages and clones that belong to a REST API; GitHub's own where the API names none."""
    parts = urlsplit(api_url.rstrip("/"))
    host = (parts.hostname or "").removeprefix("api.")
    if is_server(api_url):
        return f"{parts.scheme}://{_place(parts)}{parts.path.removesuffix(SERVER_PATH)}"
    if host.endswith(".ghe.com") and parts.hostname == f"api.{host}":
        return f"{parts.scheme}://{host}"
    return GITHUB_WEB


def graphql_url_of(api_url: str) -> str:
    """Return where the GraphQL queries of a REST API go."""
    base = api_url.rstrip("/")
    return f"{base.removesuffix('/v3')}/graphql" if is_server(base) else f"{base}/graphql"


def is_server(api_url: str) -> bool:
    """Return whether an address is that of a GitHub Enterprise Server, which knows older versions of the API only."""
    return urlsplit(api_url.rstrip("/")).path.endswith(SERVER_PATH)


def _place(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
