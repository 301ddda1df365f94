"""Shards: every subject belongs to one of them, whoever else is followed."""

import pytest

from catalog.errors import InputError
from flows.stages.shard import shard_of

IDS = [f"subject-{number}" for number in range(1_000)]


@pytest.mark.parametrize("shards", [1, 2, 7])
def test_every_subject_is_in_one_shard_and_the_shards_are_about_alike(shards):
    parts = [shard_of(IDS, f"{number}/{shards}") for number in range(1, shards + 1)]

    assert sorted(one for part in parts for one in part) == sorted(IDS)
    assert min(map(len, parts)) > 0.8 * len(IDS) / shards


def test_a_new_subject_moves_no_other():
    assert set(shard_of(IDS, "2/3")) <= set(shard_of([*IDS, "new"], "2/3"))


@pytest.mark.parametrize("written", ["3/2", "0/2", "1/0", "1", "a/b", "1/2/3", "-1/2", ""])
def test_what_is_no_shard_is_refused_in_a_sentence(written):
    with pytest.raises(InputError, match="write the second of five as 2/5"):
        shard_of(IDS, written)
