"""Run the SQL that stands in files, and the SQL of users."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.connection import first_line
from warehouse.errors import QueryError

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


@cache
def statement(name: str) -> str:
    """Return the text of warehouse/queries/<name>.sql."""
    return files("warehouse").joinpath(f"queries/{name}.sql").read_text(encoding="utf-8")


def rows(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a query file; give its rows as dictionaries."""
    relation = connection.sql(statement(name), params=parameters)
    names = relation.columns
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


@dataclass(frozen=True)
class Result:
    """What a query gave: the names of its columns, and its rows."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> Result:
    """Run one reading statement of a user; raise QueryError with one clear sentence otherwise."""
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1:
            raise QueryError(f"one statement is run at a time; this text holds {len(statements)}")
        if statements[0].type not in READING:
            kind = statements[0].type.name.lower()
            raise QueryError(f"the warehouse is read-only: a {kind} statement is refused; ask with select")
        found = connection.sql(statements[0].query)
        return Result(found.columns, found.fetchall())
    except duckdb.Error as error:
        raise QueryError(first_line(error)) from error
