"""Proxy settings of companies: our own server is asked directly, what the HTTP library cannot read harms nobody."""

import os
import sys

import httpx
import pytest

from catalog.errors import InputError
from flows.certificates import NAMES as AUTHORITIES
from flows.clients import refuse_unusable_proxies
from flows.proxies import NAMES, spare_own_server
from tests.collectors.loopback import Reply, always, serving

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.mark.parametrize(
    "told",
    [
        "",
        "fd00::/8,10.0.0.0/8",
        "::1,[::1]",
        "[fd00::1]",
        "corp.example, .corp.example",
        "*",
        "10.0.0.0/8",
        "a b,,",
        "[::1",
    ],
)
def test_a_client_can_be_built_whatever_no_proxy_says(environment, told):
    environment.setenv("NO_PROXY", told)
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    spare_own_server()

    httpx.Client().close()


@pytest.mark.parametrize("name", NAMES)
def test_our_own_server_is_asked_directly_and_others_through_the_proxy(environment, name):
    environment.setenv(name, "corp.example")
    with serving(always(Reply(200, b"own"))) as own, serving(always(Reply(200, b"proxied"))) as proxy:
        environment.setenv("HTTP_PROXY", proxy.url)
        spare_own_server()

        assert httpx.get(own.url).text == "own"
        assert httpx.get("http://upstream.invalid/").text == "proxied"


def test_what_was_said_is_kept(environment):
    environment.setenv("NO_PROXY", "corp.example,fd00::/8")

    spare_own_server()
    spare_own_server()

    assert {"corp.example", "127.0.0.1", "localhost"} <= set(entries())
    assert len(entries()) == len(set(entries()))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALL_PROXY", "socks5://proxy.corp:1080", r"pip install 'speedscore\[socks\]'"),
        ("HTTP_PROXY", "socks4://proxy.corp:1080", "the proxy settings cannot be used .* check HTTP_PROXY"),
        ("HTTPS_PROXY", "ftp://proxy.corp", "the proxy settings cannot be used"),
        ("HTTP_PROXY", "http://[::1", "the proxy settings cannot be used"),
        (
            "SSL_CERT_FILE",
            "/nowhere/ca.pem",
            "SSL_CERT_FILE names /nowhere/ca.pem, which cannot be read .*; correct or unset it",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_the_next_step(environment, name, value, sentence):
    environment.setitem(sys.modules, "socksio", None)  # as in an installation without the extra
    environment.setenv(name, value)

    with pytest.raises(InputError, match=sentence):
        refuse_unusable_proxies()


def test_usable_settings_pass(environment):
    environment.setenv("HTTPS_PROXY", "proxy.corp:3128")

    refuse_unusable_proxies()


@pytest.fixture
def environment(monkeypatch):
    for name in (*PROXIES, *(one.upper() for one in PROXIES), *AUTHORITIES):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def entries() -> list[str]:
    return os.environ["NO_PROXY"].split(",")
