"""First pages of issues, which come with the counters of a repository, while they wait for their walks."""

import json
import zlib
from collections.abc import Iterator

from collectors.github.issue_pages import Connection

FAST = 1


class FirstPages:
    """Pages by subject, deflated, a tenth of their JSON and a fiftieth of what it takes once read."""

    def __init__(self) -> None:
        """Begin without a page."""
        self._pages: dict[str, bytes] = {}

    def keep(self, subject_id: str, page: Connection) -> None:
        """Keep the page of a subject."""
        self._pages[subject_id] = zlib.compress(json.dumps(page).encode(), FAST)

    def pop(self, subject_id: str) -> Connection | None:
        """Give the page of a subject and forget it; None where none came."""
        kept = self._pages.pop(subject_id, None)
        return None if kept is None else _read(kept)

    def __iter__(self) -> Iterator[Connection]:
        """Yield every page, read anew."""
        return map(_read, self._pages.values())


def _read(kept: bytes) -> Connection:
    page: Connection = json.loads(zlib.decompress(kept))
    return page
