"""Questions that need not be asked every night: everybody once, then a part of the subjects by turns."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from catalog.subject import Subject
from collectors.errors import LimitError

HALF_A_DAY = timedelta(hours=12)  # a night that begins a little earlier than the last one counts as whole


def due(subjects: Sequence[Subject], asked_at: Mapping[str, datetime], nights: int) -> list[Subject]:
    """Return the subjects never asked, then those asked longest ago: so many that all come round in `nights` nights."""
    never = [one for one in subjects if one.id not in asked_at]
    again = sorted((one for one in subjects if one.id in asked_at), key=lambda one: asked_at[one.id])
    return never + again[: -(-len(again) // nights)]


def oldest_first(subjects: Sequence[Subject], asked_at: Mapping[str, datetime], most: int) -> list[Subject]:
    """Return all subjects where so many may be asked, else those never asked, then those asked longest ago."""
    if len(subjects) <= most:
        return list(subjects)
    return sorted(subjects, key=lambda one: asked_at.get(one.id, datetime.min))[: max(0, most)]  # noqa: DTZ901 - naive UTC


def is_due(subject: Subject, asked_at: Mapping[str, datetime], nights: int, now: datetime) -> bool:
    """Return whether so many nights have passed since a subject was last asked, or it never was."""
    last = asked_at.get(subject.id)
    return last is None or _has_passed(last, nights, now)


RARE = {"serving.managed_clouds": 7, "mlperf.systems": 30}
"""Questions that take several calls in one night, and after how many nights they are asked again."""


def is_quiet(memory: Mapping[str, Mapping[str, datetime]], now: datetime) -> bool:
    """Return whether none of the rare questions has its turn tonight."""
    asked = [(memory.get(metric, {}), nights) for metric, nights in RARE.items()]
    return not any(_has_passed(last, nights, now) for known, nights in asked for last in known.values())


def _has_passed(last: datetime, nights: int, now: datetime) -> bool:
    return now - last >= timedelta(days=nights) - HALF_A_DAY


class Allowance:
    """So many calls of one kind a night, shared by all threads; what does not fit goes on the next night."""

    def __init__(self, calls: int, what: str) -> None:
        """Allow so many calls of `what`."""
        self._left, self._what, self._allowed = calls, what, calls
        self._lock = threading.Lock()

    def take(self) -> None:
        """Use up one call; raise LimitError when there is none."""
        with self._lock:
            if self._left <= 0:
                raise LimitError(f"tonight's {self._allowed:,} {self._what} are used up")
            self._left -= 1
