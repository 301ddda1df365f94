"""Which modules a Python text imports: by its syntax tree where it parses, else by its tokens."""


def imported_names(path: str, text: str) -> frozenset[str]:
    """Return the dotted names that a Python file or notebook imports, such as `torch.nn`; never raises.

    Of `from a.b import c` that is `a.b.c`; what a package imports of itself by dots is left out.
    """
    raise NotImplementedError


def top_modules(names: frozenset[str]) -> frozenset[str]:
    """Return the top-level modules of dotted names."""
    return frozenset(name.partition(".")[0] for name in names)
