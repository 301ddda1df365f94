"""Facts finer than an observation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rows:
    """Rows for a table of the warehouse, such as issue: observations are derived from them."""

    table: str
    rows: Sequence[Mapping[str, Any]]
