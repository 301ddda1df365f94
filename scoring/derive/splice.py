"""What the archive's labels are worth at its own mix of them: a factor per framework, from repositories read twice.

The repositories that bear a label were not drawn by how common it is; so each label is weighed by how often the archive
has it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.derive.agreement import Pair

DRAWS, SEED = 2_000, 14


@dataclass(frozen=True)
class Splice:
    """A framework's share among labelled papers as the archive tells it and as imports do, and their ratio.

    `lo` and `hi` are the 2.5 % and 97.5 % points of draws with replacement within each label.
    """

    framework: str
    archive: float
    ours: float
    factor: float
    lo: float
    hi: float


def splices(
    frameworks: Sequence[str], pairs: Sequence[Pair], mix: Mapping[str, int], silent: Collection[str]
) -> list[Splice]:
    """Return the factor of each framework that the mix has; `mix` counts the archive's labels, `silent` name none.

    Labels of the mix of which no repository was read are left out.
    """
    told = {
        label: [pair.told for pair in pairs if pair.truth == label] for label in sorted({one.truth for one in pairs})
    }
    known = {label: count for label, count in mix.items() if told.get(label) and count}
    of_archive = {name: count / _named(known, silent) for name, count in known.items() if name not in silent}
    point = _shares(told, known, silent)
    drawn = _drawn(told, known, silent)
    found = []
    for name in frameworks:
        if share := of_archive.get(name):
            lo, hi = np.quantile([one.get(name, 0.0) / share for one in drawn], (0.025, 0.975))
            ours = point.get(name, 0.0)
            found.append(Splice(name, share, ours, ours / share, float(lo), float(hi)))
    return found


def _drawn(
    told: Mapping[str, Sequence[str]], mix: Mapping[str, int], silent: Collection[str]
) -> list[dict[str, float]]:
    rng = np.random.default_rng(SEED)
    again = ({name: rng.choice(one, len(one)).tolist() for name, one in told.items()} for _ in range(DRAWS))
    return [_shares(one, mix, silent) for one in again]


def _shares(told: Mapping[str, Sequence[str]], mix: Mapping[str, int], silent: Collection[str]) -> dict[str, float]:
    """Return our share of each framework among all that we name, each label weighed by the archive's count of it."""
    weighed: dict[str, float] = {}
    for label, count in mix.items():
        for name, times in Counter(told[label]).items():
            weighed[str(name)] = weighed.get(str(name), 0.0) + count * times / len(told[label])
    total = sum(weight for name, weight in weighed.items() if name not in silent)
    return {name: weight / total for name, weight in weighed.items() if name not in silent} if total else {}


def _named(mix: Mapping[str, int], silent: Collection[str]) -> int:
    return sum(count for name, count in mix.items() if name not in silent)
