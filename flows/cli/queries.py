"""The command that asks the warehouse in SQL."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import InputError
from catalog.text import text_of
from flows.cli.arguments import Json, load_settings
from flows.cli.show import show_rows

queries = typer.Typer()


@queries.command(context_settings={"ignore_unknown_options": True})
def sql(
    query: Annotated[str | None, typer.Argument(help="One reading statement; read from a pipe when left out.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the statement.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    snapshot: Annotated[
        str | None, typer.Option(metavar="N", help="Of a lake: as a snapshot had it, by its number or a moment.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Query the published warehouse, read-only."""
    from flows.stages.reading import answering
    from warehouse.query import ask

    if form not in {"table", "csv", "json"}:
        raise InputError(f"--format {form!r}: choose table, csv, json")
    settings, text = load_settings(), _query(query, file)
    with answering(settings, snapshot) as connection:
        found = ask(connection, text, settings.sql_timeout_s)
    show_rows(found.columns, found.rows, "json" if as_json else form)


def _query(query: str | None, file: Path | None) -> str:
    """Return the statement: as it was given, from a file, or from a pipe."""
    if query is not None and file is not None:
        raise InputError("give a query or --file, not both")
    if query is None and file is None and sys.stdin.isatty():
        raise InputError('no query; try: speedscore sql "from latest_score"')
    try:
        return query if query is not None else text_of(file) if file else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file or 'the pipe'} cannot be read as text ({error}); give one SQL statement") from error
