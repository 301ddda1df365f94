"""Issues as the warehouse gives them."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from warehouse.facts import FACTS
from warehouse.issues import STORED


def issue_frame(found: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """One row per issue, columns as in STORED; what only the store can tell is null where it is not given."""
    listed = list(found)
    given = {name: [row[name] for row in listed] for name in FACTS["issue"]}
    more = {name: [row.get(name) for row in listed] for name in STORED if name not in FACTS["issue"]}
    return pl.DataFrame({**given, **more}, schema=STORED)
