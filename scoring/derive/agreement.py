"""How well a classifier meets the truth: confusion, precision and recall, and what an archive's labels are worth."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from catalog.statistics import NORMAL_95, wilson
from scoring.derive.venue_shares import Confusion, Share


@dataclass(frozen=True)
class Pair:
    """What is so, and what was told of it: frameworks, or words for there being none."""

    truth: str
    told: str


@dataclass(frozen=True)
class Quality:
    """Precision and recall of one framework; None where nothing was told, or nothing is so."""

    framework: str
    confusion: Confusion
    precision: Share | None
    recall: Share | None


@dataclass(frozen=True)
class Factor:
    """How often one labelling names a framework for each time that another does, over the same repositories.

    `lo` and `hi` are None where too few repositories tell.
    """

    framework: str
    both: int
    first_only: int
    second_only: int
    value: float | None
    lo: float | None
    hi: float | None


def confusion_table(pairs: Iterable[Pair]) -> list[tuple[str, str, int]]:
    """Return how often each truth was told as what: (truth, told, times), the commonest first."""
    counted = Counter((one.truth, one.told) for one in pairs)
    return [(*key, times) for key, times in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def confusion_of(framework: str, pairs: Iterable[Pair]) -> Confusion:
    """Count how often the framework was told rightly and wrongly."""
    counted = Counter((one.truth == framework, one.told == framework) for one in pairs)
    return Confusion(counted[True, True], counted[False, True], counted[True, False], counted[False, False])


def quality(framework: str, pairs: Iterable[Pair]) -> Quality:
    """Return precision and recall of one framework, with Wilson's intervals."""
    found = confusion_of(framework, pairs)
    precision = _rate(found.hits, found.hits + found.false_alarms)
    return Quality(framework, found, precision, _rate(found.hits, found.hits + found.misses))


def agreement(pairs: Sequence[Pair]) -> Share | None:
    """Return the share of the pairs of which both sides say the same."""
    return _rate(sum(one.truth == one.told for one in pairs), len(pairs))


def among_named(pairs: Iterable[Pair], silent: Collection[str]) -> list[Pair]:
    """Return the pairs of which both sides name a framework; `silent` are the words for none."""
    return [one for one in pairs if one.truth not in silent and one.told not in silent]


def factor(framework: str, pairs: Iterable[Pair]) -> Factor:
    """Return the ratio of how often `told` names the framework to how often `truth` does.

    Both are of the same repositories; the interval is that of a ratio of paired proportions on a log scale,
    variance (b + c) / ((a + b) (a + c)) (Bonett and Price, Statistics in Medicine 25, 2006).
    """
    found = confusion_of(framework, pairs)
    a, b, c = found.hits, found.misses, found.false_alarms  # both, the first alone, the second alone
    if not a + b:
        return Factor(framework, a, b, c, None, None, None)
    value = (a + c) / (a + b)
    if not a:
        return Factor(framework, a, b, c, value, None, None)
    half = NORMAL_95 * math.sqrt((b + c) / ((a + b) * (a + c)))
    return Factor(framework, a, b, c, value, value * math.exp(-half), value * math.exp(half))


def _rate(hits: int, n: int) -> Share | None:
    return Share(hits / n, *wilson(hits / n, n), n, n) if n else None
