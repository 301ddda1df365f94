"""How far our clock is ahead of those of the hosts that answer, by the Date of their answers."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from statistics import median

from collectors.transport.server_time import read_http_date, read_number


class Clocks:
    """What the answers of one run say of the time, by host; safe to use from several threads."""

    def __init__(self) -> None:
        """Have heard nothing yet."""
        self._ahead_s: dict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()

    @property
    def ahead_s(self) -> float | None:
        """Median over the hosts of how many seconds we are ahead, below 0 where behind; None where no host says."""
        with self._lock:
            return median(map(median, self._ahead_s.values())) if self._ahead_s else None

    def hear(self, host: str, headers: Mapping[str, str], fetched_at: datetime) -> None:
        """Compare a moment of ours (naive UTC) with the Date of an answer and its Age, of one from a cache."""
        told = read_http_date(headers.get("date", ""))
        if told is None:
            return
        ahead_s = (fetched_at - told).total_seconds() - max(0.0, read_number(headers.get("age")) or 0.0)
        with self._lock:
            self._ahead_s[host].append(ahead_s)
