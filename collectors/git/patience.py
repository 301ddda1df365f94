"""How long a night waits for the host of its clones: so long for each, so long for all, and not where it is silent."""

import threading
import time
from pathlib import Path

from collectors.errors import NoAnswerError, SourceError
from collectors.git.clone import fetch
from collectors.git.process import TimeUpError
from collectors.upstream import GITHUB_WEB

SILENCES = 3


class Patience:
    """Shared by all threads of a night; seconds."""

    def __init__(self, each_s: float, all_s: float, web_url: str = GITHUB_WEB) -> None:
        """Allow so long for one clone, and so long from now on for all; they are fetched from `web_url`."""
        self._web_url = web_url
        self._each_s, self._ends_at = each_s, time.monotonic() + all_s
        self._silences = 0
        self._lock = threading.Lock()

    def fetch(self, full_name: str, folder: Path, github_id: int | None = None) -> Path:
        """Fetch as clone.fetch does; raise NoAnswerError without asking when the night has waited long enough.

        A host that gave no answer several times in a row is not asked again; a clone that took too long says nothing
        about the others.
        """
        left_s = min(self._each_s, self._ends_at - time.monotonic())
        if left_s <= 0:
            raise NoAnswerError("the time for tonight's clones is over")
        if self._silences >= SILENCES:
            raise NoAnswerError(f"the host of the clones gave no answer {SILENCES} times in a row")
        try:
            place = fetch(full_name, folder, left_s, github_id, self._web_url)
        except TimeUpError:
            raise
        except NoAnswerError:
            with self._lock:
                self._silences += 1
            raise
        except SourceError:
            self._silences = 0
            raise
        self._silences = 0
        return place
