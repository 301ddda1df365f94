"""Show rows: a table on a terminal, plain lines in a pipe, JSON and CSV for machines."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalog.wording import many
from flows.cli.layout import GAP, Column, Layout, ends, layout, records
from flows.notes import note, width_of
from reports.legible import escaped, one_line

if TYPE_CHECKING:
    from rich.table import Table

SMALL = 0.01


class Width:
    """How wide a terminal's table may be: as wide as the terminal, or as wide as it likes where `--wide` was said."""

    is_free = False


def show(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool = False, title: str = "") -> None:
    """Print rows; times as ISO 8601 UTC, absent values as a dash (null in JSON), figures rounded for people."""
    found = [[row[name] for name in columns] for row in rows]
    if not as_json:
        found = [[_rounded(value) for value in row] for row in found]
    show_rows(columns, found, "json" if as_json else "table", title)


def show_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str, title: str = "") -> None:
    """Print rows as table, records, csv or json; equal names of columns stay apart (in JSON as `a` and `a_2`)."""
    if form == "records":
        print_records(columns, rows)
    elif form == "json":
        keys = list(_apart(columns))
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
    elif form == "csv":
        _print_csv(columns, rows)
    elif sys.stdout.isatty():
        _table(columns, rows, title)
    else:
        print_lines([list(columns), *([_word(value) for value in row] for row in rows)])


def say_what_is_ahead(days: Iterable[datetime]) -> None:
    """Say why a day stands there that has not come yet: what is as of a midnight counts the day before it."""
    from flows.clock import utc_now

    if ahead := max((day for day in days if day > utc_now()), default=None):
        note(
            f"as of {ahead:%Y-%m-%d} 00:00 UTC: all of {ahead - timedelta(days=1):%Y-%m-%d} counts, as far as it has come"
        )


def say_mark(mark: str | None) -> None:
    """Say that the figures are invented, where they are."""
    if mark:
        note(f"{mark}: invented figures of a local replica")


def print_json(found: Any) -> None:
    """Print JSON; what JSON has no number for (infinite, not a number) as a string."""
    print(escaped(json.dumps(_plain(found), default=_word, indent=2, ensure_ascii=False, allow_nan=False)))


def print_lines(rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, two spaces apart."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True))
        print(line.rstrip())


def _print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print CSV with a header; absent values are empty, numbers exact."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_cell(value) for value in row] for row in rows])


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> None:
    said, left_out = ends([[_word(value) for value in row] for row in rows])
    hidden = draw(columns, said, title)
    if hidden:
        note(f"not shown: {', '.join(hidden)}; --wide or --json shows all")
    if left_out:
        note(f"{many(len(rows), 'rows')}, {left_out:,} of them not shown; piped or with --json all come")


def draw(columns: Sequence[str], said: Sequence[Sequence[str]], title: str = "") -> tuple[str, ...]:
    """Print words as a table, or as records, on a terminal; return the columns for which it has no room."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    words = zip(*said, strict=True) if said else [()] * len(columns)
    known = [Column(name, tuple(column)) for name, column in zip(columns, words, strict=True)]
    if Width.is_free:
        console.width = max(1, sum(one.natural + GAP for one in known))
    plan = layout(known, console.width)
    if title:
        console.print(Text(title, "bold"))
    if plan is None:
        print_records(columns, said)
        return ()
    console.print(_drawn(plan), crop=False)
    return plan.hidden


def print_records(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print each row as lines of `name  value`; on a terminal long values go on under themselves."""
    width = width_of(sys.stdout) if sys.stdout.isatty() and not Width.is_free else None
    for line in records(columns, [[_word(value) for value in row] for row in rows], width):
        print(line)


def _drawn(plan: Layout) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False)
    for column, size in zip(plan.columns, plan.widths, strict=True):
        head = column.name if len(column.name) <= size else column.name.replace("_", " ")
        justify: Any = "right" if column.is_number else "left"
        table.add_column(Text(head), justify=justify, width=size, overflow="fold")
    for row in zip(*(column.words for column in plan.columns), strict=True):
        table.add_row(*map(Text, row))
    return table


def _apart(columns: Sequence[str]) -> Iterator[str]:
    """Yield the names; one that came before gets the next free number."""
    used: set[str] = set()
    for name in columns:
        number, key = 1, name
        while key in used:
            number += 1
            key = f"{name}_{number}"
        used.add(key)
        yield key


def _plain(found: Any) -> Any:
    """Return what JSON can say: decimals as numbers, infinite ones and those that are none as strings."""
    match found:
        case Mapping():
            return {str(key): _plain(value) for key, value in found.items()}
        case list() | tuple():
            return [_plain(value) for value in found]
        case Decimal():
            return _plain(int(found) if found.is_finite() and found == found.to_integral_value() else float(found))
        case float() if not math.isfinite(found):
            return str(found)
        case _:
            return found


def _rounded(value: Any) -> Any:
    """Return a figure with two decimals, or with two significant digits where it is smaller than that."""
    if not isinstance(value, float) or not math.isfinite(value) or value == int(value):
        return value
    return Figure(round(value, 2) if abs(value) >= SMALL else float(f"{value:.2g}"))


class Figure(float):
    """A number that was rounded to be read."""

    def __str__(self) -> str:
        """Return it with two decimals, or as it is where it is smaller than these show."""
        return f"{self:,.2f}" if abs(self) >= SMALL else f"{self:g}"


def _cell(value: Any) -> Any:
    return "" if value is None else _word(value) if isinstance(value, date) else value


def _word(value: Any) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            at_midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
            return f"{value:%Y-%m-%d}" if at_midnight else f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case Figure():
            return str(value)
        case float() if math.isfinite(value):
            return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:.10g}"
        case _:
            return one_line(str(value))
