"""Show rows: a table on a terminal, plain lines in a pipe, JSON for machines."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any


def show(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool = False, title: str = "") -> None:
    """Print rows; times as ISO 8601 UTC, absent values as a dash (null in JSON)."""
    found = [{name: row[name] for name in columns} for row in rows]
    if as_json:
        print_json(found)
    elif sys.stdout.isatty():
        _table(found, columns, title)
    else:
        print_lines([list(columns), *([_word(row[name]) for name in columns] for row in found)])


def print_json(found: Any) -> None:
    """Print JSON."""
    print(json.dumps(found, default=_word, indent=2, ensure_ascii=False))


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print CSV with a header; absent values are empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if value is None else value for value in row] for row in rows])


def print_lines(rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, two spaces apart."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True))
        print(line.rstrip())


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None, title_justify="left")
    for name in columns:
        is_number = any(isinstance(row[name], int | float) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_word(row[name]) for name in columns))
    Console().print(table)


def _word(value: Any) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            at_midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
            return f"{value:%Y-%m-%d}" if at_midnight else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case float():
            return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:.10g}"
        case _:
            return str(value)
