"""Files of labels and of older series: what each line says, and one sentence for a line that is none."""

import json

import pytest

from catalog.errors import InputError
from collectors.research.labelled import read_labelled
from collectors.research.series import ArchivedLink, Mentions, read_archive, read_mentions

TORCH = {
    "repo": "a/torch",
    "label_primary": "pytorch",
    "label_pwc": None,
    "venue": "ICML 2025",
    "committed": "2025-06-01T00:00:00Z",
    "imports_by_file": [["train.py", ["torch", "os"]], ["setup.py", ["setuptools"]]],
    "manifests": [],
    "extensions": {".py": 3, ".cu": 1},
    "code_files_read": 3,
}
BARE = {"repo": "a/bare", "label_primary": None, "label_pwc": "caffe2", "manifests": []}


def read(*rows):
    return read_labelled([json.dumps(row) for row in rows], "labels")


def test_a_line_tells_the_truth_and_our_own_verdict():
    [found] = read(TORCH)

    assert (found.repository, found.venue, found.year, found.truth) == ("a/torch", "ICML 2025", 2025, "pytorch")
    assert (found.told, found.is_weak, found.verdict.files_read) == ("pytorch", False, 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"imports_by_file": [["plot.py", ["numpy"]]], "code_files_read": 1}, "none"),
        ({"imports_by_file": [], "code_files_read": 0, "extensions": {".lua": 3}}, "other_language"),
        ({"imports_by_file": [], "code_files_read": 0, "extensions": {".md": 1}}, "no_code"),
    ],
)
def test_what_names_no_framework_says_why(change, told):
    assert read(TORCH | change)[0].told == told


def test_where_only_manifests_are_known_they_speak_weakly():
    lines = {"path": "setup.py", "form": "requirement strings of setup.py", "lines": ["torch>=2", "numpy"]}
    lock = {"path": "uv.lock", "form": "package names of a lock", "lines": ["tensorflow"]}
    [found] = read(BARE | {"manifests": [lines, lock]})

    assert (found.told, found.is_weak, found.truth, found.archive) == ("pytorch", True, None, "caffe")


@pytest.mark.parametrize("line", ["{", "7", "{}", '{"repo": "a", "label_primary": "x", "imports_by_file": 3}'])
def test_a_line_that_is_no_repository_is_named(line):
    with pytest.raises(InputError, match=r"labels, line 2 is no labelled repository .* docs/research\.md"):
        read_labelled([json.dumps(TORCH), line], "labels")


def test_counts_of_mentions_are_read_as_they_are():
    assert read_mentions(["NeurIPS,12/17,12,85,679"], "h.csv") == [Mentions("NeurIPS", 2017, 12, 85, 679)]
    with pytest.raises(InputError, match=r"h\.csv, line 1"):
        read_mentions(["NeurIPS,2017,12,85,679"], "h.csv")


def test_links_of_the_archive_are_dated_by_arxiv():
    lines = [
        "paper_url,paper_arxiv_id,framework",
        "p/1,2305.01234,PyTorch",
        "p/2,,tf",
        "p/3,2401.00001v2,none",
        "p/4,cs/0101,tf",
    ]

    assert read_archive(lines, "a.csv") == [ArchivedLink("p/1", 2023, "pytorch"), ArchivedLink("p/3", 2024, None)]
    with pytest.raises(InputError, match=r"no column framework, paper_arxiv_id"):
        read_archive(["paper_url"], "a.csv")
