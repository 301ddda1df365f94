"""Write what a query gave into a file. The command writes it, never the database, which can reach no file."""

import io
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from catalog.errors import InputError
from flows.cli.show import show_rows
from reports.legible import one_line

if TYPE_CHECKING:
    import polars as pl

    from warehouse.query import Result


def check_name(path: Path) -> None:
    """Raise InputError where a file of that name cannot be written, before anything is asked."""
    if path.suffix not in WRITERS:
        raise InputError(f"{path}: the name of a file must end in {', '.join(WRITERS)}")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder; make it first")
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file")


def write_rows(path: Path, found: "Result") -> None:
    """Write rows in the form that the name of the file asks for: whole, or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(WRITERS[path.suffix](found))
        fresh.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def as_markdown(found: "Result") -> str:
    """Return rows as a table of Markdown."""
    rows = [found.columns, ["---"] * len(found.columns), *found.rows]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    told = f"{value:.10g}" if isinstance(value, float) else str(value).removesuffix(" 00:00:00")
    return one_line(told).replace("|", "\\|")


def _printed(form: str) -> Callable[["Result"], bytes]:
    """Return what writes rows as they are printed."""

    def write(found: "Result") -> bytes:
        text = io.StringIO()
        with redirect_stdout(text):
            show_rows(found.columns, found.rows, form)
        return text.getvalue().encode()

    return write


def _parquet(found: "Result") -> bytes:
    file = io.BytesIO()
    _frame(found).write_parquet(file)
    return file.getvalue()


def _frame(found: "Result") -> "pl.DataFrame":
    """Return rows as a frame; equal names of columns stay apart, and types that it does not know become text."""
    import polars as pl

    known: dict[str, Any] = {"BIGINT": pl.Int64, "INTEGER": pl.Int32, "DOUBLE": pl.Float64, "VARCHAR": pl.String}
    known |= {"BOOLEAN": pl.Boolean, "DATE": pl.Date, "TIMESTAMP": pl.Datetime("us")}
    names = [f"{name}_{place}" if name in found.columns[:place] else name for place, name in enumerate(found.columns)]
    types = found.types or [""] * len(names)
    columns = [[_plain(row[place]) for row in found.rows] for place in range(len(names))]
    return pl.DataFrame([_series(*one, known) for one in zip(names, columns, types, strict=True)])


def _series(name: str, values: Sequence[Any], kind: str, known: dict[str, Any]) -> "pl.Series":
    import polars as pl

    if kind in known:
        return pl.Series(name, values, dtype=known[kind])
    if not any(value is not None for value in values):
        return pl.Series(name, values, dtype=pl.String)
    try:
        found = pl.Series(name, values, strict=False)
    except (TypeError, OverflowError, pl.exceptions.PolarsError):
        found = pl.Series(name, [None] * len(values))
    is_text = found.dtype in {pl.Object, pl.Null}
    return pl.Series(name, [None if one is None else str(one) for one in values]) if is_text else found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


WRITERS: dict[str, Callable[["Result"], bytes]] = {
    ".parquet": _parquet,
    ".csv": _printed("csv"),
    ".md": lambda found: as_markdown(found).encode(),
    ".json": _printed("json"),
}
