"""What users ask for in SQL: the names of docs/tables.md stand, and every column says what it means."""

import pytest

PROMISED = {
    "observation": (
        "subject, metric, method, source, valid_at, known_at, value, lo, hi, n, status, reason, definition, unit, url, "
        "raw_sha256, run_id"
    ),
    "metric_latest": "subject, metric, value, status, reason, source, valid_at, known_at, age_days",
    "metric_daily": "subject, metric, day, value, status",
    "score": (
        "subject, as_of, rubric, known_at, speed_score, speed_raw, lo, hi, coverage, measured_share, status, reason, "
        "ecosystem, production, research, learning, performance, inputs_sha256, run_id"
    ),
    "latest_score": "subject, as_of, rubric, known_at, speed_score, lo, hi, coverage, status, reason",
    "contribution": "subject, as_of, rubric, dimension, metric, value, mark, weight, points",
    "gap": "subject, metric, source, reason, valid_at, is_recoverable",
    "run": "run_id, kind, status, started_at, finished_at",
    "quality_event": "run_id, subject, metric, valid_at, kind, value, detail",
    "review_queue": "subject, metric, kind, detail",
    "curated_fact": "subject, metric, value, valid_from, review_by, source, quote",
    "metric_as_of('2026-01-01', '2026-01-01')": "subject, metric, value, status, valid_at, known_at, age_days",
}


@pytest.mark.parametrize(("relation", "columns"), PROMISED.items(), ids=[name.partition("(")[0] for name in PROMISED])
def test_the_promised_columns_stand(warehouse, relation, columns):
    assert warehouse.sql(f"select {columns} from {relation}").fetchall() == []


def test_every_column_says_what_it_means(warehouse):
    silent = """
      select table_name, column_name from duckdb_columns()
      where database_name = current_database() and schema_name = 'main' and not internal and coalesce(comment, '') = ''
    """

    assert warehouse.sql(silent).fetchall() == []


def test_every_table_and_view_says_what_it_holds(warehouse):
    silent = """
      select table_name from duckdb_tables() where not temporary and coalesce(comment, '') = ''
      union all select view_name from duckdb_views() where not internal and not temporary and coalesce(comment, '') = ''
    """

    assert warehouse.sql(silent).fetchall() == []


def test_an_empty_warehouse_answers_with_nothing(warehouse):
    assert [warehouse.sql(f"from {view}").fetchall() for view in ("metric_latest", "metric_daily", "gap")] == [
        [],
        [],
        [],
    ]
