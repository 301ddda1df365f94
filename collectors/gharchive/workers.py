"""Processes that read hours of GH Archive, a file at a time; one that dies costs the file in hand, not the others.

A worker ends when its questions end, so that none is left behind by a run that was killed.
"""

import queue
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from collectors.errors import IncompleteError
from collectors.gharchive.event import Event, Wanted
from collectors.gharchive.hour import Hour

TRIES = 4
COMMAND = (sys.executable, "-m", "collectors.gharchive.hour")
ROOT = Path(__file__).parents[2]

Worker = subprocess.Popen[bytes]


class Workers:
    """So many processes, which run while the block does; safe to use from several threads."""

    def __init__(self, processes: int) -> None:
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._processes = processes

    def __enter__(self) -> Self:
        """Start the processes; leaving the block ends them."""
        for _ in range(self._processes):
            self._free.put(_start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _ in range(self._processes):
            if worker := self._free.get():
                _end(worker)

    def read(self, path: Path, wanted: Wanted) -> Hour:
        """Read an hour as soon as a worker is free; raise IncompleteError where several have died over it."""
        question = {"path": str(path), "ids": {str(one): to for one, to in wanted.ids.items()}, "names": wanted.names}
        text = orjson.dumps(question) + b"\n"
        for _ in range(TRIES):
            worker, found = self._free.get(), None
            try:
                worker = worker or _start()
                found = _ask(worker, text)
            finally:
                self._free.put(worker if found else None)
                if worker and not found:
                    _end(worker)
            if found:
                return _hour(found)
        raise IncompleteError(f"{TRIES} workers died over {path.name}; is there enough memory?")

    def ids(self) -> list[int]:
        """Return the process ids of the workers that are free and running."""
        return [worker.pid for worker in list(self._free.queue) if worker]


def _start() -> Worker:
    """Start a worker, away from Ctrl-C: it ends when nobody can ask it any more."""
    return subprocess.Popen(  # noqa: S603 - our own program
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True
    )


def _ask(worker: Worker, text: bytes) -> Mapping[str, Any] | None:
    """Return the answer, or None where the worker has died."""
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("a worker is asked and answers through pipes")
    try:
        worker.stdin.write(text)
        worker.stdin.flush()
        line = worker.stdout.readline()
    except BrokenPipeError:
        return None
    found: Mapping[str, Any] | None = orjson.loads(line) if line.endswith(b"\n") else None
    return found


def _end(worker: Worker) -> None:
    """End a process: it has nothing to lose, not even a question that it has not read."""
    worker.kill()
    with suppress(BrokenPipeError), worker:
        pass


def _hour(found: Mapping[str, Any]) -> Hour:
    return Hour(found["state"], found["unreadable"], [Event(*event) for event in found["events"]])
