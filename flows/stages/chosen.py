"""Which sources are asked: those that somebody names, else all that say something of tonight."""

from collections.abc import Sequence

from catalog.errors import InputError
from catalog.names import did_you_mean
from collectors.source import sources


def chosen_sources(names: Sequence[str]) -> list[str]:
    """Return the sources to ask, each once: those named, else all but the optional ones."""
    known = sources()
    if unknown := sorted(set(names) - set(known)):
        near = f"there are {', '.join(known)}{did_you_mean(unknown[0], known)}"
        raise InputError(f"no source is called {unknown[0]!r}; {near}")
    return list(dict.fromkeys(names)) or sorted(name for name, one in known.items() if not one.is_optional)


def tonight(names: Sequence[str]) -> list[str]:
    """Return the sources that a night asks; raise InputError where one is named that knows only the past."""
    if late := [name for name in chosen_sources(names) if sources()[name].is_optional]:
        raise InputError(f"{late[0]} says nothing of tonight; try: speedscore backfill --source {late[0]}")
    return chosen_sources(names)
