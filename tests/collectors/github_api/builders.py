"""GitHub as an upstream on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager

from github import Auth

from collectors.upstream import Upstream
from tests.collectors.loopback import Loopback, seam


@contextmanager
def upstream(
    server: Loopback,
    *,
    signed_in: bool = True,
    folder=None,
    auth=None,
    base: str = "",
    graphql_path: str = "/graphql",
) -> Iterator[Upstream]:
    with seam(folder, secrets=("sesame",), max_wait_s=1) as http:
        signed = auth or (Auth.Token("sesame") if signed_in else None)
        yield Upstream(http, f"{server.url}{base}", auth=signed, graphql_url=f"{server.url}{graphql_path}")
