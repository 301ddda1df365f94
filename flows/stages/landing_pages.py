"""Land the pages of a backfill several at a time: each landing opens the warehouse and looks at what is known already.

A run that is killed loses what has not landed yet: at most PAGES_A_LANDING pages, and what was asked for in EVERY_S.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalog.observation import Observation
from catalog.rows import Rows
from flows.settings import Settings
from flows.stages.land import RunStart, land_page, publish

PAGES_A_LANDING = 16
EVERY_S = 5.0
SHOWN_EVERY_S = 60.0
Page = Sequence[Observation | Rows]


@dataclass
class PageLandings:
    """The pages of one run on their way into the warehouse."""

    settings: Settings
    run_start: RunStart
    clock: Callable[[], float] = time.monotonic
    waiting: list[Page] = field(default_factory=list)
    since_s: float = 0.0
    has_standing: bool = False
    shown_s: float = field(default_factory=time.monotonic)
    is_hidden: bool = False

    def take(self, page: Page) -> None:
        """Take a page; land what waits where that is much, or waits long."""
        if not self.waiting:
            self.since_s = self.clock()
        self.waiting.append(page)
        if len(self.waiting) >= PAGES_A_LANDING or self.clock() - self.since_s >= EVERY_S:
            self.land()

    def land(self) -> None:
        """Land what waits, all of it or nothing."""
        found = [one for page in self.waiting for one in page]
        self.waiting = []
        if found:
            land_page(self.settings, found, self.run_start, has_standing=self.has_standing)
            self.has_standing = self.has_standing or any(isinstance(one, Observation) for one in found)
            self.is_hidden = True

    def show(self, *, now: bool = False) -> None:
        """Land what waits and publish what has landed: at once, or where the last time is long ago."""
        if now or self.clock() - self.shown_s >= SHOWN_EVERY_S:
            self.land()
            if self.is_hidden:
                publish(self.settings)
            self.is_hidden, self.shown_s = False, self.clock()
