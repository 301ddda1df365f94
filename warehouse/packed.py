"""Rows that wait for their landing, packed as they come: a night of very many repositories fits into the memory.

They wait as Parquet in memory, not in files: a run that dies leaves nothing but its raw answers, from which it is
resumed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, TypeVar, overload

import polars as pl

ROWS_A_BLOCK = 8_192
Row = TypeVar("Row")


class Packed(Sequence[Row]):
    """Rows of one table, at about a twentieth of what they take as objects; read, they are what was appended.

    `as_frame` makes rows into a frame, `as_row` the columns of one of its rows into what came. Rows that have been
    packed come before those that have not.
    """

    def __init__(
        self, as_frame: Callable[[Sequence[Row]], pl.DataFrame], as_row: Callable[[Mapping[str, Any]], Row]
    ) -> None:
        """Begin without a row."""
        self._as_frame, self._as_row = as_frame, as_row
        self._blocks: list[bytes] = []
        self._packed = 0
        self._loose: list[Row] = []

    def append(self, row: Row) -> None:
        """Take one more row."""
        self._loose.append(row)
        if len(self._loose) >= ROWS_A_BLOCK:
            self._pack()

    def extend(self, rows: Iterable[Row]) -> None:
        """Take more rows; packed ones stay so."""
        if isinstance(rows, Packed):
            self._blocks += rows._blocks  # noqa: SLF001 - of one kind
            self._packed += rows._packed  # noqa: SLF001
            rows = rows._loose  # noqa: SLF001
        for row in rows:
            self.append(row)

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the rows as frames, a block at a time; at least one frame, which may be empty."""
        yield from (pl.read_parquet(BytesIO(block)) for block in self._blocks)
        if self._loose or not self._blocks:
            yield self._as_frame(self._loose)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._packed + len(self._loose)

    def __iter__(self) -> Iterator[Row]:
        """Yield what was appended."""
        for block in self._blocks:
            yield from map(self._as_row, pl.read_parquet(BytesIO(block)).iter_rows(named=True))
        yield from self._loose

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        """Return rows by their places; all of them are unpacked for it."""
        return list(self)[place]

    def __eq__(self, other: object) -> bool:
        """Return whether the other has the same rows in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _pack(self) -> None:
        block = BytesIO()
        self._as_frame(self._loose).write_parquet(block, compression="zstd", compression_level=1, statistics=False)
        self._blocks.append(block.getvalue())
        self._packed += len(self._loose)
        self._loose = []
