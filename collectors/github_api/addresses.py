"""Where a GitHub is read by people and cloned from, and where its GraphQL is, told from the address of its REST API."""

import re

from collectors.transport.archive import USER_INFO
from collectors.upstream import GITHUB_WEB

SERVER_PATH = "/api/v3"
"""The path under which a GitHub Enterprise Server has its REST API."""
RESIDENT = re.compile(r"(https?://)api\.([\w-]+\.ghe\.com)", re.ASCII | re.IGNORECASE)
"""The API of an enterprise whose data GitHub keeps in a region."""


def web_url_of(api_url: str) -> str:
    """Return the address of the pages and clones that belong to a REST API; GitHub's own where the API names none."""
    base = api_url.rstrip("/")
    if is_server(api_url):
        return USER_INFO.sub("://", base.removesuffix(SERVER_PATH))
    resident = RESIDENT.fullmatch(base)
    return f"{resident[1]}{resident[2]}" if resident else GITHUB_WEB


def graphql_url_of(api_url: str) -> str:
    """Return where the GraphQL queries of a REST API go."""
    base = api_url.rstrip("/")
    return f"{base.removesuffix('/v3')}/graphql" if is_server(base) else f"{base}/graphql"


def is_server(api_url: str) -> bool:
    """Return whether an address is that of a GitHub Enterprise Server, which knows older versions of the API only."""
    return api_url.rstrip("/").endswith(SERVER_PATH)
