"""Models on the Hub: the total of the list, else every page counted, never a part of them."""

from typing import Any

import pytest

from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors import huggingface
from collectors.huggingface import PAGES_OF_OWNERS
from collectors.upstream import Upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, Wire, always, as_json, seam

TORCH = Subject(id="pytorch", name="PyTorch", kind="framework", github="pytorch/pytorch", huggingface_tag="pytorch")


def test_the_total_of_the_list_is_one_call(server):
    server.answering = always(as_json({"models": [], "numTotalItems": 312_004, "pageIndex": 0}))

    [found] = models(server)

    assert (found.metric, found.value) == ("huggingface.models", 312_004)
    assert server.asked[0].path == "/models-json?library=pytorch&sort=created"


@pytest.mark.parametrize("body", [{"models": []}, {"numTotalItems": "many"}, {"numTotalItems": -1}, {"total": 5}, []])
def test_a_list_without_its_total_has_changed(server, body):
    server.answering = always(as_json(body))

    assert [found.reason for found in models(server)] == [Reason.SCHEMA_CHANGED]


def test_where_there_is_no_list_every_page_is_counted_and_each_model_once(server):
    server.answering = pages([["a", "b"], ["b", "c"], ["d"]])

    [found] = models(server)

    assert found.value == 4
    assert "filter=pytorch" in found.url


def test_pages_without_end_are_too_many(server, monkeypatch):
    monkeypatch.setattr(huggingface, "MAX_PAGES", 2)
    server.answering = pages([["a"], ["b"], ["c"]])

    assert [found.reason for found in models(server)] == [Reason.TOO_LARGE]


def test_a_page_that_breaks_off_gives_no_smaller_number(server):
    answer = pages([["a"], ["b"]])
    server.answering = lambda wire, asked: Reply(404, b"{}") if "cursor=1" in asked.path else answer(wire, asked)

    assert [found.reason for found in models(server)] == [Reason.NOT_FOUND]


def test_the_next_page_is_not_followed_to_another_host(server):
    elsewhere = {"link": '<http://127.0.0.1:9/api/models?cursor=1>; rel="next"'}
    first = as_json([{"id": "a"}])
    server.answering = lambda _, asked: (
        Reply(404, b"{}")
        if asked.path.startswith("/models-json")
        else Reply(200, first.body, first.headers | elsewhere)
    )

    assert [found.reason for found in models(server)] == [Reason.SCHEMA_CHANGED]


def test_a_subject_is_asked_for_again_after_its_turn():
    known = {"huggingface.models": {"pytorch": MAY_DAY}}

    assert [one.calls for one in huggingface.costs([TORCH], {}, True)] == [1 + PAGES_OF_OWNERS]
    assert [one.calls for one in huggingface.costs([], known, True)] == [0]


def test_owners_of_downloaded_models_count_once_and_pages_end_where_nobody_downloads(server):
    server.answering = downloaded(
        [[("ann/a", 900), ("bob/b", 500)], [("ann/c", 100), ("cy/d", 99)], [("dee/e", 98)]],
    )

    [found] = owners(server)

    assert (found.value, found.unit) == (2, "owners")
    assert [asked.path.partition("?")[0] for asked in server.asked] == ["/models-json", "/api/models", "/api/models"]
    assert "sort=downloads" in server.asked[1].path


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([[("ann/a", 100), ("bob/b", 500)]], id="another order"),
        pytest.param([[("ann/a", None)]], id="no downloads"),
        pytest.param([[(None, 500)]], id="no name"),
        pytest.param([[(7, 500)]], id="a number for a name"),
    ],
)
def test_a_list_that_cannot_be_counted_has_changed_and_costs_the_total_nothing(server, pages):
    server.answering = downloaded(pages)

    assert [found.reason for found in owners(server)] == [Reason.SCHEMA_CHANGED]
    assert [found.value for found in models(server)] == [7]


def test_a_list_that_moves_while_it_is_read_is_counted(server):
    server.answering = downloaded([[("ann/a", 900), ("bob/b", 500)], [("bob/b", 501), ("cy/c", 100)]])

    assert [found.value for found in owners(server)] == [3]


def test_a_framework_that_nobody_names_has_no_owner(server):
    server.answering = downloaded([[]], total=0)

    assert [found.value for found in owners(server)] == [0]


def test_an_empty_list_of_models_that_are_counted_is_no_zero(server):
    server.answering = downloaded([[]])

    assert [found.reason for found in owners(server)] == [Reason.INCOMPLETE]


def downloaded(pages: list[list[tuple[Any, int | None]]], total: int = 7) -> Any:
    """Answer with a total, and with pages of models and their downloads."""

    def answer(_: Wire, asked: Asked) -> Reply:
        if asked.path.startswith("/models-json"):
            return as_json({"numTotalItems": total})
        page = int(asked.path.partition("cursor=")[2] or 0)
        rows = [{"id": name, "downloads": n} for name, n in pages[page]]
        host = asked.headers["host"]
        link = {"link": f'<http://{host}/api/models?sort=downloads&cursor={page + 1}>; rel="next"'}
        reply = as_json([{key: value for key, value in row.items() if value is not None} for row in rows])
        return Reply(200, reply.body, reply.headers | (link if page + 1 < len(pages) else {}))

    return answer


def models(server: Loopback) -> list[Observation]:
    return [one for one in collected(server) if one.metric == "huggingface.models"]


def owners(server: Loopback) -> list[Observation]:
    return [one for one in collected(server) if one.metric == "huggingface.model_owners"]


def collected(server: Loopback) -> list[Observation]:
    with seam() as http:
        return list(huggingface.collect([TORCH], Upstream(http, server.url, token="hf-sesame"), MAY_DAY))


def pages(names: list[list[str]]) -> Any:
    """Answer as a server without the list: 404 for it, and pages with a cursor."""

    def answer(_: Wire, asked: Asked) -> Reply:
        if asked.path.startswith("/models-json"):
            return Reply(404, b"{}")
        page = int(asked.path.partition("cursor=")[2] or 0)
        reply = as_json([{"id": name} for name in names[page]])
        host = asked.headers["host"]
        link = {"link": f'<http://{host}/api/models?filter=pytorch&cursor={page + 1}>; rel="next"'}
        return Reply(200, reply.body, reply.headers | (link if page + 1 < len(names) else {}))

    return answer
