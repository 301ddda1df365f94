"""A landing of very many subjects is looked at in parts, so that it needs no more memory than one of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from warehouse.query import rows
from warehouse.staging import Staging

ROWS_AT_ONCE = 2_000_000
"""What 2 GB of memory are enough for."""
FEW_ROWS_AT_ONCE = 100_000
"""What 112 MB are enough for."""
AFTER_ALL = chr(0x10FFFF)


@dataclass(frozen=True)
class Part:
    """The subjects from `first` up to the one `before` which it ends, in order of their ids; by default all."""

    first: str = ""
    before: str = AFTER_ALL

    @property
    def bounds(self) -> dict[str, Any]:
        """Both ends, as parameters of statements."""
        return asdict(self)


def parts(staged: Staging, arrived_rows: int, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[Part]:
    """Show as `arrived` one part after the other of all that arrived; together they have every subject there can be.

    Of a part that has more than one subject about `rows_at_once` have arrived.
    """
    if arrived_rows <= rows_at_once:
        yield Part()
        return
    firsts = [row["first"] for row in rows(staged.connection, "part_firsts", rows_at_once=rows_at_once)]
    for first, before in zip(["", *firsts[1:]], [*firsts[1:], AFTER_ALL], strict=True):
        part = Part(first, before)
        staged.stage("arrived", "stage_part", **part.bounds)
        yield part
