"""CPU seconds of the steps of a run: each moment counts for the innermost step that it is in."""

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch


class Stopwatch:
    """Counts CPU seconds by step; a step within a step is not counted twice."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.seconds: dict[str, float] = {}
        self._clock, self._open = clock, [""]
        self._since = clock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the block for a step."""
        self._count()
        self._open.append(name)
        try:
            yield
        finally:
            self._count()
            self._open.pop()

    @contextmanager
    def watching(self, functions: Mapping[str, str]) -> Iterator[None]:
        """Count each call of the functions (`module.name`) for the step beside it, while the block runs."""
        with ExitStack() as stack:
            for path, name in functions.items():
                module, _, function = path.rpartition(".")
                watched = self._watched(getattr(importlib.import_module(module), function), name)
                stack.enter_context(patch(path, watched))
            yield

    def _watched(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @wraps(function)
        def call(*some: Any, **named: Any) -> Any:
            with self.step(name):
                return function(*some, **named)

        return call

    def _count(self) -> None:
        now = self._clock()
        if name := self._open[-1]:
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now
