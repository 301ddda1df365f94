"""The code of a notebook: its code cells, without what is not Python in them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
NOT_PYTHON = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
OF_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun", "%%writefile", "%%file", "%%python")


def code_cells(text: str) -> list[str]:
    """Return the Python of each code cell; of a notebook that is cut short, every text in it."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return ["".join(_texts(text))]
    return [NOT_PYTHON.sub("", cell) for cell in _sources(notebook) if _is_python(cell)]


def _sources(notebook: Any) -> Iterator[str]:
    sheets = [notebook, *_each(_get(notebook, "worksheets"))]
    for cell in (cell for sheet in sheets for cell in _each(_get(sheet, "cells"))):
        if _get(cell, "cell_type") == "code":
            lines = _get(cell, "source") or _get(cell, "input")
            yield lines if isinstance(lines, str) else "".join(map(str, _each(lines)))


def _is_python(cell: str) -> bool:
    first = cell.lstrip()
    return not first.startswith("%%") or first.startswith(OF_PYTHON)


def _texts(text: str) -> Iterator[str]:
    for found in STRING.finditer(text):
        try:
            line = json.loads(found[0])
        except ValueError:
            continue
        yield line if line.endswith("\n") else f"{line}\n"


def _get(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, Mapping) else None


def _each(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
