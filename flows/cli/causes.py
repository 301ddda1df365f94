"""Why cells are missing, said once a cause at the end, not once a source while it asks."""

import logging
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from catalog.wording import some
from collectors.errors import ConnectError, NoTokenError, SourceError, UntrustedError

HOSTS_NAMED = 3


class Causes(logging.Handler):
    """Keeps what collectors warn of; what is no warning of theirs is said at once."""

    def __init__(self) -> None:
        """Begin with nothing kept."""
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
        self._errors: dict[str, list[tuple[str, SourceError]]] = {}
        self._other: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning with its cause."""
        given = record.args if isinstance(record.args, tuple) else ()
        error = next((one for one in given if isinstance(one, SourceError)), None)
        if error is None:
            self._other.setdefault(self.format(record))
        else:
            self._errors.setdefault(_cause_of(error), []).append((str(given[0]), error))

    def lines(self) -> Iterator[str]:
        """Yield one line a cause, the widest causes first; begin anew."""
        errors, other, self._errors, self._other = self._errors, self._other, {}, {}
        for found in sorted(errors.values(), key=len, reverse=True):
            yield _line(found)
        yield from other


def _cause_of(error: SourceError) -> str:
    if isinstance(error, ConnectError | NoTokenError):
        return type(error).__name__
    return f"{type(error).__name__}: {error.next_step}"


def _line(found: list[tuple[str, SourceError]]) -> str:
    sources = ", ".join(dict.fromkeys(source for source, _ in found))
    first = found[0][1]
    if isinstance(first, NoTokenError):
        command = "make run" if "MAKELEVEL" in os.environ else "speedscore nightly"
        return f"no token: GitHub's GraphQL is not asked ({sources}); GITHUB_TOKEN=... {command}, or --gh"
    if isinstance(first, UntrustedError) or not isinstance(first, ConnectError):
        more = f" (and {len(found) - 1} more of the kind)" if len(found) > 1 else ""
        return f"{sources}: {first}{more}; next: {first.next_step}"
    hosts = list(dict.fromkeys(_host(error) for _, error in found))
    named = some(hosts, HOSTS_NAMED)
    number = "1 host" if len(hosts) == 1 else f"{len(hosts)} hosts"
    return f"{number} cannot be reached: {named}; {first.next_step}"


def _host(error: SourceError) -> str:
    word = str(error).split(" ", 1)[0].removesuffix(":")
    return urlsplit(word).netloc or word
