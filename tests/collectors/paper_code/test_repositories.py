"""Trees and texts of many repositories are asked for at once, by queries that GitHub knows."""

import graphql
import pytest

from collectors.github_api.client import connect
from collectors.paper_code.repositories import read_repositories, read_tree, texts_query, trees_query
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import always, as_json


def test_the_queries_stand_in_the_public_schema(schema):
    for query in (trees_query(["a/b", "c/d"]), texts_query({"a/b": ["x.py", 'odd "name".py'], "c/d": ["y.ipynb"]})):
        assert graphql.validate(schema, graphql.parse(query)) == []


def test_a_tree_tells_which_files_are_read_and_whether_all_of_it_was_seen():
    below = {"name": "src", "type": "tree", "object": {"entries": [{"name": "net.py", "type": "blob"}]}}
    deep = {"name": "deep", "type": "tree", "object": None}
    node = {"tree": {"entries": [below, deep, {"name": "requirements.txt", "type": "blob"}]}, "primaryLanguage": None}

    listed = read_tree("a/b", node)

    assert listed.files == ("src/net.py",)
    assert listed.manifests == ("requirements.txt",)
    assert (listed.tree.paths, listed.tree.is_whole) == (("src/net.py", "requirements.txt"), False)
    assert read_tree("a/b", {"tree": None}).verdict.state == "no_code"


def test_a_tree_that_timed_out_is_no_repository_without_code(server):
    error = {"path": ["r0", "tree"], "message": "Something went wrong"}
    empty = {"databaseId": 1, "pushedAt": None, "defaultBranchRef": None, "primaryLanguage": None, "tree": None}
    server.answering = always(as_json({"data": {"r0": empty, "r1": empty}, "errors": [error]}))

    with upstream(server) as found:
        seen = list(read_repositories(connect(found), ["a/b", "c/d"]))

    assert [one.verdict.state for one in seen] == ["unreadable", "no_code"]


LIBRARY = ("import os", "import numpy")


@pytest.mark.parametrize(
    ("texts", "errors", "state"),
    [
        (LIBRARY, [], "no_framework"),
        ((LIBRARY[0], None), [], "no_framework"),
        ((LIBRARY[0], None), [{"path": ["r0", "f1"], "message": "timeout"}], "unreadable"),
        ((LIBRARY[0], None), [{"message": "timeout"}], "unreadable"),
        (("import torch", None), [{"path": ["r0", "f1"], "message": "timeout"}], "named"),
    ],
    ids=[
        "all came",
        "one is no text",
        "one did not come",
        "one did not come, unnamed",
        "one did not come, the other tells",
    ],
)
def test_a_repository_of_which_a_file_did_not_come_is_not_one_without_a_framework(server, texts, errors, state):
    entries = [{"name": name, "type": "blob"} for name in ("a.py", "b.py")]
    node = {"databaseId": 1, "pushedAt": None, "defaultBranchRef": None, "primaryLanguage": None}
    tree = as_json({"data": {"r0": {**node, "tree": {"entries": entries}}}})
    blobs = {f"f{place}": None if text is None else {"text": text} for place, text in enumerate(texts)}
    files = as_json({"data": {"r0": blobs}, "errors": errors})
    server.answering = lambda _, asked: tree if b"query trees" in asked.body else files

    with upstream(server) as found:
        [seen] = read_repositories(connect(found), ["a/b"])

    assert seen.verdict.state == state
