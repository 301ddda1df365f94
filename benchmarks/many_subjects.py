"""A warehouse of as many subjects as are asked for: those of the demo again and again, under other names."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from catalog.moments import midnight
from scoring.rubric_files import available
from warehouse.connection import open_writer
from warehouse.exchange import registered
from warehouse.query import rows
from warehouse.reader import open_reader

MONTHS = timedelta(days=396)
NONE_OF = ("contribution", "score_interval", "dimension_interval", "rank_probability")
"""What a night makes anew, and no page reads of an earlier one."""
SCORED = ("score", "dimension_score")
OWN = "from demo.{} where rubric = $rubric and as_of < $day and as_of > $since"
KEPT = {table: OWN.format(table) for table in SCORED} | {
    "observation": """
from demo.observation qualify row_number() over (
  partition by subject, metric, method, source, date_trunc('month', valid_at) order by valid_at desc, known_at desc
) = 1
"""
}
"""What is copied of large tables: of each series the last word of a month, and twelve months of scores."""
TABLES = """
select table_name, list(column_name) as columns
from information_schema.columns join information_schema.tables using (table_catalog, table_schema, table_name)
where table_catalog = 'demo' and table_type = 'BASE TABLE'
group by table_name order by table_name
"""


def newest_day(home: Path) -> datetime:
    """Return the end of the newest day that a home knows of: what is scored there."""
    with open_reader(home / "speedscore.duckdb") as connection:
        return midnight(rows(connection, "newest_knowledge")[0]["known_at"].date()) + timedelta(days=1)


def make_home(demo: Path, home: Path, size: int) -> None:
    """Fill a new home with so many subjects of the demo; the scores of its last twelve months come along."""
    day = newest_day(demo)
    with open_writer(home / "speedscore.duckdb", day) as connection:
        connection.execute(f"attach '{demo / 'speedscore.duckdb'}' as demo (read_only)")
        known = [
            one for (one,) in connection.execute("select distinct subject from demo.subject order by 1").fetchall()
        ]
        with registered(connection, copied=copies(known, size)):
            for table, columns in connection.execute(TABLES).fetchall():
                if table not in NONE_OF and ("subject" in columns or _is_empty(connection, table)):
                    _copy(connection, table, columns, day)
        connection.execute("detach demo")


def copies(known: Iterable[str], size: int) -> pl.DataFrame:
    """Return whose rows (of) become whose (subject): the known ones first, then again with a number."""
    subjects = list(known)
    turns = [(of, f"{of}-{turn}" if turn else of) for turn in range(-(-size // len(subjects))) for of in subjects]
    return pl.DataFrame(turns[:size], schema=["of", "subject"], orient="row")


def _is_empty(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"select count(*) from {table}").fetchone() == (0,)  # noqa: S608 - a table of ours


def _copy(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], day: datetime) -> None:
    """Copy the rows of a table; those of subjects for each that is wanted, landing by landing, by name."""
    if "subject" not in columns:
        connection.execute(f"insert into {table} by name from demo.{table}")
        return
    wanted = {"rubric": available()[-1], "day": day, "since": day - MONTHS} if table in SCORED else {}
    lines = [
        f"insert into {table} by name",
        "select told.* replace (copied.subject as subject)",
        f"from ({KEPT.get(table, f'from demo.{table}')}) as told join copied on told.subject = copied.of",
        f"order by {'known_at, ' if 'known_at' in columns else ''}subject",
    ]
    connection.execute("\n".join(lines), wanted)
