"""What is due of the papers of venues: drawn in a fixed order, looked up way by way, read once and again in time."""

from datetime import datetime, timedelta

import pytest

from catalog.subject import Subject
from collectors.venues.due import Known, in_order, pushes_due, repositories_due, sample
from collectors.venues.links import Link
from collectors.venues.source import source

NOW = datetime(2026, 11, 22, 2)
TORCH = Subject(id="pytorch", name="PyTorch", kind="framework", github="a/a", pypi="torch", papers_framework="pytorch")


def paper(place: int, repository: str | None = None, *, way: str = "abstract", arxiv: str | None = None) -> Known:
    known = Known(f"p{place}", f"{place:04}", arxiv)
    if repository:
        known.add(Link(known.id, way, NOW.date(), f"https://github.com/{repository}", repository))
    return known


def test_the_first_papers_with_code_are_drawn_whatever_their_order_of_arrival():
    papers = [paper(3, "a/3"), paper(1, "a/1"), paper(2), paper(4, "a/4")]

    drawn, lacking = sample(in_order(papers), size=2)

    assert ([one.id for one in drawn], lacking) == (["p1", "p3"], [])


def test_a_paper_is_looked_up_before_it_is_drawn_and_the_next_way_only_where_the_first_knew_none():
    known = paper(1, arxiv="2501.00001")
    assert list(known.lacks()) == ["paperswithcode", "huggingface"]

    known.add(Link("p1", "paperswithcode", NOW.date()))
    assert list(known.lacks()) == ["huggingface"]
    known.add(Link("p1", "paperswithcode", NOW.date(), "x", "a/b"))
    assert list(known.lacks()) == []
    assert list(paper(2).lacks()) == []


def test_no_more_papers_are_looked_up_than_the_sample_may_need():
    papers = [paper(number, arxiv=f"2501.{number:05}") for number in range(50)]

    assert [len(part) for part in sample(papers, size=20)] == [0, 20]


def test_the_authors_own_repository_of_the_first_way_counts():
    known = paper(1, "abstract/one")
    known.add(Link("p1", "paperswithcode", NOW.date(), "x", "other/two"))
    known.add(Link("p1", "paperswithcode", NOW.date(), "y", "own/three", is_official=True))

    assert known.repository() == "own/three"
    assert known.repository(frozenset({"own/three", "other/two"})) == "abstract/one"


def verdict(state: str, read_days_ago: float, first_days_ago: float | None = None) -> dict:
    first = read_days_ago if first_days_ago is None else first_days_ago
    days = {"read_at": NOW - timedelta(days=read_days_ago), "first_read_at": NOW - timedelta(days=first)}
    return {"state": state, "commit_sha": "c", **days}


@pytest.mark.parametrize(
    ("known", "is_due"),
    [
        (verdict("named", 700), False),
        (verdict("unreadable", 6), False),
        (verdict("unreadable", 7), True),
        (verdict("no_code", 89), False),
        (verdict("no_code", 90), True),
        (verdict("no_code", 10, 100), False),
        (verdict("no_code", 270, 364), False),
        (verdict("no_code", 275, 365), True),
        (verdict("no_code", 1, 500), False),
        (verdict("gone", 400), False),
    ],
)
def test_a_repository_is_read_once_and_one_without_code_again_after_90_and_365_days(known, is_due):
    memory = {"code_verdicts": {"a/b": known}}

    assert repositories_due(["a/b", "a/b", "c/d"], memory, NOW) == (["a/b", "c/d"] if is_due else ["c/d"])


def test_in_sixty_nights_each_repository_is_asked_once_whether_somebody_pushed():
    names = [f"a/{number:03}" for number in range(200)]
    memory = {"code_verdicts": {name: verdict("named", 100) for name in names} | {"a/new": verdict("named", 1)}}

    nights = [pushes_due([*names, "a/new"], memory, (NOW + timedelta(days=n)).date()) for n in range(60)]

    assert sorted(name for night in nights for name in night if name != "a/new") == names
    assert max(map(len, nights)) <= 4


def test_a_plan_tells_what_a_first_night_and_a_quiet_one_cost():
    clock = {"": {"now": NOW}}
    first = {one.resource: one.calls for one in source.costs([TORCH], {"venue_lists": clock}, True)}
    assert first == {
        "openreview and venue sites": 18,
        "paperswithcode.co and hugging face papers": 420,
        "github graphql": 0,
    }

    done = clock | {
        f"{venue}-{year}": {"is_accepted": True, "is_indexed": True, "asked_at": NOW, "index_asked_at": NOW}
        for venue in ("neurips", "icml", "iclr")
        for year in range(2023, 2027)
    }
    assert sum(one.calls for one in source.costs([TORCH], {"venue_lists": done}, True)) == 0
    assert source.costs([], {}, False) == []
