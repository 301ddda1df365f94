"""How far a backfill is: a line every few seconds, with its rate and the time that is left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.wording import some
from collectors.past import Step
from flows.notes import note

EVERY_S = 5.0


@dataclass
class Progress:
    """Report the calls of a step as their pages land, at most once in five seconds."""

    clock: Callable[[], float] = time.monotonic
    step: Step | None = None
    calls: int = 0
    begun_s: float = 0.0
    told_s: float = field(default=0.0)

    def __call__(self, step: Step) -> None:
        """Count a page that has landed."""
        now = self.clock()
        if step is not self.step:
            self.step, self.calls, self.begun_s, self.told_s = step, 0, now, now
        self.calls += step.calls_a_day or 1
        if now - self.told_s >= EVERY_S:
            self.told_s = now
            note(self.line(now))

    def line(self, now: float) -> str:
        """Return the line: calls of all, calls a second, and seconds left."""
        if self.step is None:
            return ""
        rate = self.calls / max(now - self.begun_s, 1e-9)
        subjects = some(one.id for one in self.step.subjects)
        number = f"{self.calls} of {self.step.calls}" if self.step.calls else f"{self.calls}"
        left = f", about {max(0, self.step.calls - self.calls) / rate:.0f} s left" if self.step.calls else ""
        return f"{self.step.source}: {self.step.name} of {subjects}: {number} calls, {rate:.1f} a second{left}"
