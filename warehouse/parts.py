"""A landing of very many subjects is looked at in parts, so that it needs no more memory than one of them."""

from collections.abc import Iterator

from catalog.span import Span, spans
from warehouse.query import rows
from warehouse.staging import Staging

ROWS_AT_ONCE = 2_000_000
"""What 2 GB of memory are enough for."""
FEW_ROWS_AT_ONCE = 100_000
"""What 96 MB are enough for."""


def parts(staged: Staging, arrived_rows: int, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[Span]:
    """Show as `arrived` one part after the other of all that arrived; together they have every subject there can be.

    Of a part that has more than one subject about `rows_at_once` have arrived.
    """
    if arrived_rows <= rows_at_once:
        yield Span()
        return
    ends = [row["upto"] for row in rows(staged.connection, "part_ends", rows_at_once=rows_at_once)]
    for part in spans(ends):
        staged.stage("arrived", "stage_part", **part._asdict())
        yield part
