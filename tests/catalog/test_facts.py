"""Curated facts of several files: one word on each key."""

import pytest

from catalog.errors import CatalogError
from catalog.load import load_catalog, read_catalog

FACT = """
[[fact]]
subject = "pytorch"
metric = "github.stars"
value = {value}
valid_from = 2024-01-15
review_by = 2024-07-15
source = "seed card"
"""


def test_a_fact_that_is_said_twice_in_a_file_is_refused():
    with pytest.raises(CatalogError, match=r"github\.stars of pytorch from 2024-01-15 stands 2 times"):
        read_catalog("schema = 1\n" + FACT.format(value=1) + FACT.format(value=2), "own.toml")


def test_the_word_of_a_users_file_takes_the_place_of_the_shipped_one(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("schema = 1\n" + FACT.format(value=74433))

    facts = [fact.number for fact in load_catalog(own).facts if fact.metric == "github.stars"]

    assert facts == [74433.0]
