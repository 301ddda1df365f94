"""What a night does, from its first second: a bar on a terminal, a line a step in a pipe; all of it on stderr."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalog.wording import many, some
from flows.notes import note
from flows.stages.collect import PROGRESS

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WAITING_NAMED = 4


class Watch(logging.Handler):
    """Hears of the sources as they are asked and answer; `step` tells of everything else."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        super().__init__(logging.INFO)
        self._begun: dict[str, float] = {}
        self._done = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a source that is asked, or has answered."""
        source, told = str(getattr(record, "source", "")), str(getattr(record, "told", ""))
        if not told:
            self._begun[source] = time.monotonic()
            self._say("")
            return
        seconds = time.monotonic() - self._begun.pop(source, time.monotonic())
        self._done += 1
        self._say(f"  {source}: {told}, {seconds:.1f} s")

    def _say(self, line: str) -> None:
        waiting = sorted(self._begun)
        if self._bar is not None and self._task is not None:
            named = some(waiting, WAITING_NAMED)
            total = self._done + len(waiting)
            text = f"Asking {many(total, 'sources')}" + (f", waiting for {named}" if named else "")
            self._bar.update(self._task, description=text, completed=self._done, total=total)
        elif line:
            note(line)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Show how far the asking is while the block runs."""
        logger = logging.getLogger(PROGRESS)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(self)
        try:
            with _bar() if sys.stderr.isatty() else step("Asking the sources, landing what they say") as bar:
                self._bar = bar
                self._task = bar.add_task("Asking the sources", total=None) if bar else None
                yield
        finally:
            self._bar = None
            logger.removeHandler(self)


@contextmanager
def _bar() -> Iterator["Progress"]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Say what begins, and how long it took."""
    began = time.monotonic()
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(sentence):
            yield
    else:
        note(f"{sentence} ...")
        yield
    note(f"{sentence}: {time.monotonic() - began:.1f} s")
