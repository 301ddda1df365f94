"""Subjects in blocks: what is looked at of one block at a time need not be in memory of everybody."""

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

SUBJECTS_AT_ONCE = 1_000

Block = tuple[pl.DataFrame, pl.DataFrame]
"""The evidence of some subjects, and who they are."""


def blocks_of(subjects: pl.DataFrame, at_once: int = SUBJECTS_AT_ONCE) -> Sequence[pl.DataFrame]:
    """Part the subjects by name into blocks; one without anybody where there is nobody."""
    ordered = subjects.sort("subject")
    return list(ordered.iter_slices(at_once)) or [ordered]


def evidence_of(evidence: pl.DataFrame, blocks: Iterable[pl.DataFrame]) -> Iterator[Block]:
    """Yield each block of subjects with its evidence."""
    for who in blocks:
        yield evidence.join(who, on="subject", how="semi", maintain_order="left"), who
