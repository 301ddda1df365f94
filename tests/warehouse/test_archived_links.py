"""The frozen archive knows some accepted papers: by arXiv id, else by the words of the title."""

import polars as pl

from warehouse.archived_links import WANTED, archived_links

LINKS = {
    "paper_title": ["A Title: of Two", "Another", "A Title of two", None],
    "paper_arxiv_id": [None, "2301.00001v2", "2301.00009", None],
    "repo_url": ["https://github.com/a/one", "https://github.com/a/two", None, "https://github.com/a/four"],
    "framework": ["pytorch", "none", "tf", "jax"],
    "is_official": [True, None, True, False],
}


def test_links_come_with_the_archive_s_own_label(tmp_path):
    path = tmp_path / "links.parquet"
    pl.DataFrame(LINKS).write_parquet(path)
    wanted = pl.DataFrame(
        [("icml", 2023, "p1", None, "a title of two"), ("icml", 2023, "p2", "2301.00001", "x")],
        schema=WANTED,
        orient="row",
    )

    found = archived_links([path], wanted)

    assert [(one["paper_id"], one["address"], one["is_official"], one["label"]) for one in found] == [
        ("p1", "https://github.com/a/one", True, "pytorch"),
        ("p2", "https://github.com/a/two", False, "none"),
    ]
    pl.DataFrame(LINKS).drop("paper_title").write_parquet(path)
    assert archived_links([path], wanted) == []
    assert archived_links([path], wanted.clear()) == []


def test_papers_whose_titles_have_no_words_are_not_taken_for_one_another(tmp_path):
    path = tmp_path / "links.parquet"
    pl.DataFrame(LINKS | {"paper_title": ["?", "", "!", None]}).write_parquet(path)
    wanted = pl.DataFrame([("icml", 2023, "p1", None, "")], schema=WANTED, orient="row")

    assert archived_links([path], wanted) == []
