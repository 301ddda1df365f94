"""How GitHub is asked: its version, who signs in, and what is kept of it."""

import gzip
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from github import Auth

from collectors.github_api.client import connect
from collectors.github_api.requester import InstallationAuth, auth_of
from collectors.github_api.rest import ask_rest
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import Asked, Reply, Wire, always, as_json


def test_the_version_of_the_api_and_the_token_are_sent(server):
    server.answering = always(as_json({}))

    with upstream(server) as found:
        ask_rest(connect(found), "/repos/a/b")

    assert server.asked[0].headers["x-github-api-version"] == "2026-03-10"
    assert server.asked[0].headers["authorization"] == "token sesame"


def test_an_app_signs_in_and_its_token_is_kept_nowhere(server, tmp_path):
    def answer(wire: Wire, asked: Asked) -> Reply:
        if asked.path.endswith("/access_tokens"):
            return as_json({"token": "ghs_fresh", "expires_at": "2099-01-01T00:00:00Z"}, 201)
        return as_json({"id": 7})

    server.answering = answer
    auth = auth_of({"app_id": "1", "app_private_key": private_key(), "app_installation_id": "7"})

    with upstream(server, folder=tmp_path, auth=auth) as found:
        ask_rest(connect(found), "/repos/a/b")

    assert server.asked[-1].headers["authorization"] == "token ghs_fresh"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    bodies = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.gz"))
    assert b"ghs_fresh" not in kept + bodies


def test_clients_of_different_seams_do_not_mix_in_threads(server, tmp_path, eager):
    server.answering = lambda _wire, asked: as_json({"path": asked.path})

    def ask(number: int) -> tuple[str, int]:
        with upstream(server, folder=tmp_path / f"{number}") as found:
            _, payload = ask_rest(connect(found), f"/repos/a/{number}")
            return payload["path"], found.http.requests

    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(ask, range(64)))

    assert asked == [(f"/repos/a/{number}", 1) for number in range(64)]


def test_one_client_gives_each_of_many_threads_its_own_answer(server, eager):
    server.answering = lambda _wire, asked: as_json({"path": asked.path})

    with upstream(server) as found, ThreadPoolExecutor(8) as pool:
        client = connect(found)
        told = list(pool.map(lambda number: ask_rest(client, f"/repos/a/{number}")[1]["path"], range(64)))

    assert told == [f"/repos/a/{number}" for number in range(64)]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, type(None)),
        ({"token": "t"}, Auth.Token),
        ({"login": "me", "password": "pw"}, Auth.Login),
        ({"login": "me"}, type(None)),
        ({"app_id": "1", "app_private_key": "k"}, Auth.AppAuth),
        ({"app_id": "1", "app_private_key": "k", "app_installation_id": "7"}, InstallationAuth),
        ({"netrc": "yes"}, Auth.NetrcAuth),
    ],
    ids=lambda given: "+".join(given) or "nothing" if isinstance(given, dict) else given.__name__,
)
def test_credentials_choose_the_way_to_sign_in(given, kind):
    assert type(auth_of(given)) is kind


@pytest.fixture
def eager():
    """Let threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
