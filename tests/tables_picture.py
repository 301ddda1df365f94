"""The picture of the tables in docs/tables.md, drawn from the schema: python -m tests.tables_picture draws it anew."""

import re
from pathlib import Path

import duckdb

from flows.clock import utc_now
from warehouse.migrate import migrate

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
BLOCK = re.compile(r"```mermaid\n.*?```", re.DOTALL)
DRAWN = (
    "subject", "metric", "run", "rubric", "observation", "curated_fact", "score", "dimension_score", "contribution",
    "score_interval", "rank_probability", "quality_event", "review_queue", "repository_state",
)  # fmt: skip
SCORED = ("subject", "as_of", "rubric", "known_at")
ONE = {"subject": "subject", "metric": "metric", "run_id": "run", "rubric": "rubric"}
"""Which column leads to which table."""


def picture() -> str:
    """Return the entity-relationship diagram of the main tables, for Mermaid."""
    with duckdb.connect() as connection:
        migrate(connection, utc_now())
        found = connection.sql(
            "select table_name, column_name, data_type from duckdb_columns() where not internal order by column_index"
        ).fetchall()
    columns = {table: [row[1:] for row in found if row[0] == table] for table in DRAWN}
    boxes = [
        f"  {table} {{\n" + "".join(f"    {_type(kind)} {name}\n" for name, kind in columns[table]) + "  }\n"
        for table in DRAWN
    ]
    return f"```mermaid\nerDiagram\n{''.join(_lines(columns))}{''.join(boxes)}```"


def _lines(columns: dict[str, list[tuple[str, str]]]) -> list[str]:
    """Return a line from each table to what it belongs to: its score, else subject, metric, run and rubric."""
    found = []
    for table in DRAWN:
        names = [name for name, _ in columns[table]]
        if table != "score" and set(SCORED) <= set(names):
            found.append(f'  score ||--o{{ {table} : "{", ".join(SCORED)}"\n')
            continue
        found += [
            f"  {other} ||--o{{ {table} : {column}\n"
            for column, other in ONE.items()
            if column in names and other != table
        ]
    return found


def _type(kind: str) -> str:
    return re.sub(r"\W+", "_", kind.lower()).strip("_")


def with_picture(text: str) -> str:
    """Return the page with the picture of today's schema."""
    return BLOCK.sub(lambda _: picture(), text)


if __name__ == "__main__":
    PAGE.write_text(with_picture(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
