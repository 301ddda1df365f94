"""Tables of facts finer than an observation: their columns, and the one way to append to them.

`append_<table>.sql` says which rows of `appended` are new. A table more is a migration, that statement, and an entry
here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import duckdb
import polars as pl

from catalog.rows import Rows
from warehouse.exchange import registered
from warehouse.packed import Packed
from warehouse.query import statement

Columns = dict[str, type[pl.DataType] | pl.DataType]
COUNTED = ("stars", "forks", "issues_opened", "issues_closed", "pushes")
COUNTS = (*COUNTED, "issues_untold", "pushes_trimmed", "hours_read", "hours_missing", "lines_unreadable")
CLOSE: Columns = {
    "closed_at": pl.Datetime("us"),
    "reopened_at": pl.Datetime("us"),
    "reason": pl.String,
    "is_by_bot": pl.Boolean,
}
FACTS: dict[str, Columns] = {
    "issue": {
        "subject": pl.String,
        "number": pl.Int64,
        "created_at": pl.Datetime("us"),
        "closed_at": pl.Datetime("us"),
        "state_reason": pl.String,
        "author_kind": pl.String,
        "first_response_at": pl.Datetime("us"),
        "is_comment_known": pl.Boolean,
        "updated_at": pl.Datetime("us"),
    },
    "issue_asked": {
        "subject": pl.String,
        "number": pl.Int64,
        "asked_at": pl.Datetime("us"),
        "is_gone": pl.Boolean,
        "closes": pl.List(pl.Struct(CLOSE)),
    },
    "checkpoint": {
        "subject": pl.String,
        "since": pl.Datetime("us"),
        "cursor": pl.String,
        "reached": pl.Datetime("us"),
        "issues": pl.Int64,
    },
    "refetched": {"subject": pl.String, "metric": pl.String, "disputed_at": pl.Datetime("us")},
    "archive_day": {
        "subject": pl.String,
        "day": pl.Date,
        "repository_id": pl.Int64,
        **dict.fromkeys(COUNTS, pl.Int64),
        "coverage": pl.String,
        "part_sha256": pl.String,
    },
    "archive_hour": {
        "day": pl.Date,
        "hour": pl.Int64,
        "state": pl.String,
        "size_bytes": pl.Int64,
        "etag": pl.String,
        "sha256": pl.String,
        "unreadable": pl.Int64,
        "events": pl.Int64,
        "part_sha256": pl.String,
    },
    "question": {
        "subject": pl.String,
        "question": pl.Int64,
        "asked_at": pl.Datetime("us"),
        "first_answer_at": pl.Datetime("us"),
        "seen_until": pl.Datetime("us"),
    },
    "paper": {
        "listed_on": pl.Date,
        "paper_id": pl.String,
        "repository": pl.String,
        "frameworks": pl.String,
        "packages": pl.String,
    },
    "repository_state": {
        "repository": pl.String,
        "github_id": pl.Int64,
        "full_name": pl.String,
        "valid_at": pl.Datetime("us"),
        "is_archived": pl.Boolean,
        "is_disabled": pl.Boolean,
        "notice": pl.String,
        "commits_90d": pl.Int64,
        "base_commits_90d": pl.Float64,
        "base_windows": pl.Int32,
        "created_at": pl.Datetime("us"),
        "pushed_at": pl.Datetime("us"),
        "last_commit_at": pl.Datetime("us"),
        "last_release_at": pl.Datetime("us"),
        **dict.fromkeys(("state", "reason", "detail", "url", "raw_sha256"), pl.String),
    },
    "fact_reading": {
        **dict.fromkeys(("subject", "metric", "source", "url", "state", "detail", "raw_sha256"), pl.String),
        "valid_from": pl.Date,
        "read_at": pl.Datetime("us"),
    },
    "quality_event": {
        **dict.fromkeys(("subject", "metric", "source", "kind", "detail"), pl.String),
        "valid_at": pl.Datetime("us"),
        "value": pl.Float64,
        "expected": pl.Float64,
    },
    "venue_count": {
        "venue": pl.String,
        "year": pl.Int32,
        "source": pl.String,
        "papers": pl.Int64,
        "told": pl.Int64,
        **dict.fromkeys(("reason", "detail", "url", "raw_sha256"), pl.String),
        "counted_at": pl.Datetime("us"),
    },
    "accepted_paper": {
        "venue": pl.String,
        "year": pl.Int32,
        **dict.fromkeys(("paper_id", "title", "track", "place"), pl.String),
    },
    "paper_arxiv": {"venue": pl.String, "year": pl.Int32, "paper_id": pl.String, "arxiv_id": pl.String},
    "paper_link": {
        "venue": pl.String,
        "year": pl.Int32,
        **dict.fromkeys(("paper_id", "way", "address", "repository", "refusal", "label"), pl.String),
        "is_official": pl.Boolean,
        "seen_on": pl.Date,
    },
    "code_verdict": {
        "repository": pl.String,
        "github_id": pl.Int64,
        "read_at": pl.Datetime("us"),
        "pushed_at": pl.Datetime("us"),
        **dict.fromkeys(("way", "commit_sha", "state", "main", "importing", "libraries", "why", "rule"), pl.String),
        "is_weak": pl.Boolean,
        "files_read": pl.Int32,
    },
    "repository_commits": {"github_id": pl.Int64, "until": pl.Datetime("us"), "commits": pl.Int64},
}


def packed_facts(table: str) -> Packed[Mapping[str, Any]]:
    """Return where rows of a table wait for their landing, with the columns that it keeps."""
    return Packed(partial(fact_frame, table), dict)


def land_facts(connection: duckdb.DuckDBPyConnection, facts: Iterable[Rows], known_at: datetime, run_id: str) -> None:
    """Append everything that a run brought, in the transaction of its landing."""
    brought = [one for one in facts if one.rows]
    for table in FACTS:
        if any(one.table == table for one in brought):
            _append(connection, table, fact_frames(table, brought), known_at, run_id)


def append_facts(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    found: Iterable[Mapping[str, Any]],
    known_at: datetime,
    run_id: str,
) -> int:
    """Append the rows that the table does not know; return how many. Rows may have fields that it does not keep."""
    frame = fact_frame(table, found)
    return 0 if frame.is_empty() else _append(connection, table, [frame], known_at, run_id)


def _append(
    connection: duckdb.DuckDBPyConnection, table: str, frames: Iterable[pl.DataFrame], known_at: datetime, run_id: str
) -> int:
    with registered(connection, appended=frames):
        parameters = {"known_at": known_at, "run_id": run_id}
        return int(connection.execute(statement(f"append_{table}"), parameters).fetchall()[0][0])


def fact_frames(table: str, facts: Iterable[Rows]) -> Iterator[pl.DataFrame]:
    """Yield the rows of a table as frames with its columns; packed ones a block at a time."""
    for one in facts:
        if one.table == table:
            yield from one.rows.frames() if isinstance(one.rows, Packed) else [fact_frame(table, one.rows)]


def fact_frame(table: str, found: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows of facts as a frame with the columns of their table."""
    listed, columns = list(found), FACTS[table]
    return pl.DataFrame({name: [row.get(name) for row in listed] for name in columns}, schema=columns)
