"""Shards: which subjects are one worker's part of a night that several share."""

import hashlib
import re
from collections.abc import Iterable

from catalog.errors import InputError

SHARD = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")


def shard_of(subject_ids: Iterable[str], shard: str) -> list[str]:
    """Return the ids of one shard, written "2/5" for the second of five: by their hash, so a new one moves none."""
    found = SHARD.fullmatch(shard)
    number, shards = map(int, found.groups()) if found else (1, 0)
    if number > shards:
        raise InputError(f"--shard {shard!r}: write the second of five as 2/5")
    return [one for one in subject_ids if _place(one) % shards == number - 1]


def _place(subject_id: str) -> int:
    return int.from_bytes(hashlib.sha256(subject_id.encode()).digest()[:8])
