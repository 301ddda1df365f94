"""A night's patience with the host of the clones: a host that is silent costs its cells and a bounded time."""

from datetime import datetime

import pytest

from collectors.errors import GoneError, NoAnswerError
from collectors.git.patience import Patience
from tests.collectors.git.git_server import serve_from
from tests.collectors.loopback import Reply, always

MONDAY = datetime(2026, 5, 4)


@pytest.fixture
def github(tmp_path, monkeypatch):
    return serve_from(tmp_path, monkeypatch.setenv)


def test_a_host_that_gives_no_answer_is_not_asked_for_every_repository(github, server, tmp_path):
    server.answering = always(Reply(503))
    github.leads_to(f"{server.url}/")
    patience = Patience(60, 60)

    said = [refused(patience, f"o/r{number}", tmp_path) for number in range(10)]

    assert len({one.path.partition("/info")[0] for one in server.asked}) == 3
    assert ["in a row" in one for one in said] == [False] * 3 + [True] * 7


def test_an_answer_in_between_shows_that_the_host_is_there(github, tmp_path):
    github.repository("o/there").commit(MONDAY)
    patience = Patience(60, 60)

    for _ in range(3):
        github.leads_to("http://127.0.0.1:1/")
        refused(patience, "o/there", tmp_path)
        refused(patience, "o/there", tmp_path)
        github.leads_to(f"{github.folder}/")
        patience.fetch("o/there", tmp_path)
        github.leads_to("http://127.0.0.1:1/")
        refused(patience, "o/there", tmp_path)
        refused(patience, "o/there", tmp_path)
        github.leads_to(f"{github.folder}/")
        with pytest.raises(GoneError):
            patience.fetch("o/gone", tmp_path)


def test_a_repository_that_is_gone_or_too_slow_says_nothing_about_the_others(github, server, tmp_path):
    github.repository("o/there").commit(MONDAY)
    server.answering = lambda wire, _: wire.server.released.wait(30) and None
    patience = Patience(0.3, 60)
    github.leads_to(f"{server.url}/")
    for number in range(4):
        refused(patience, f"o/slow{number}", tmp_path)
    github.leads_to(f"{github.folder}/")
    patience._each_s = 60
    for number in range(4):
        with pytest.raises(GoneError):
            patience.fetch(f"o/gone{number}", tmp_path)

    assert patience.fetch("o/there", tmp_path).exists()


def test_when_the_time_of_the_night_is_over_nobody_is_asked(server, github, tmp_path):
    github.leads_to(f"{server.url}/")

    assert "is over" in refused(Patience(60, 0), "o/r", tmp_path)
    assert server.asked == []


def refused(patience, full_name, folder) -> str:
    with pytest.raises(NoAnswerError) as caught:
        patience.fetch(full_name, folder)
    return str(caught.value)
