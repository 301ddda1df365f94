"""Run the SQL that stands in files, and the SQL of users."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Timer
from typing import Any

import duckdb

from catalog.moments import EPOCH
from warehouse.errors import QueryError
from warehouse.lake_questions import refuse_beyond_tables

PATIENCE_S = 60.0
ROWS_AT_ONCE = 10_000
READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


@cache
def statement(name: str) -> str:
    """Return the text of warehouse/queries/<name>.sql."""
    return files("warehouse").joinpath(f"queries/{name}.sql").read_text(encoding="utf-8")


def rows(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a query file; give its rows as dictionaries."""
    result = connection.execute(statement(name), parameters)
    names = [column for column, *_ in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def columns_of_moment(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    """Return column, type and meaning of a view of a moment, such as metric_as_of."""
    shown = connection.table_function(name, [EPOCH, EPOCH])
    meaning = {row["column"]: row["meaning"] for row in rows(connection, "columns_of_moment")}
    told = zip(shown.columns, shown.types, strict=True)
    return [{"column": one, "type": str(kind).lower(), "meaning": meaning.get(one)} for one, kind in told]


def each(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
    """Run a query file that gives very many rows; yield them as tuples, not all in memory at once.

    Until the last one is taken the connection answers nothing else.
    """
    result = connection.execute(statement(name), parameters)
    while some := result.fetchmany(ROWS_AT_ONCE):
        yield from some


@dataclass(frozen=True)
class Result:
    """What a query gave: the names of its columns, its rows, and the database's types of the columns where known."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    types: tuple[str, ...] = ()


def ask(connection: duckdb.DuckDBPyConnection, query: str, patience_s: float = PATIENCE_S) -> Result:
    """Run one reading statement of a user; raise QueryError with clear words otherwise, or when it takes too long."""
    alarm = Timer(patience_s, connection.interrupt)
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1:
            raise QueryError(f"one statement is run at a time; this text holds {len(statements)}")
        if statements[0].type not in READING:
            kind = statements[0].type.name.lower()
            raise QueryError(f"the warehouse is read-only: a {kind} statement is refused; ask with select")
        refuse_beyond_tables(connection, statements[0].query)
        alarm.start()
        found = connection.sql(statements[0].query)
        return Result(found.columns, found.fetchall(), tuple(map(str, found.types)))
    except duckdb.InterruptException as error:
        raise QueryError(
            f"the query took longer than {patience_s:g} s and was stopped; narrow it, or raise SPEEDSCORE_SQL_TIMEOUT_S"
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise QueryError(
            "the query needs more memory than its 2 GB; ask about fewer subjects, metrics or days at a time"
        ) from error
    except duckdb.PermissionException as error:
        raise QueryError("SQL reaches the tables of the warehouse only, no files; `show tables` lists them") from error
    except duckdb.Error as error:
        raise QueryError(_with_hints(error)) from error
    finally:
        alarm.cancel()


def _with_hints(error: duckdb.Error) -> str:
    """Return what the database says, with its hints and without its picture of the place."""
    said = str(error).strip().partition("\nLINE ")[0]
    return " ".join(said.split())
