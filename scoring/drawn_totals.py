"""The drawn scores of the cases of a day, with what is unseen at its lower and at its higher end."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scoring.scenario import DRAWS, Array


@dataclass(frozen=True)
class DrawnTotals:
    """Scores at the lower end (draw x case), and those at the higher end (draw) of each case whose ends differ.

    Most cases have one end alone, and are held once.
    """

    lower: Array
    higher: dict[int, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: int) -> "DrawnTotals":
        """Begin with nothing drawn."""
        return cls(np.empty((DRAWS, cases)))

    def add(self, place: int, lower: Array, upper: Array) -> None:
        """Hold the scores of a case."""
        self.lower[:, place] = lower
        if upper is not lower and not np.array_equal(lower, upper, equal_nan=True):
            self.higher[place] = upper.copy()

    def ends(self, draws: slice, places: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return both ends of some draws of some cases; they may be one array."""
        lower = self.lower[draws, places]
        apart = [(column, place) for column, place in enumerate(places.tolist()) if place in self.higher]
        if not apart:
            return lower, lower
        upper = lower.copy()
        for column, place in apart:
            upper[:, column] = self.higher[place][draws]
        return lower, upper
