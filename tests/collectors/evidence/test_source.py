"""Pages behind facts: read in turn, once in 30 days, and told apart by what became of the words."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.fact import Fact
from catalog.observation import Observation, Reason
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.evidence.source import AGAIN, PAGES_A_NIGHT, SOON, source, tonight
from collectors.upstream import Found, Upstream
from tests.collectors.loopback import MAY_DAY, Reply, seam

WORDS = "Runs on phones and on small boards"
PAGE = f"<h1>Guide</h1><p>{'what stands around it ' * 10}</p><p>{WORDS}.</p>".encode()
HTML = {"content-type": "text/html"}


def test_a_page_that_still_says_so_confirms_its_facts_and_keeps_the_answer(server):
    server.answering = lambda *_: Reply(200, PAGE, HTML)

    found = collected([fact(f"{server.url}/guide#phones"), fact(f"{server.url}/guide#phones", "curated.edge")])

    assert {row["metric"]: row["state"] for row in rows_of(found)} == {
        "curated.mobile": "stands",
        "curated.edge": "stands",
    }
    assert [asked.path for asked in server.asked] == ["/guide"]
    assert all(len(row["raw_sha256"]) == 64 for row in rows_of(found))
    assert [(one.value, one.n) for one in found if isinstance(one, Observation)] == [(1.0, 2)]


@pytest.mark.parametrize(
    ("reply", "state", "said"),
    [
        (Reply(200, PAGE.replace(b"phones", b"desks"), HTML), "changed", 0.0),
        (Reply(404), "gone", 0.0),
        (Reply(410), "gone", 0.0),
        (Reply(301, headers={"location": "http://127.0.0.2:1/guide"}), "moved", 0.0),
        (Reply(503), "unread", Reason.UNREACHABLE),
        (Reply(403), "unread", Reason.RESTRICTED),
        (Reply(429, headers={"retry-after": "90"}), "unread", Reason.RATE_LIMITED),
        (Reply(200, b"<div id=app></div>", HTML), "unread", Reason.SCHEMA_CHANGED),
        (Reply(200, b"", HTML), "unread", Reason.SCHEMA_CHANGED),
        (Reply(204), "unread", Reason.SCHEMA_CHANGED),
        (Reply(302, b"", {"location": "mailto:a@b.org"}), "unread", Reason.SCHEMA_CHANGED),
        (Reply(302), "unread", Reason.SCHEMA_CHANGED),
        (
            Reply(200, b"%PDF-1.7 1 0 obj 2 0 R " * 50, {"content-type": "application/pdf"}),
            "unread",
            Reason.SCHEMA_CHANGED,
        ),
        (Reply(200, b"\xff\xfe\x00" * 50, {"content-type": "application/pdf"}), "unread", Reason.SCHEMA_CHANGED),
    ],
)
def test_what_became_of_the_words_is_told_apart(server, caplog, reply, state, said):
    server.answering = lambda *_: reply

    found = collected([fact(f"{server.url}/guide")])

    [row] = rows_of(found)
    assert row["state"] == state
    assert row["detail"]
    [one] = [one for one in found if isinstance(one, Observation)]
    assert said in {one.value, one.reason}
    assert ("next: " in caplog.text) == (state == "unread")


def test_what_nobody_foresaw_of_one_page_costs_no_other(server, monkeypatch):
    server.answering = lambda *_: Reply(200, PAGE, HTML)
    facts = [fact(f"{server.url}/odd"), fact(f"{server.url}/guide", "curated.edge")]

    with seam() as http:
        get = http.get
        monkeypatch.setattr(http, "get", lambda url: get(url) if url.endswith("guide") else {}["odd"])
        upstream = Upstream(http=http, base_url="", memory={"facts": {"jax": facts}})
        found = list(source.collect([subject()], upstream, MAY_DAY))

    assert {row["metric"]: row["state"] for row in rows_of(found)} == {
        "curated.mobile": "unread",
        "curated.edge": "stands",
    }


def test_pages_of_a_silent_host_are_told_in_one_line(server, caplog):
    server.answering = lambda *_: Reply(503)
    facts = {
        "jax": [fact(f"{server.url}/guide")],
        "keras": [fact(f"{server.url}/guide").model_copy(update={"subject": "keras"})],
    }

    with seam() as http:
        upstream = Upstream(http=http, base_url="", memory={"facts": facts})
        found = list(source.collect([subject(), subject("keras")], upstream, MAY_DAY))

    assert {one.subject for one in found if isinstance(one, Observation)} == {"jax", "keras"}
    assert len([line for line in caplog.messages if line.startswith("evidence: jax, keras: ")]) == 1


def test_a_night_costs_ten_pages_at_most():
    facts = [fact(f"https://example.org/{n}") for n in range(25)]

    assert [one.calls for one in source.costs([subject()], {"facts": {"jax": facts}}, False)] == [PAGES_A_NIGHT]
    assert [one.calls for one in source.costs([subject()], {"facts": {"jax": facts[:3]}}, False)] == [3]


def test_every_page_comes_round_before_one_is_read_twice():
    facts = [fact(f"https://example.org/{n}") for n in range(25)]
    known: dict[str, Any] = {}
    nights = []
    for night in range(40):
        now = MAY_DAY + timedelta(days=night)
        pages = tonight([subject()], {"facts": {"jax": facts}, "pages": known}, now)
        known |= {page: {"read_at": now, "state": "stands"} for page in pages}
        nights.append(len(pages))

    assert nights[:4] == [PAGES_A_NIGHT, PAGES_A_NIGHT, 5, 0]
    assert sum(nights[:30]) == 25
    assert nights[30:33] == [PAGES_A_NIGHT, PAGES_A_NIGHT, 5]


@pytest.mark.parametrize(("state", "pause"), [("stands", AGAIN), ("changed", AGAIN), ("gone", AGAIN), ("unread", SOON)])
def test_what_could_not_be_read_is_read_again_sooner(state, pause):
    page = "https://example.org/guide"
    memory = {"facts": {"jax": [fact(page)]}, "pages": {page: {"read_at": MAY_DAY, "state": state}}}

    assert not tonight([subject()], memory, MAY_DAY + pause - timedelta(days=1))
    assert tonight([subject()], memory, MAY_DAY + pause)


def test_facts_without_an_address_or_without_words_ask_nobody():
    facts = [
        fact("https://example.org/a").model_copy(update={"quote": None}),
        fact("x").model_copy(update={"url": None}),
        fact("https://example.org/b").model_copy(update={"quote": "\u2713"}),
    ]

    assert not collected(facts)


def test_pages_may_be_read_through_a_mirror(server):
    server.answering = lambda *_: Reply(200, PAGE, HTML)

    found = collected([fact("https://example.org/guide#phones")], mirror=server.url)

    assert [asked.path for asked in server.asked] == ["/https://example.org/guide"]
    assert rows_of(found)[0]["url"] == "https://example.org/guide#phones"


def test_no_secret_goes_to_a_page(server):
    server.answering = lambda *_: Reply(200, PAGE, HTML)

    collected([fact(f"{server.url}/guide")])

    assert not {"authorization", "cookie"} & set(server.asked[0].headers)


def fact(url: str, metric: str = "curated.mobile") -> Fact:
    days = {"valid_from": date(2026, 1, 1), "review_by": date(2027, 1, 1)}
    return Fact(subject="jax", metric=metric, value="good", source="Guide", url=url, quote=WORDS, **days)


def subject(name: str = "jax") -> Subject:
    return Subject(id=name, name=name, kind="framework", github=f"{name}-ml/{name}")


def collected(facts: Sequence[Fact], mirror: str = "") -> list[Found]:
    with seam() as http:
        upstream = Upstream(http=http, base_url=mirror, memory={"facts": {"jax": facts}})
        return list(source.collect([subject()], upstream, MAY_DAY))


def rows_of(found: Sequence[Found]) -> list[dict[str, Any]]:
    return [dict(row) for one in found if isinstance(one, Rows) for row in one.rows]
