"""Which modules a Python text imports: by its syntax tree where it parses, else by its words without its strings."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator

from catalog.frameworks import MARK
from collectors.research.notebooks import code_cells

LONGEST = 2_000_000  # characters; who writes longer files lets a program write them
NOT_CODE = re.compile(
    r"#[^\n]*"
    r'|"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?",
    re.DOTALL,
)
JOINED = re.compile(r"\\\r?\n")
IMPORT = re.compile(r"(?:^|[;:])[ \t]*import[ \t]+([^\n;]+)", re.MULTILINE)
FROM = re.compile(r"(?:^|[;:])[ \t]*from[ \t]+([\w.]+)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n;]+)", re.MULTILINE)
CLAUSE = re.compile(r"\s*([^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*|\*)(?:\s+as\s+\w+)?\s*")
BACKEND = re.compile(r"""KERAS_BACKEND["']?\s*\]?\s*[=,:]\s*["']?(tensorflow|torch|jax)\b""")


def imported_names(path: str, text: str) -> frozenset[str]:
    """Return the dotted names that a Python file or notebook imports, such as `torch.nn`; never raises.

    Of `from a.b import c` that is `a.b.c`; what a package imports of itself by dots is left out.
    """
    some = text.removeprefix(MARK)[:LONGEST]
    parts = code_cells(some) if path.lower().endswith(".ipynb") else [some]
    return frozenset(name for part in parts for name in _names(part))


def top_modules(names: Iterable[str]) -> frozenset[str]:
    """Return the top-level modules of dotted names."""
    return frozenset(name.partition(".")[0] for name in names)


def keras_backend(text: str) -> str | None:
    """Return the module that a text makes the backend of Keras, where it does."""
    found = BACKEND.search(text)
    return found[1] if found else None


def _names(code: str) -> Iterator[str]:
    tree = _parsed(code)
    return _in_words(code) if tree is None else _in_tree(tree)


def _parsed(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _in_tree(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _in_words(code: str) -> Iterator[str]:
    plain = JOINED.sub(" ", NOT_CODE.sub(lambda found: "" if found[0].startswith("#") else '""', code))
    for statement in IMPORT.finditer(plain):
        yield from _clauses(statement[1])
    for statement in FROM.finditer(plain):
        if not statement[1].startswith("."):
            yield from (f"{statement[1]}.{name}" for name in _clauses(statement[2].strip("()")))


def _clauses(listed: str) -> Iterator[str]:
    """Yield the names of a list of imports; what is no name, as in prose, is left out."""
    for clause in listed.split(","):
        if found := CLAUSE.fullmatch(clause):
            yield re.sub(r"\s", "", found[1])
