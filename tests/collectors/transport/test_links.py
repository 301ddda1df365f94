"""The Link header is read however a server or a proxy writes it."""

import pytest

from collectors.transport.links import links_of, page_of

NEXT, LAST = "https://api.test/x?per_page=1&page=2", "https://api.test/x?page=3765&per_page=1"


@pytest.mark.parametrize(
    "text",
    [
        f'<{NEXT}>; rel="next", <{LAST}>; rel="last"',
        f'<{NEXT}>;rel="next",<{LAST}>;rel="last"',
        f"<{NEXT}>; rel=next, <{LAST}>; rel=last",
        f'<{LAST}>; title="a, b"; REL="last" , <{NEXT}>; rel="nofollow next"',
    ],
    ids=["GitHub", "without spaces", "without quotes", "more than that"],
)
def test_next_and_last_are_found(text):
    found = links_of({"link": text})

    assert (found["next"], found["last"]) == (NEXT, LAST)
    assert (page_of(found["next"]), page_of(found["last"])) == (2, 3765)


@pytest.mark.parametrize(
    "headers", [{}, {"link": ""}, {"link": "next"}, {"link": "<x>"}, {"link": "rel=next"}], ids=str
)
def test_what_names_no_relation_leads_nowhere(headers):
    assert links_of(headers) == {}


@pytest.mark.parametrize("address", [None, "", "https://api.test/x", "https://api.test/x?page=two", "x?page=-1"])
def test_an_address_without_a_page_names_none(address):
    assert page_of(address) is None
