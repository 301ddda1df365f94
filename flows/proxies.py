"""The network of companies: proxies from the environment, made such that our own server is asked directly.

The HTTP library reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, and breaks down at some entries that other
programs allow.
"""

import os
from collections.abc import MutableMapping
from ipaddress import ip_network

OWN = ("127.0.0.1", "localhost", "::1")
NAMES = ("no_proxy", "NO_PROXY")


def spare_own_server(environment: MutableMapping[str, str] = os.environ) -> None:
    """Add this machine to NO_PROXY, and leave out the networks that the HTTP library cannot read."""
    told = next((environment[name] for name in NAMES if environment.get(name)), "")
    entries = [entry.strip().strip("[]") for entry in told.split(",")]
    kept = [entry for entry in entries if entry and not _is_ipv6_network(entry)]
    if "*" not in kept:
        kept += [own for own in OWN if own not in kept]
    for name in NAMES:
        environment[name] = ",".join(kept)


def _is_ipv6_network(entry: str) -> bool:
    try:
        return "/" in entry and ip_network(entry, strict=False).version == 6
    except ValueError:
        return False
