"""Trees and texts of many repositories are asked for at once, by queries that GitHub knows."""

import graphql

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
