"""What breaks off at one paper costs that paper; what breaks off at a host ends the look-ups of the night."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest

from catalog.editions import Edition
from collectors.errors import GoneError
from collectors.upstream import Upstream
from collectors.venues.due import Known
from collectors.venues.links import arxiv_ids
from collectors.venues.night import Night, bring_list, look_up
from collectors.venues.titles import normal
from tests.collectors.loopback import Answering, Asked, Reply, as_json, seam, serving

NOW = datetime(2026, 11, 22, 2)
ICML = Edition(venue="icml", year=2025, ends_on=date(2025, 7, 19), groups=("ICML.cc/2025/Conference",))
HOSTS = ("openreview_v1_url", "venue_site_url", "paperswithcode_url", "huggingface_url", "pmlr_url")


@contextmanager
def night(answering: Answering, papers: int = 5, at_once: int = 8) -> Iterator[Night]:
    with serving(answering) as server, seam(max_wait_s=0) as http:
        upstream = Upstream(http, server.url, beside=dict.fromkeys(HOSTS, server.url), max_concurrency=at_once)
        known = [Known(f"p{number}", f"{number:04}", f"2501.0000{number}") for number in range(papers)]
        yield Night(upstream, NOW, frozenset(), {ICML.id: known})


def repository(path: str) -> Reply:
    number = path.partition("2501.0000")[2][:1]
    return as_json({"id": number, "repositories": [{"url": f"https://github.com/a/{number}", "is_official": True}]})


def told(found: Night) -> list[tuple[str, str, str | None, str | None]]:
    rows = [row for one in look_up(ICML, found) for row in one.rows]
    return [(row["paper_id"], row["way"], row["repository"], row["refusal"]) for row in rows]


def test_an_odd_answer_about_one_paper_holds_up_no_other():
    odd = Reply(200, b"<html>", {"Content-Type": "text/html"})
    with night(lambda _, asked: odd if "00002" in asked.path else repository(asked.path)) as found:
        rows = told(found)

    assert [row for row in rows if row[0] != "p2"] == [
        (f"p{number}", "paperswithcode", f"a/{number}", None) for number in (0, 1, 3, 4)
    ]
    assert [row[1:] for row in rows if row[0] == "p2"] == [
        ("paperswithcode", None, "no answer: schema_changed"),
        ("huggingface", None, "no answer: schema_changed"),
    ]
    assert not found.lost


def test_a_way_that_is_gone_as_a_whole_is_no_word_on_any_paper():
    page = Reply(404, b"<!doctype html><title>Not Found</title>", {"content-type": "text/html"})

    with night(lambda *_: page, papers=9) as found:
        assert list(look_up(ICML, found)) == []
        assert isinstance(found.lost[f"the links of {ICML.id}"], GoneError)


def test_an_index_that_is_gone_as_a_whole_does_not_say_that_it_has_no_paper():
    with night(lambda *_: Reply(404, b"<html>")) as found, pytest.raises(GoneError):
        arxiv_ids(ICML, found.upstream)
    with night(lambda *_: as_json({"detail": "Not found."}, 404)) as found:
        assert arxiv_ids(ICML, found.upstream) == ({}, 0)


def test_a_paper_that_a_way_does_not_know_is_asked_of_the_next_way():
    with night(lambda *_: as_json({"detail": "Not found."}, 404), papers=1) as found:
        [links] = look_up(ICML, found)

    assert [(row["way"], row["address"], row["refusal"]) for row in links.rows] == [
        ("paperswithcode", None, None),
        ("huggingface", None, None),
    ]


def test_only_a_plain_yes_makes_a_repository_the_authors_own():
    rows = [{"url": f"https://github.com/a/{odd}", "is_official": odd} for odd in ("false", 1, None)]
    rows.append({"url": "https://github.com/a/own", "is_official": True})

    with night(lambda *_: as_json({"repositories": rows}), papers=1) as found:
        [links] = look_up(ICML, found)

    assert [row["repository"] for row in links.rows if row["is_official"]] == ["a/own"]
    assert found.papers[ICML.id][0].repository() == "a/own"


def test_a_repository_without_an_address_is_an_odd_answer():
    with night(lambda *_: as_json({"repositories": [{"url": None}]}), papers=1) as found:
        [links] = look_up(ICML, found)

    assert {row["refusal"] for row in links.rows} == {"no answer: schema_changed"}


def test_odd_answers_about_many_papers_are_no_word_on_any():
    with night(lambda *_: Reply(200, b"<html>"), papers=9) as found:
        assert told(found) == []
        assert [str(error.reason) for error in found.lost.values()] == ["schema_changed"]
        assert found.lookups == 0


@pytest.mark.parametrize(("refused", "asked"), [(0, 1), (1, 5)])
def test_a_host_that_refuses_is_not_asked_on(refused, asked):
    """The first paper is asked about alone, then four at once, each of whom is told."""
    paths: list[str] = []

    def answer(_: object, wire: Asked) -> Reply:
        paths.append(wire.path)
        return as_json({}, 403) if f"0000{refused}" in wire.path else repository(wire.path)

    with night(answer, papers=9, at_once=4) as found:
        rows = told(found)
        assert sorted(row[0] for row in rows) == [f"p{number}" for number in range(asked) if number != refused]
        assert [str(error.reason) for error in found.lost.values()] == ["restricted"]
        assert (len(paths), found.lookups) == (asked, 0)


def test_no_more_is_looked_up_than_a_night_may():
    paths: list[str] = []

    def answer(_: object, wire: Asked) -> Reply:
        paths.append(wire.path)
        return as_json({"id": "1", "repositories": []})

    with night(answer, papers=9, at_once=4) as found:
        found.lookups = 7
        ways = [row[1] for row in told(found)]

    assert (len(paths), found.lookups) == (7, 0)
    assert ways == ["paperswithcode", "huggingface", *["paperswithcode"] * 4, "huggingface"]


def test_an_index_that_knows_the_year_by_another_name_is_found():
    def answer(_: object, asked: object) -> Reply:
        path = asked.path.partition("?")[0]
        if path == "/conferences/":
            return as_json({"count": 2, "results": [{"slug": "icml-2024"}, {"slug": "2025icml"}]})
        if path != "/conferences/2025icml/papers":
            return as_json({}, 404)
        return as_json({"count": 1, "next_page": None, "results": [{"title": "One: Two", "arxiv_id": "2501.00001v2"}]})

    with night(answer) as found:
        assert arxiv_ids(ICML, found.upstream) == ({"one two": "2501.00001"}, 1)


def test_a_row_of_the_index_without_a_title_is_no_paper_s_and_an_accent_is_one_however_it_is_spelt():
    titles = [None, "?!", "Re\u0301nyi \ufb01lters"]
    rows = [{"title": title, "arxiv_id": f"2501.0000{number}"} for number, title in enumerate(titles)]

    with night(lambda *_: as_json({"count": 3, "results": rows})) as found:
        assert arxiv_ids(ICML, found.upstream) == ({normal("R\u00e9nyi filters"): "2501.00002"}, 3)


def test_an_index_is_looked_through_to_its_last_page():
    def answer(_: object, asked: Asked) -> Reply:
        path, _, query = asked.path.partition("?")
        if path == "/conferences/":
            slug, following = ("2025icml", None) if "page=2" in query.split("&") else ("icml-2024", 2)
            return as_json({"count": 2, "next_page": following, "results": [{"slug": slug}]})
        if path != "/conferences/2025icml/papers":
            return as_json({}, 404)
        return as_json({"count": 1, "next_page": None, "results": [{"title": "One", "arxiv_id": "2501.00001"}]})

    with night(answer) as found:
        assert arxiv_ids(ICML, found.upstream) == ({"one": "2501.00001"}, 1)


def test_two_lists_that_do_not_agree_bring_no_paper():
    notes = [{"id": f"p{number}", "content": {"title": {"value": "A"}}} for number in range(100)]
    events = [{"paper_url": f"https://openreview.net/forum?id=p{number}"} for number in range(90)]

    def answer(_: object, asked: object) -> Reply:
        if asked.path.startswith("/notes"):
            return as_json({"notes": notes, "count": 100})
        return as_json({"count": 90, "next": None, "results": events})

    with night(answer, papers=0) as found:
        [rows] = bring_list(ICML, found)
    assert [(row["source"], row["papers"], row["reason"]) for row in rows.rows] == [
        ("openreview", 100, None),
        ("site", 90, None),
    ]
