"""Trees and texts of many repositories are asked for at once, by queries that GitHub knows."""

import graphql

from collectors.paper_code.repositories import read_tree, texts_query, trees_query


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
