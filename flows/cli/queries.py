"""The command that asks the warehouse in SQL."""

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalog.errors import InputError
from catalog.text import text_of
from flows.cli.arguments import Json, Wide, load_settings
from flows.cli.show import show_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from warehouse.query import Result

queries = typer.Typer()
FORMS = ("table", "records", "csv", "json", "md")
TABLES = ".tables"


@queries.command(context_settings={"ignore_unknown_options": True})
def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="One reading statement, a .sql file, or .tables; read from a pipe when left out."),
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A file with the statement.")] = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a file: .parquet, .csv, .md or .json by its name.")
    ] = None,
    describe: Annotated[
        bool, typer.Option("--describe", help="Say what the columns of a table mean; without a name, list the tables.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="table, records, csv, json or md.")] = "table",
    snapshot: Annotated[
        str | None, typer.Option(metavar="N", help="Of a lake: as a snapshot had it, by its number or a moment.")
    ] = None,
    wide: Wide = False,
    as_json: Json = False,
) -> None:
    """Query the published warehouse, read-only.

    speedscore sql "from leaderboard"

    speedscore sql .tables

    speedscore sql --describe leaderboard

    speedscore sql question.sql -o answer.parquet
    """
    from flows.cli.written import as_markdown, check_name, write_rows
    from flows.stages.reading import answering
    from warehouse.query import ask

    if form not in FORMS:
        raise InputError(f"--format {form!r}: choose {', '.join(FORMS)}")
    if out:
        check_name(out)
    settings = load_settings()
    text = None if describe or query == TABLES else _query(query, file)
    with answering(settings, snapshot) as connection:
        if text is None:
            found = _described(connection, None if query == TABLES else query)
        else:
            found = ask(connection, text, settings.sql_timeout_s)
    if out:
        write_rows(out, found)
    elif form == "md":
        print(as_markdown(found), end="")
    else:
        show_rows(found.columns, found.rows, "json" if as_json else form)


def _described(connection: "DuckDBPyConnection", name: str | None) -> "Result":
    """Return what can be asked, or the columns of one table with what they mean."""
    from warehouse.query import Result, columns_of_moment, rows

    tables = rows(connection, "tables")
    if name is None:
        return Result(list(tables[0]), [tuple(row.values()) for row in tables])
    found = rows(connection, "columns_of", asked=name)
    if (moment := name.partition("(")[0]) in {row["name"].partition("(")[0] for row in tables if "(" in row["name"]}:
        found = columns_of_moment(connection, moment)
    if not found:
        names = [row["name"].partition("(")[0] for row in tables]
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}?" if near else "speedscore sql .tables lists them"
        raise InputError(f"no table or view is called {name!r}; {hint}")
    return Result(list(found[0]), [tuple(row.values()) for row in found])


def _query(query: str | None, file: Path | None) -> str:
    """Return the statement: as it was given, from a file, or from a pipe."""
    if query is not None and file is not None:
        raise InputError("give a query or --file, not both")
    if query is not None and query.endswith(".sql") and " " not in query.strip():
        file, query = Path(query), None
    if query is None and file is None and sys.stdin.isatty():
        raise InputError('no query; try: speedscore sql "from leaderboard"')
    try:
        return query if query is not None else text_of(file) if file else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file or 'the pipe'} cannot be read as text ({_cause(error)}); give one SQL statement"
        ) from error


def _cause(error: OSError | UnicodeDecodeError) -> str:
    """Say why a file cannot be read, without its name and number."""
    return str(error.strerror).lower() if isinstance(error, OSError) else str(error)
