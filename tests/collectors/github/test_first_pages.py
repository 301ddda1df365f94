"""First pages of issues that wait for their walks: kept small, given once, as they came."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from collectors import source
from collectors.github.first_pages import FirstPages

PAGE = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [{"number": 1, "title": "\ud800 é"}] * 30}


def test_a_page_is_given_once_and_as_it_came():
    found = FirstPages()
    found.keep("jax", PAGE)

    assert list(found) == [PAGE]
    assert (found.pop("jax"), found.pop("jax"), list(found)) == (PAGE, None, [])


def test_a_page_waits_at_a_tenth_of_its_text():
    found = FirstPages()
    found.keep("jax", PAGE)

    assert len(found._pages["jax"]) < len(json.dumps(PAGE)) / 10


def test_no_more_is_asked_ahead_than_the_window_holds(monkeypatch):
    monkeypatch.setattr(source, "AHEAD", 3)
    taken: list[int] = []

    def subjects() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    found = []
    with ThreadPoolExecutor(2) as pool:
        ask: Callable = str
        for subject, answer in source._in_order(pool, ask, subjects()):
            found.append((subject, answer))
            assert len(taken) <= len(found) + 3

    assert found == [(number, str(number)) for number in range(20)]
