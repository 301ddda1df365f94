"""Read the evidence for scores, and store the scores made from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import polars as pl

from catalog.errors import InputError
from catalog.span import Span
from warehouse.connection import whole
from warehouse.errors import WarehouseError
from warehouse.exchange import frame_of, registered
from warehouse.query import rows, statement
from warehouse.staging import Staging, staging

DRAWN = {
    "score_interval": "stored_intervals",
    "dimension_interval": "stored_dimension_intervals",
    "rank_probability": "stored_ranks",
}
PARTS = {"dimension_score": "stored_dimensions", "contribution": "stored_contributions"}


@dataclass(frozen=True)
class UsedRubric:
    """What the warehouse keeps of a rubric; the default one is the newest."""

    id: str
    sha256: str
    base_date: date
    is_default: bool


def evidence(
    connection: duckdb.DuckDBPyConnection, metrics: Sequence[str], known_at: datetime, before: datetime
) -> pl.DataFrame:
    """Return the last word known at `known_at` on every input named in `metrics` and true before `before`."""
    asked = {"metrics": list(metrics), "known_at": known_at, "before": before}
    return frame_of(connection, "evidence", **asked)


def evidence_since(  # noqa: PLR0913, PLR0917 - what is known, of when, and of whom
    connection: duckdb.DuckDBPyConnection,
    metrics: Sequence[str],
    known_at: datetime,
    before: datetime,
    since: datetime,
    span: Span = Span(),  # noqa: B008 - it never changes
) -> pl.DataFrame:
    """Return what `evidence` does of the subjects of a span, where no day before `since` is scored.

    Older values are left out that a newer one of the same series replaces.
    """
    asked = {"metrics": list(metrics), "known_at": known_at, "before": before, "since": since}
    return frame_of(connection, "evidence_since", **asked, **span._asdict())


def subjects_known(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    """Return subject, name and kind of what was followed, as known at `known_at`; InputError before the first."""
    found = frame_of(connection, "subjects_known", known_at=known_at)
    if found.is_empty():
        first = rows(connection, "first_subject")[0]["known_at"]
        since = f"; it knows something from {first:%Y-%m-%d %H:%M:%S} UTC on" if first else ""
        raise InputError(f"this warehouse knew nothing yet at {known_at:%Y-%m-%d %H:%M:%S} UTC{since}")
    return found


def refuse_unknown(subjects: pl.DataFrame, subject: str, known_at: datetime) -> None:
    """Raise InputError where a subject is followed but not among those that were known at `known_at`."""
    if subject not in subjects["subject"]:
        told = f"nothing was stored of {subject} yet at {known_at:%Y-%m-%d %H:%M:%S} UTC"
        raise InputError(f"{told}; `speedscore nightly` asks about it")


def stored_scores(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return every stored score."""
    return frame_of(connection, "stored_scores")


def stored_draws(connection: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """Return every stored interval and rank probability, by table."""
    return {table: frame_of(connection, query) for table, query in DRAWN.items()}


def drawn_days(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the days whose uncertainty was drawn: known_at, rubric, as_of, cases, and whether all is as kept."""
    return frame_of(connection, "drawn_days")


def stored_parts(
    connection: duckdb.DuckDBPyConnection, known_at: datetime, rubric: str, since: datetime, until: datetime
) -> dict[str, pl.DataFrame]:
    """Return what is kept behind the scores of the days of a span, by table."""
    asked = {"known_at": known_at, "rubric": rubric, "since": since, "until": until}
    return {table: frame_of(connection, query, **asked) for table, query in PARTS.items()}


def scoreless_parts(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the keys behind which something is kept and no score, as differences."""
    return frame_of(connection, "scoreless_parts")


def rubric_text(connection: duckdb.DuckDBPyConnection, rubric: str) -> str | None:
    """Return the fingerprint of the text that a rubric had at its first use, None before."""
    known = rows(connection, "rubric_sha256", id=rubric)
    return known[0]["sha256"] if known else None


def use_rubric(connection: duckdb.DuckDBPyConnection, used: UsedRubric, known_at: datetime) -> None:
    """Note that a rubric is used; refuse one whose file was edited since its first use."""
    if rubric_text(connection, used.id) not in {None, used.sha256}:
        raise WarehouseError(f"rubric {used.id} was edited after scores were made with it; add a new rubric instead")
    connection.execute(statement("insert_rubric"), vars(used) | {"known_at": known_at})


def record(
    connection: duckdb.DuckDBPyConnection,
    parts: Iterable[Mapping[str, pl.DataFrame]],
    known_at: datetime,
    run_id: str,
) -> int:
    """Keep the scores that are new with what is behind them, in one transaction; return how many were.

    A part is of scores (scored, dimension, contributed), or of all draws of a day under a rubric (drawn_score,
    drawn_dimension, drawn_rank).
    """
    kept = 0
    with whole(connection), staging(connection) as staged:
        for frames in parts:
            with registered(connection, **frames):
                if "scored" in frames:
                    kept += _record_scores(staged, known_at, run_id)
                else:
                    _record_draws(staged, known_at)
    return kept


def _record_scores(staged: Staging, known_at: datetime, run_id: str) -> int:
    fresh = staged.stage("fresh_score", "record_scores", known_at=known_at, run_id=run_id)
    for name in ("insert_scores", "insert_dimension_scores", "insert_contributions"):
        staged.connection.execute(statement(name))
    return fresh


def _record_draws(staged: Staging, known_at: datetime) -> None:
    staged.stage("fresh_draw", "record_draws", known_at=known_at)
    for name in ("insert_score_interval", "insert_dimension_interval", "insert_rank_probability", "insert_drawn_day"):
        staged.connection.execute(statement(name), {"known_at": known_at})
