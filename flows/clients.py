"""Clients of HTTP that fit this machine: its proxies, and whose certificates it trusts."""

import ssl
from typing import Any

import httpx

from catalog.errors import InputError
from collectors.errors import SetupError
from flows.certificates import trusted


def client(trust: ssl.SSLContext | None = None, **given: Any) -> httpx.Client:
    """Return a client with the proxies of this machine, and its certificates unless others are to be trusted.

    `given` is what httpx.Client takes besides. Raise SetupError where the environment allows no client.
    """
    try:
        return httpx.Client(verify=trust or trusted(), **given)
    except ImportError as error:
        raise SetupError(
            "the proxy is a SOCKS proxy, which takes one package more; try: pip install 'speedscore[socks]'"
        ) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise SetupError(
            f"the proxy settings cannot be used ({error}); check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY"
        ) from error


def refuse_unusable_proxies() -> None:
    """Raise InputError where the environment names proxies or certificates with which no client can be built."""
    try:
        client().close()
    except SetupError as error:
        raise InputError(str(error)) from error
