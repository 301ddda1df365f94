"""What may be spoken of, and everybody of a kind in order, so that each is compared with the others without a walk."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from statistics import fmean

DIMENSION, GROUP, FIGURE = "dimension", "group", "figure"


@dataclass(frozen=True, slots=True)
class Item:
    """A score (0 to 10) that may be spoken of, its weight in the Speed Score, its 5-95 % interval where one was drawn.

    The interval always holds the score. `best` is what the score could be where something of it is open. `p_first` is
    the share of the draws in which it lies above that of every other published subject of its kind.
    `value` and `backing` (the state of what backs it, from 0) are a figure's.
    """

    subject: str
    kind: str
    sort: str
    key: str
    dimension: str
    weight: float
    score: float
    lo: float | None = None
    hi: float | None = None
    p_first: float | None = None
    value: float | None = None
    backing: float | None = None
    best: float | None = None

    @property
    def told(self) -> float:
        """What is told of it beside others: a dimension's score, a figure's value."""
        return self.score if self.sort == DIMENSION else self.value or 0.0

    @property
    def ceiling(self) -> float:
        """What the score is at best."""
        return self.score if self.best is None else max(self.best, self.score)

    @property
    def low(self) -> float:
        """The lower end, else the score."""
        return self.score if self.lo is None else self.lo

    @property
    def high(self) -> float:
        """The upper end, else the score."""
        return self.score if self.hi is None else self.hi


@dataclass(frozen=True)
class Field:
    """One item of everybody of a kind, the best first."""

    items: Sequence[Item]

    @cached_property
    def scores(self) -> list[float]:
        """The scores, the lowest first."""
        return sorted(one.score for one in self.items)

    @cached_property
    def highs(self) -> list[float]:
        """The upper ends, the lowest first."""
        return sorted(one.high for one in self.items)

    @cached_property
    def told(self) -> list[float]:
        """What is told of each, the lowest first."""
        return sorted(one.told for one in self.items)

    @cached_property
    def absent(self) -> int:
        """Of how many the value is 0."""
        return sum(one.value == 0 for one in self.items)

    @cached_property
    def own(self) -> Mapping[str, Item]:
        """The item of each subject."""
        return {one.subject: one for one in self.items}


@dataclass(frozen=True)
class Others:
    """A field without one subject, which need not be in it."""

    field: Field
    subject: str

    def __len__(self) -> int:
        return len(self.field.items) - (self._left_out is not None)

    def __iter__(self) -> Iterator[Item]:
        return (one for one in self.field.items if one.subject != self.subject)

    def first(self, count: int) -> list[Item]:
        """Return the best of them."""
        return list(islice(self, count))

    @property
    def middle_score(self) -> float:
        """The median of their scores; of two in the middle the mean."""
        return _median(self.field.scores, None if self._left_out is None else self._left_out.score)

    @property
    def middle_high(self) -> float:
        """The median of their upper ends."""
        return _median(self.field.highs, None if self._left_out is None else self._left_out.high)

    @property
    def middle_told(self) -> float:
        """The median of what is told of them; of two in the middle the lower one."""
        return _middle(self.field.told, None if self._left_out is None else self._left_out.told)[0]

    @property
    def absent(self) -> int:
        """Of how many of them the value is 0."""
        return self.field.absent - (self._left_out is not None and self._left_out.value == 0)

    @property
    def highest(self) -> float:
        """The highest of their upper ends."""
        highs, out = self.field.highs, self._left_out
        return highs[-2] if out and out.high == highs[-1] else highs[-1]

    @property
    def _left_out(self) -> Item | None:
        return self.field.own.get(self.subject)


def mean(items: Iterable[Item]) -> float:
    """Return the mean score of several items."""
    return fmean(item.score for item in items)


def fields(items: Iterable[Item]) -> dict[tuple[str, str], Field]:
    """Return the field of each key and kind."""
    found: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for one in items:
        found[one.key, one.kind].append(one)
    return {key: Field(sorted(some, key=lambda one: (-one.score, one.subject))) for key, some in found.items()}


def _median(ordered: Sequence[float], left_out: float | None) -> float:
    """Return the median of ordered values, one of which may be left out."""
    low, high = _middle(ordered, left_out)
    return high if (len(ordered) - (left_out is not None)) % 2 else (low + high) / 2


def _middle(ordered: Sequence[float], left_out: float | None) -> tuple[float, float]:
    """Return the two values in the middle, or twice the only one, where one may be left out."""
    hole = len(ordered) if left_out is None else bisect_left(ordered, left_out)
    count = len(ordered) - (left_out is not None)
    low, high = (ordered[place + (place >= hole)] for place in ((count - 1) // 2, count // 2))
    return low, high
