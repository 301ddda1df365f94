"""Keep the newest word of each series beside all words, so that questions about now need not read all history."""

from datetime import datetime

import duckdb
import polars as pl

from catalog.span import Span, spans
from warehouse.exchange import frame_of
from warehouse.query import rows, statement
from warehouse.staging import Staging, staging

WORDS_AT_ONCE = 2_000_000
"""How many words are looked at together, where all are; those of one subject always are."""


def kept_until(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """Return up to which moment of learning the newest words are kept; None where there are none."""
    found: datetime | None = rows(connection, "kept_until")[0]["known_until"]
    return found


def odd_newest(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the series whose newest words are not the newest that was said, as differences without a rubric."""
    ends = [row["subject"] for row in rows(connection, "ends_of_rows", rows_at_once=WORDS_AT_ONCE)]
    return pl.concat([frame_of(connection, "odd_newest", **part._asdict()) for part in spans(ends)])


def keep_newest(staged: Staging, known_at: datetime, kept_until: datetime | None, part: Span) -> None:
    """Bring the newest words of some subjects up to date, kept until then, by a landing of `known_at` or before.

    What was written since stays shown as `landed`.
    """
    staged.stage("written", "stage_written", kept_until=kept_until, **part._asdict())
    within = rows(staged.connection, "written_within")[0]
    if within["from_at"]:
        staged.stage("landed", "stage_landed", kept_until=kept_until, **within)
    else:
        staged.connection.execute(statement("show_written"))
    unsettled = staged.stage("unsettled", "stage_unsettled", known_at=known_at, kept_until=kept_until, **part._asdict())
    _exchange(staged, "stage_newest")
    if unsettled:
        _exchange(staged, "stage_counted")


def count_ahead(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Count the newest words anew that a clock which was ahead took for the newest; `now` is naive UTC."""
    with staging(connection) as staged:
        if staged.stage("unsettled", "stage_ahead", now=now):
            _exchange(staged, "stage_counted")


def _exchange(staged: Staging, query: str) -> None:
    """Put fresh words in the place of the old ones."""
    staged.stage("fresh_word", query)
    for name in ("forget_newest", "insert_newest"):
        staged.connection.execute(statement(name))
