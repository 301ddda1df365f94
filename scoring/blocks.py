"""Subjects in blocks: what is looked at of one block at a time need not be in memory of everybody."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from catalog.span import SUBJECTS_AT_ONCE, Span, spans

Block = tuple[pl.DataFrame, pl.DataFrame]
"""The evidence of some subjects, and who they are."""


def blocks_of(subjects: pl.DataFrame, at_once: int = SUBJECTS_AT_ONCE) -> Sequence[pl.DataFrame]:
    """Part the subjects by name into blocks; one without anybody where there is nobody."""
    ordered = subjects.sort("subject")
    return list(ordered.iter_slices(at_once)) or [ordered]


def spans_of(blocks: Sequence[pl.DataFrame]) -> list[Span]:
    """Return the span of each block of subjects; together they hold every name."""
    return spans([some["subject"][-1] for some in blocks if not some.is_empty()])


@dataclass(frozen=True)
class Evidence:
    """The evidence of everybody, in parts (up to which name); of very many subjects each waits packed."""

    parts: Sequence[tuple[str, pl.DataFrame | bytes]]

    @classmethod
    def read(
        cls, subjects: pl.DataFrame, read: Callable[[Span], pl.DataFrame], at_once: int = SUBJECTS_AT_ONCE
    ) -> "Evidence":
        """Read the evidence of the subjects span by span, each in the order of names."""
        found = spans_of(blocks_of(subjects, at_once))
        pack = _packed if len(found) > 1 else _as_it_is
        return cls([(span.upto, pack(read(span))) for span in found])

    def of(self, who: pl.DataFrame) -> pl.DataFrame:
        """Return the evidence of some subjects."""
        ordered, parts = who["subject"].sort(), []
        after = ""
        for upto, part in self.parts:
            if ordered.search_sorted(after, "right") < ordered.search_sorted(upto, "right"):
                parts.append(_unpacked(part))
            after = upto
        whole = pl.concat(parts) if parts else _unpacked(self.parts[0][1])
        return whole.join(who, on="subject", how="semi", maintain_order="left")

    def blocks(self, blocks: Iterable[pl.DataFrame]) -> Iterator[Block]:
        """Yield each block of subjects with its evidence."""
        return ((self.of(who), who) for who in blocks)


def _as_it_is(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def _packed(frame: pl.DataFrame) -> bytes:
    kept = BytesIO()
    frame.write_ipc_stream(kept, compression="zstd")  # to read Parquet back takes 8 MiB more
    return kept.getvalue()


def _unpacked(part: pl.DataFrame | bytes) -> pl.DataFrame:
    return part if isinstance(part, pl.DataFrame) else pl.read_ipc_stream(BytesIO(part))
