"""Issues of REST pages, on real recordings: pull requests apart, every page, and the figures counted by others."""

import base64
import gzip
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from collectors.errors import ChangedError
from collectors.github.issues import Issue, next_page, read_issues
from tests.scoring.oracle import closed_within

# --- the recording of 21 pages ---


def test_the_recording_of_21_pages_holds_243_issues_of_which_103_closed_in_a_month(recorded):
    issues = walk(hub4j(recorded))

    assert len(issues) == 243
    assert in_a_month(issues) == 103
    assert round(median(days_open(issues)), 3) == 48.413


def test_the_recording_of_21_pages_comes_out_year_by_year(recorded):
    issues = walk(hub4j(recorded))

    created = Counter(issue.created_at.year for issue in issues)
    closed = {year: in_a_month([one for one in issues if one.created_at.year == year]) for year in created}
    assert {year: (created[year], closed[year]) for year in sorted(created)} == {
        2012: (9, 4),
        2013: (15, 5),
        2014: (29, 8),
        2015: (47, 30),
        2016: (50, 25),
        2017: (35, 8),
        2018: (27, 5),
        2019: (31, 18),
    }


def test_every_page_is_reached_through_its_link_though_the_path_changes(recorded):
    pages = hub4j(recorded)

    walked = list(addresses(pages))

    assert len(walked) == len(pages) == 21
    assert walked[0] == "/repos/hub4j/github-api/issues?state=closed"
    assert walked[-1] == "/repositories/617210/issues?state=closed&page=21"


def test_the_pages_mix_363_pull_requests_in(recorded):
    rows = [row for _, payload in hub4j(recorded).values() for row in payload]

    assert (len(rows), sum("pull_request" in row for row in rows)) == (606, 363)


def test_no_issue_comes_twice(recorded):
    issues = walk(hub4j(recorded))

    assert len({issue.number for issue in issues}) == len(issues)


# --- other recordings ---


def test_the_recorded_cassette_holds_83_issues_of_which_70_are_closed(recorded):
    pages = cassette(recorded)

    issues = walk(pages)

    assert len(issues) == 83
    assert sum(issue.closed_at is not None for issue in issues) == 70
    assert in_a_month(issues) == 43
    assert sum(issue.closed_at is None for issue in issues) == 13


def test_the_recorded_fixture_of_five_pages_holds_13_issues(recorded):
    records = json.loads((recorded / "github_rest/octokit_fixtures/paginate-issues.raw-fixture.json").read_text())
    pages = [one["response"] for one in records if one["method"] == "get" and isinstance(one["response"], list)]

    assert [len(read_issues(page)) for page in pages] == [3, 3, 3, 3, 1]


def test_a_recorded_pull_request_is_no_issue(recorded):
    row = json.loads((recorded / "github_rest/tensorflow_pull_59477_as_issue.json").read_text())

    assert read_issues([row]) == []


# --- rows ---


def test_a_row_is_read_in_naive_utc():
    row = open_row(closed_at="2026-05-02T03:00:00+02:00", state_reason="completed")

    assert read_issues([row]) == [
        Issue(7, datetime(2026, 5, 1, 2), datetime(2026, 5, 2, 1), "completed", "User", datetime(2026, 5, 3))
    ]


def test_an_issue_of_a_deleted_account_is_an_issue():
    assert read_issues([open_row(user=None)])[0].author_type == "Gone"


@pytest.mark.parametrize("name", ["number", "created_at", "closed_at", "user", "updated_at"])
def test_a_missing_field_is_named(name):
    row = {key: value for key, value in open_row().items() if key != name}

    with pytest.raises(ChangedError, match=name):
        read_issues([row])


@pytest.mark.parametrize("payload", [None, {}, {"message": "Not Found"}, [None], [3], ["x"]], ids=repr)
def test_a_page_of_another_shape_has_changed(payload):
    with pytest.raises(ChangedError):
        read_issues(payload)


@pytest.mark.parametrize("text", ["yesterday", 3, {}], ids=repr)
def test_a_time_that_is_none_has_changed(text):
    with pytest.raises(ChangedError, match="a time was expected"):
        read_issues([open_row(created_at=text)])


# --- links ---


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ('<https://a.test/x?page=2>; rel="next", <https://a.test/x?page=9>; rel="last"', "https://a.test/x?page=2"),
        ('<https://a.test/x?page=1>; rel="prev", <https://a.test/x?page=3>; rel="next"', "https://a.test/x?page=3"),
        ('<https://a.test/x?page=8>; rel="prev", <https://a.test/x?page=1>; rel="first"', None),
        ("<https://a.test/x?page=2>; rel=next", "https://a.test/x?page=2"),
        ('<https://a.test/next>; rel="last"', None),
        ("", None),
    ],
    ids=["first page", "middle", "last page", "without quotes", "next in the path only", "no link"],
)
def test_the_next_page_is_the_one_that_the_link_names(link, address):
    assert next_page({"Link": link}) == address


def test_an_answer_without_a_link_is_the_last():
    assert next_page({"date": "today"}) is None


# --- builders ---

Pages = dict[str, tuple[dict[str, str], Any]]


def hub4j(recorded: Path) -> Pages:
    """Return each recorded page by the address that was asked."""
    folder = recorded / "github_rest/hub4j_wiremock/AppTest/testListIssues"
    found = {}
    for path in (folder / "mappings").glob("*issues.json"):
        mapping = json.loads(path.read_text())
        body = json.loads((folder / "__files" / mapping["response"]["bodyFileName"]).read_text())
        found[mapping["request"]["url"]] = (mapping["response"]["headers"], body)
    return found


def cassette(recorded: Path) -> Pages:
    found = json.loads((recorded / "github_rest/github3_cassettes/Repository_issues_state_all.json").read_text())
    return {
        address(one["request"]["uri"]): (one["response"]["headers"], json.loads(text(one["response"]["body"])))
        for one in found["http_interactions"]
        if "/issues" in one["request"]["uri"]
    }


def text(body: dict[str, str]) -> str:
    if not body.get("base64_string"):
        return body["string"]
    raw = base64.b64decode(body["base64_string"])
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()


def address(url: str) -> str:
    return url.removeprefix("https://api.github.com")


def addresses(pages: Pages) -> Any:
    """Go from page to page by the Link header alone, from the one that no other leads to."""
    [at] = set(pages) - {address(following) for headers, _ in pages.values() if (following := next_page(headers))}
    while at:
        yield at
        following = next_page(pages[at][0])
        at = address(following) if following else None


def walk(pages: Pages) -> list[Issue]:
    return [issue for at in addresses(pages) for issue in read_issues(pages[at][1])]


def in_a_month(issues: list[Issue]) -> int:
    return closed_within([issue.created_at for issue in issues], [issue.closed_at for issue in issues], 30)


def days_open(issues: list[Issue]) -> list[float]:
    return [(issue.closed_at - issue.created_at).total_seconds() / 86_400 for issue in issues if issue.closed_at]


def open_row(**changed: Any) -> dict[str, Any]:
    moments = {"created_at": "2026-05-01T02:00:00Z", "updated_at": "2026-05-03T00:00:00Z", "closed_at": None}
    return {"number": 7, "user": {"login": "me", "type": "User"}, **moments, **changed}
