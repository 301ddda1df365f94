"""Seconds by step and size: a table of them, and which steps grow faster than their size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

FLOOR_S = 0.05
"""A step that takes less is counted as this: so little cannot be told from noise."""


@dataclass(frozen=True)
class Growth:
    """CPU seconds of some steps at some sizes: every turn that was made of each."""

    unit: str
    turns: Mapping[int, Sequence[Mapping[str, float]]]
    slack: float
    """How many times as much as a unit of any smaller size a unit may cost."""

    @property
    def sizes(self) -> list[int]:
        """The sizes, smallest first."""
        return sorted(self.turns)

    @property
    def steps(self) -> list[str]:
        """The steps, in the order in which the smallest size names them."""
        return list(self.turns[self.sizes[0]][0])

    def seconds(self, step: str) -> dict[int, float]:
        """Return the median of a step's turns by size."""
        return {size: median(one[step] for one in self.turns[size]) for size in self.sizes}


def is_worse(seconds: Mapping[int, float], slack: float) -> bool:
    """Return whether some size costs more than its share of any smaller one, and `slack` times as much."""
    pairs = combinations(sorted(seconds), 2)
    return any(seconds[more] > slack * more / less * max(seconds[less], FLOOR_S) for less, more in pairs)


def worse_steps(growth: Growth) -> list[str]:
    """Return the steps that grow faster than their size."""
    return [step for step in growth.steps if is_worse(growth.seconds(step), growth.slack)]


def table(growth: Growth) -> str:
    """Return a line a step, with the ratio of the last size to the first beside what linear would be."""
    sizes = growth.sizes
    first, last = sizes[0], sizes[-1]
    worse = worse_steps(growth)
    heads = ["step, CPU s", *(f"{size:,} {growth.unit}" for size in sizes)]
    lines = [[*heads, f"ratio (linear: {last / first:.1f})", "growth"], ["---"] * (len(sizes) + 3)]
    lines.append(["turns", *(str(len(growth.turns[size])) for size in sizes), "", ""])
    for step in growth.steps:
        seconds = growth.seconds(step)
        ratio = seconds[last] / max(seconds[first], 0.01)
        verdict = "worse than linear" if step in worse else "linear or less"
        lines.append([step, *(f"{one:.2f}" for one in seconds.values()), f"{ratio:.1f}", verdict])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
