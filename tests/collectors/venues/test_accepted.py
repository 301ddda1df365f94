"""A list of accepted papers comes whole, from either version of the API, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from catalog.editions import Edition, editions
from collectors.errors import ChangedError, IncompleteError, RestrictedError
from collectors.upstream import Upstream
from collectors.venues import accepted as module
from collectors.venues.accepted import accepted
from collectors.venues.second_counts import BrokenOffError, agree, papers_of, second_counts
from tests.collectors.loopback import Answering, Asked, Reply, Wire, as_json, seam, serving

ICML = Edition(venue="icml", year=2025, ends_on=date(2025, 7, 19), groups=("ICML.cc/2025/Conference",), volume=267)
ICLR = Edition(venue="iclr", year=2026, ends_on=date(2026, 4, 27), groups=("ICLR.cc/2026/Conference",))


def note(number: int, venue: str = "ICML 2025 poster", *, is_old: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {"title": f"Paper {number}", "venue": venue}
    told = content if is_old else {name: {"value": text} for name, text in content.items()}
    return {"id": f"p{number}", "content": told}


@contextmanager
def asking(answering: Answering) -> Iterator[Upstream]:
    with serving(answering) as server, seam() as http:
        beside = dict.fromkeys(("openreview_v1_url", "venue_site_url", "pmlr_url"), server.url)
        beside["openreview_v1_url"] += "/v1"
        yield Upstream(http, f"{server.url}/v2", beside=beside)


def pages(notes: list[dict[str, Any]], told: int | None, path: str = "/v2/notes") -> Answering:
    def answer(_: Wire, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        query = dict(parse_qsl(parts.query))
        if parts.path != path:
            return as_json({"notes": [], "count": 0})
        start, size = int(query["offset"]), int(query["limit"])
        return as_json({"notes": notes[start : start + size]} | ({} if told is None else {"count": told}))

    return answer


@pytest.mark.parametrize("told", [5, None])
def test_every_page_is_read(monkeypatch, told):
    monkeypatch.setattr(module, "PAGE", 2)
    with asking(pages([note(number) for number in range(5)], told)) as upstream:
        papers, counted = accepted(ICML, upstream)

    assert [one.id for one in papers] == ["p0", "p1", "p2", "p3", "p4"]
    assert (counted.source, counted.papers) == ("openreview", 5)


def test_an_older_year_stands_behind_the_first_version_and_rejected_papers_do_not_count():
    notes = [
        note(1, is_old=True),
        note(2, "Submitted to ICML 2025", is_old=True),
        note(3, "ICML 2025 oral", is_old=True),
    ]
    with asking(pages(notes, 3, "/v1/notes")) as upstream:
        assert [one.title for one in accepted(ICML, upstream)[0]] == ["Paper 1", "Paper 3"]


def test_a_list_that_ends_before_its_number_is_incomplete(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 94)
    with (
        asking(pages([note(number) for number in range(94)], 1466)) as upstream,
        pytest.raises(IncompleteError, match="ends after 94 of 1466 papers"),
    ):
        accepted(ICML, upstream)


def test_a_list_that_moves_while_it_is_read_is_no_smaller_venue(monkeypatch):
    """A paper is withdrawn and another one accepted between two pages: one comes twice, and one never."""
    monkeypatch.setattr(module, "PAGE", 2)
    notes = [note(0), note(1), note(1), note(2), note(3)]

    with asking(pages(notes, 5)) as upstream, pytest.raises(IncompleteError, match="ends after 4 of 5 papers"):
        accepted(ICML, upstream)


@pytest.mark.parametrize("told", [5, None])
def test_a_server_whose_pages_are_smaller_is_read_to_its_end(told):
    whole = [note(number) for number in range(5)]

    def answer(_: Wire, asked: Asked) -> Reply:
        start = int(dict(parse_qsl(urlsplit(asked.path).query))["offset"])
        return as_json({"notes": whole[start : start + 2]} | ({} if told is None else {"count": told}))

    with asking(answer) as upstream:
        assert len(accepted(ICML, upstream)[0]) == 5


def test_a_year_that_nobody_lists_yet_is_incomplete():
    with asking(pages([], 0)) as upstream, pytest.raises(IncompleteError, match="lists no accepted paper"):
        accepted(ICML, upstream)


def test_an_empty_object_is_no_list():
    with asking(lambda *_: as_json({})) as upstream, pytest.raises(ChangedError, match="no notes"):
        accepted(ICML, upstream)


def test_a_refusal_in_the_middle_is_no_smaller_venue(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    whole = pages([note(number) for number in range(5)], 5)

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        return as_json({"name": "ForbiddenError"}, 403) if "offset=4" in asked.path else whole(wire, asked)

    with asking(answer) as upstream, pytest.raises(RestrictedError):
        accepted(ICML, upstream)


def event(number: int, group: str = "ICLR.cc/2026/Conference", **more: Any) -> dict[str, Any]:
    forum = f"https://openreview.net/forum?id=p{number}"
    return {"name": f"Paper {number}", "paper_url": forum, "sourceurl": f"https://x.net/group?id={group}"} | more


def test_a_talk_and_its_poster_are_one_paper_and_a_workshop_has_none():
    events = [event(1), event(1, decision="Accept (oral)"), event(2), event(3, "ICLR.cc/2026/Workshop/X")]
    events += [event(4, decision="Reject"), {"name": "Paper 5"}, {"name": "paper  5."}]

    assert papers_of(events, ICLR) == {"p1", "p2", "paper 5"}


def test_a_site_that_breaks_off_says_how_many_came_and_how_many_it_told():
    with asking(
        lambda *_: as_json({"count": 1466, "next": None, "results": [event(n) for n in range(94)]})
    ) as upstream:
        [(source, error)] = second_counts(ICLR, upstream)

    assert source == "site"
    assert isinstance(error, BrokenOffError)
    assert (error.papers, error.told) == (94, 1466)


def test_an_odd_address_of_the_next_page_costs_only_the_second_count():
    told = {"count": 5, "next": "http://[broken", "results": [event(1)]}
    with asking(lambda *_: as_json(told)) as upstream:
        [(source, error)] = second_counts(ICLR, upstream)

    assert (source, str(error.reason)) == ("site", "schema_changed")


def test_proceedings_are_counted_by_their_entries_and_a_page_of_html_is_none():
    text = b"- title: One\n  abstract: 'a\n\n    - b'\n- title: Two\n"
    with asking(lambda _, asked: Reply(200, text) if "/v267/" in asked.path else as_json({}, 404)) as upstream:
        proceedings, (source, _) = second_counts(ICML, upstream)
    assert (proceedings.source, proceedings.papers, source) == ("pmlr", 2, "site")

    with asking(lambda *_: Reply(200, b"<html>Just a moment</html>")) as upstream:
        assert [type(error) for _, error in second_counts(ICML, upstream)] == [ChangedError, ChangedError]


@pytest.mark.parametrize(
    ("one", "other", "said"), [(100, 99, True), (100, 98, False), (0, 0, False), (6341, 6352, True)]
)
def test_counts_agree_within_a_hundredth(one, other, said):
    assert agree(one, other) is agree(other, one) is said


def test_every_year_of_the_catalog_has_groups_and_a_day():
    assert [one.id for one in editions()][:2] == ["icml-2026", "iclr-2026"]
    assert all(str(one.year) in group for one in editions() for group in one.groups)
    assert len({one.id for one in editions()}) == len(editions())
    assert editions()[8].groups == ("NeurIPS.cc/2023/Conference", "NeurIPS.cc/2023/Track/Datasets_and_Benchmarks")
