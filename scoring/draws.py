"""Seeded draws of everything that could as well have been otherwise (docs/method.md#which-facts-are-doubted).

Drawn are the inputs, the upper goalposts, the weights, and whether dimensions are averaged or multiplied. An input
moves within its own bounds, else by a declared spread, and more with age; a judgement moves by a level, more often the
lower its confidence; a missing answer lies anywhere between its ends: the peers' tenth and ninetieth percentile, or,
under a monotone rubric, what it counts with and 10; such a rubric always averages. Each draw uses
one scenario for all subjects, so that ranks mean something; the inputs of a subject are its own, so that one peer more
moves no interval of a fully answered subject.

Cases are drawn one after the other: what a day needs in memory does not grow with its draws.
RandomState is used because its stream never changes: any later NumPy can prove what was drawn.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.drawn_answers import DrawnAnswers
from scoring.drawn_marks import DrawnMarks, Judge
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import DRAWS, EVERYTHING, INPUTS, Array, Perturbation, Scenarios, draw_scenarios

LEAST_MARK = 0.1  # in a product one nought would wipe out all


@dataclass(frozen=True)
class DrawnCase:
    """Drawn scores (end x draw) and dimension scores (end x dimension x draw) of a case, and its drawn marks.

    Ends are: the unseen anywhere between its ends, all of it at the lower, and all at the higher one; of the latter two
    the scores are monotone in what is known (docs/method.md#what-is-missing). Under a rubric without a floor there is
    the first alone, which stands for all.
    """

    totals: Array
    parts: Array
    marks: DrawnMarks

    @property
    def lower(self) -> tuple[Array, Array]:
        """The scores and dimension scores with what is unseen at its lower end."""
        end = min(1, len(self.totals) - 1)
        return self.totals[end], self.parts[end]

    @property
    def upper(self) -> tuple[Array, Array]:
        """The scores and dimension scores with what is unseen at its higher end."""
        return self.totals[-1], self.parts[-1]


def draws(
    rows: pl.DataFrame, cases: pl.DataFrame, gates: Array, rubric: Rubric, perturbed: Perturbation = EVERYTHING
) -> Iterator[DrawnCase]:
    """Draw the cases of one day, in their order; criteria stand in the order of the rubric's frame.

    `rows` are the questions of the cases in their order, answered, with low and high where they are open.
    """
    frame = rubric.frame()
    groups = frame.select("dimension", "group", "group_weight", "combine").unique(maintain_order=True)
    chance = np.random.RandomState(_seed(rubric.sha256, *map(str, cases["as_of"][:1])))
    scenarios = draw_scenarios(frame, groups, chance, perturbed)
    game = Game(rubric, frame, groups, scenarios, perturbed)
    return game.drawn(DrawnAnswers.of(rows, frame), cases, gates)


@dataclass(frozen=True)
class Game:
    """What all draws of a day share."""

    rubric: Rubric
    frame: pl.DataFrame
    groups: pl.DataFrame
    scenarios: Scenarios
    perturbed: Perturbation

    def drawn(self, answers: DrawnAnswers, cases: pl.DataFrame, gates: Array) -> Iterator[DrawnCase]:
        """Draw one case after the other, all of its ends with the same noise."""
        judge = Judge.of(self.frame, self.scenarios.stretch, self.rubric)
        for place, (subject, inputs) in enumerate(cases.select("subject", "inputs_sha256").iter_rows()):
            own = answers.case(place)
            marks = judge.marks(own, *self._noise(subject, inputs))
            parts = self._dimensions(marks, own.applies)
            parts *= gates[place][:, None]
            yield DrawnCase(np.stack([self._totals(part) for part in parts]), parts, marks)

    def _totals(self, parts: Array) -> Array:
        """Return the scores of drawn dimensions (dimension x draw): their mean, in some draws their product."""
        weights, across = self.scenarios.dimension_weights, np.ascontiguousarray(parts.T)
        totals: Array = (weights * across).sum(axis=1)
        if self.rubric.is_monotone:
            return totals
        product = np.exp((weights * np.log(np.maximum(across, LEAST_MARK))).sum(axis=1))
        return np.where(self.scenarios.is_product, product, totals)

    def _noise(self, subject: str, inputs: str) -> tuple[Array, Array]:
        """Draw for each answer a normal deviate and a share of 1 (criterion x draw): without noise 0 and a half.

        Under a monotone rubric an answer more or less changes no draw of the others.
        """
        words = (subject,) if self.rubric.is_monotone else (subject, inputs)
        shape = self.scenarios.stretch.shape
        if INPUTS not in self.perturbed.what:
            return np.zeros(shape).T, np.full(shape, 0.5).T
        chance = np.random.RandomState(_seed(self.rubric.sha256, *words))
        return chance.standard_normal(shape).T, chance.random_sample(shape).T

    def _dimensions(self, marks: DrawnMarks, applies: NDArray[np.bool_]) -> Array:
        """Aggregate marks of each end to dimensions, every answer there; NaN where none applies."""
        by_end = marks.by_end
        points, weights = np.zeros((len(by_end), len(DIMENSIONS), DRAWS)), np.zeros((len(DIMENSIONS), DRAWS))
        for place, (dimension, members, combine) in enumerate(self._groups):
            own = members[applies[members]]
            if not len(own):
                continue
            outer = self._outer[place]
            if marks.are_apart(own):
                for end, some in enumerate(by_end):
                    points[end, dimension] += outer * self._of_group(some, own, combine)
            else:
                points[:, dimension] += outer * self._of_group(marks.anywhere, own, combine)
            weights[dimension] += outer
        is_there = weights > 0
        if is_there.all():
            points /= weights
            return points
        return np.divide(points, weights, out=np.full_like(points, np.nan), where=is_there)

    def _of_group(self, marks: Array, own: NDArray[np.intp], combine: str) -> Array:
        """Return the mark of one group at one end."""
        rows = slice(own[0], own[-1] + 1) if len(own) == own[-1] - own[0] + 1 else own
        if combine == "top2":
            return _mean_of_two_best(marks[rows])
        found: Array = (marks[rows] * self._inner[rows]).sum(axis=0)
        found /= self._weight(own)
        return found

    def _weight(self, own: NDArray[np.intp]) -> Array:
        """Return the weight of some criteria of a group together, added once."""
        key = own.tobytes()
        if key not in self._weights:
            self._weights[key] = self._inner[own].sum(axis=0)
        return self._weights[key]

    @cached_property
    def _weights(self) -> dict[bytes, Array]:
        return {}

    @cached_property
    def _groups(self) -> list[tuple[int, NDArray[np.intp], str]]:
        """The place of the dimension of each group, which criteria are in it, and how they combine."""
        return [
            (
                DIMENSIONS.index(dimension),
                np.flatnonzero(((self.frame["dimension"] == dimension) & (self.frame["group"] == group)).to_numpy()),
                combine,
            )
            for dimension, group, _, combine in self.groups.iter_rows()
        ]

    @cached_property
    def _inner(self) -> Array:
        return np.ascontiguousarray(self.scenarios.inner.T)

    @cached_property
    def _outer(self) -> Array:
        return np.ascontiguousarray(self.scenarios.outer.T)


def _mean_of_two_best(marks: Array) -> Array:
    """Return the mean of the two highest of some marks (criterion x draw), or the only one."""
    if len(marks) == 1:
        only: Array = marks[0]
        return only
    best, second = np.maximum(marks[0], marks[1]), np.minimum(marks[0], marks[1])
    for mark in marks[2:]:
        second = np.maximum(second, np.minimum(best, mark))
        best = np.maximum(best, mark)
    found: Array = (second + best) / 2
    return found


def _seed(*words: str) -> int:
    return int(hashlib.sha256("|".join(words).encode()).hexdigest()[:8], 16)
