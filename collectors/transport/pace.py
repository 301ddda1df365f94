"""Pace per host: at most so many at once, at least so long apart, and rests that a source asked for."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """Shared by all threads of a run; rests are seconds from now."""

    def __init__(
        self,
        max_concurrency: int,
        apart_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow `max_concurrency` requests at once in all, and starts `apart_s` apart per host."""
        self._slots = threading.BoundedSemaphore(max_concurrency)
        self._apart_s, self._clock, self._sleep = apart_s, clock, sleep
        self._next: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    @contextmanager
    def slot(self, host: str) -> Iterator[None]:
        """Wait for a turn at the host and hold a place while the block runs."""
        with self._slots:
            with self._lock:
                start = max(self._clock(), self._next[host])
                self._next[host] = start + self._apart_s
            if (wait := start - self._clock()) > 0:
                self._sleep(wait)
            yield

    def rest(self, host: str, seconds: float) -> None:
        """Let nobody ask the host for so long."""
        with self._lock:
            self._next[host] = max(self._next[host], self._clock() + seconds)

    def wait(self, seconds: float) -> None:
        """Sleep in this thread alone: between two tries."""
        self._sleep(seconds)
