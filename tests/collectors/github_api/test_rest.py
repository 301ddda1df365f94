"""Lists of many pages are counted by the number of the last one."""

import json

import pytest

from collectors.errors import ChangedError, IncompleteError
from collectors.github_api.client import STATUS, connect
from collectors.github_api.rest import ask_rest, read_last_page
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import Reply, always


def test_a_recorded_link_header_names_its_last_page(recorded):
    cassette = json.loads((recorded / "github_rest/github3_cassettes/Repository_contributors.json").read_text())
    link = cassette["http_interactions"][1]["response"]["headers"]["Link"]

    assert read_last_page({"link": link}, [{}]) == 2


def test_a_link_header_that_a_proxy_wrote_anew_names_the_same_page():
    link = "<https://api.github.com/x?page=2>; rel=next, <https://api.github.com/x?page=3765>; rel=last"

    assert read_last_page({"link": link}, [{}]) == 3765


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_of_one_page_is_counted(number):
    assert read_last_page({}, [{}] * number) == number


def test_an_empty_list_is_no_zero():
    with pytest.raises(IncompleteError, match="the list is empty"):
        read_last_page({STATUS: "200"}, [])


def test_a_list_of_several_a_page_is_not_counted_by_its_pages():
    with pytest.raises(ChangedError, match="30 a page, though one was asked for"):
        read_last_page({"link": '<https://api.github.com/x?page=126>; rel="last"'}, [{}] * 30)


@pytest.mark.parametrize("payload", [{"message": "?"}, None, [3]], ids=repr)
def test_what_is_no_list_has_changed(payload):
    with pytest.raises(ChangedError):
        read_last_page({STATUS: "200"}, payload)


def test_a_list_that_goes_on_and_names_no_last_page_is_not_counted_by_its_first():
    with pytest.raises(IncompleteError, match="goes on, and does not say to which page"):
        read_last_page({"link": '<https://api.github.com/x?page=2>; rel="next"'}, [{}])


@pytest.mark.parametrize("digits", [17, 400])
def test_a_last_page_that_no_list_can_have_is_no_count(digits):
    with pytest.raises(ChangedError, match="no count is so large"):
        read_last_page({"link": f'<https://api.github.com/x?page={"9" * digits}>; rel="last"'}, [{}])


def test_a_repository_without_commits_has_nobody(server):
    server.answering = always(Reply(204, b""))

    with upstream(server) as found:
        assert read_last_page(*ask_rest(connect(found), "/repos/a/b/contributors")) == 0


def test_an_empty_answer_that_says_nothing_of_no_content_has_changed(server):
    server.answering = always(Reply(200, b""))

    with upstream(server) as found, pytest.raises(ChangedError):
        read_last_page(*ask_rest(connect(found), "/repos/a/b/contributors"))
