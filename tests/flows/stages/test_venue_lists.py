"""Lists of accepted papers and of their code are counted as their own README counts them; bad files say so."""

import gzip
import json
from pathlib import Path

import pytest

from catalog.errors import InputError
from collectors.venues.lists import accepted_counts, coverage
from flows.stages.venue_lists import links_of_papers, read_lists

PAPERS = """title,openreview_id,github_in_abstract,code_url
"A Title: One",a,o/r,
A Title Two,b,,https://github.com/o/s
"Three, of $x$",,x/y,
Four,d,,
"""
CODE = """title,openreview_id,code_field_verbatim
a title one,a,[https://github.com/o/r}{https:](https://github.com/o/r}{https:)
three of  x,,https://github.com/x/y.git
Four,d,me@example.edu
Unknown,z,https://github.com/pytorch/pytorch
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "iclr-2024.csv.gz").write_bytes(gzip.compress(PAPERS.encode()))
    (tmp_path / "lists" / "other_iclr2024.csv").write_text("title\nA title one\nFour\nFive\n", "utf-8")
    (tmp_path / "ICLR2024.csv").write_text(CODE, "utf-8")
    (tmp_path / "notes.csv").write_text("x,y\n1,2\n", "utf-8")
    return tmp_path


def test_papers_are_counted_and_two_lists_compared(folder):
    first, second = accepted_counts(read_lists(folder))

    assert (first["venue"], first["year"], first["papers"], first["github_in_abstract"]) == ("iclr", 2024, 4, 2)
    assert (second["file"], second["papers"], second["agreement"], second["same_titles"]) == (
        "other_iclr2024.csv",
        3,
        0.75,
        2,
    )


def test_each_way_reaches_as_far_as_it_does(folder):
    [found] = coverage(read_lists(folder))

    assert {
        name: found[name] for name in ("in_abstract", "in_field", "in_list", "list_on_github", "by_id", "by_title")
    } == {
        "in_abstract": 2,
        "in_field": 1,
        "in_list": 4,
        "list_on_github": 3,
        "by_id": 2,
        "by_title": 1,
    }
    assert (found["unmatched"], found["both"], found["union"], found["share"]) == (1, 2, 4, 1.0)


def test_links_are_kept_or_refused_with_the_reason(folder):
    [found] = links_of_papers(read_lists(folder))

    assert (found["links"], found["kept"], found["repositories"]) == (4, 2, 2)
    assert found["refused"] == {"a framework's own repository": 1, "a mail address": 1}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\x1f\x8bbroken", "cannot be read as CSV"),
        (b"title\n\xff\xfe", "cannot be read as CSV"),
        (b'title\n"open', "cannot be read as CSV"),
        (b"name\nx\n", "holds no list"),
    ],
)
def test_a_bad_file_says_so(tmp_path, body, said):
    (tmp_path / "icml-2024.csv").write_bytes(body)

    with pytest.raises(InputError, match=said):
        read_lists(tmp_path)
    with pytest.raises(InputError, match="is not there"):
        read_lists(tmp_path / "nowhere")


def test_the_recorded_lists_say_what_their_readme_says(recorded):
    lists = read_lists(recorded / "research")
    counts = {(one["venue"], one["year"]): one["papers"] for one in reversed(list(accepted_counts(lists)))}
    told = json.loads((recorded / "research/links/coverage_by_way.json").read_text("utf-8"))
    names = {
        "papers": "papers",
        "abstract_github": "in_abstract",
        "mlnlp_rows": "in_list",
        "both": "both",
        "union": "union",
    }

    assert counts["icml", 2026] == 6341
    found = {(one["venue"], one["year"]): one for one in coverage(lists)}
    for one in told:
        ours = found[one["venue"], one["year"]]
        assert counts[one["venue"], one["year"]] == one["papers"]
        assert {name: ours[own] for name, own in names.items()} == {name: one[name] for name in names}
        assert ours["share"] == one["share"]
    refused = [reason for one in links_of_papers(lists) for reason in one["refused"]]
    assert {"another host", "a repository of many papers", "GitHub, but no repository", "an anonymous host"} <= set(
        refused
    )
