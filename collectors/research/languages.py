"""Which files and languages are code."""

import re
from pathlib import PurePosixPath

CODE = re.compile(
    r"\.(c|cc|clj|cpp|cs|cu|cuh|cxx|dart|erl|ex|f|f90|fs|go|h|hpp|hs|java|jl|js|jsx|kt|lean|lua|m|ml|mm|mojo|nim|pl|php"
    r"|pyx|r|rb|rmd|rs|scala|sh|sol|stan|swift|ts|tsx|v|vhd|wl|zig)"
)
TEXT = frozenset({"css", "html", "makefile", "markdown", "roff", "scss", "svg", "tex"})


def is_code(path: str) -> bool:
    """Return whether a path is that of a program, in whatever language."""
    return CODE.fullmatch(PurePosixPath(path).suffix.lower()) is not None


def is_code_language(language: str) -> bool:
    """Return whether GitHub's name of a language is that of a programming language, not of texts and pages."""
    return language.lower() not in TEXT
