"""Seeded draws of everything that could as well have been otherwise (docs/method.md#which-facts-are-doubted).

Drawn are the inputs, the upper goalposts, the weights, and whether dimensions are averaged or multiplied. An input
moves within its own bounds, else by a declared spread, and more with age; a judgement moves by a level, more often the
lower its confidence; a missing answer lies anywhere between its ends: the peers' tenth and ninetieth percentile, or,
under a monotone rubric, what it counts with and 10; such a rubric always averages. Each draw uses
one scenario for all subjects, so that ranks mean something; the inputs of a subject are its own, so that one peer more
moves no interval of a fully answered subject.

RandomState is used because its stream never changes: any later NumPy can prove what was drawn.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.drawn_answers import DrawnAnswers
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import DRAWS, EVERYTHING, INPUTS, Array, Perturbation, Scenarios, draw_scenarios, has_norm, scaled

LEAST_MARK = 0.1  # in a product one nought would wipe out all


@dataclass(frozen=True)
class Drawn:
    """Drawn scores (draw x case), dimension scores (draw x case x dimension) and marks (draw x case x criterion).

    Of low and high, the same draws with all that is unseen at its lower and its higher end, the scores are monotone in
    what is known (docs/method.md#what-is-missing). Under a rubric without a floor both are the draws themselves.
    """

    totals: Array
    parts: Array
    marks: Array
    low: "Drawn | None" = None
    high: "Drawn | None" = None

    @property
    def lower(self) -> "Drawn":
        """The draws with what is unseen at its lower end."""
        return self.low or self

    @property
    def upper(self) -> "Drawn":
        """The draws with what is unseen at its higher end."""
        return self.high or self


def draws(
    rows: pl.DataFrame, cases: pl.DataFrame, gates: Array, rubric: Rubric, perturbed: Perturbation = EVERYTHING
) -> Drawn:
    """Draw the scores, dimensions and marks of one day; criteria stand in the order of the rubric's frame.

    `rows` are the questions of the cases in their order, answered, with low and high where they are open.
    """
    frame = rubric.frame()
    groups = frame.select("dimension", "group", "group_weight", "combine").unique(maintain_order=True)
    chance = np.random.RandomState(_seed(rubric.sha256, *map(str, cases["as_of"][:1])))
    scenarios = draw_scenarios(frame, groups, chance, perturbed)
    return Game(rubric, frame, groups, scenarios, perturbed).drawn(DrawnAnswers.of(rows, frame), cases, gates)


@dataclass(frozen=True)
class Game:
    """What all draws of a day share."""

    rubric: Rubric
    frame: pl.DataFrame
    groups: pl.DataFrame
    scenarios: Scenarios
    perturbed: Perturbation

    @property
    def ends(self) -> tuple[float | None, ...]:
        """Where an unseen answer lies: anywhere; and, where that matters, at its lowest, and at its highest."""
        return (None, 0.0, 1.0) if self.rubric.is_monotone else (None,)

    def drawn(self, answers: DrawnAnswers, cases: pl.DataFrame, gates: Array) -> Drawn:
        """Draw every case, from each end with the same noise."""
        parts = np.empty((len(self.ends), DRAWS, cases.height, len(DIMENSIONS)))
        marks = np.empty((len(self.ends), DRAWS, cases.height, self.frame.height))
        for place, (subject, inputs) in enumerate(cases.select("subject", "inputs_sha256").iter_rows()):
            for end, drawn in enumerate(self._marks(answers.case(place), self._noise(subject, inputs))):
                marks[end, :, place] = drawn
                parts[end, :, place] = self._dimensions(drawn, answers.applies[place])
        parts *= gates
        found = [Drawn(self._totals(part), part, mark) for part, mark in zip(parts, marks, strict=True)]
        return found[0] if len(found) == 1 else replace(found[0], low=found[1], high=found[2])

    def _totals(self, parts: Array) -> Array:
        """Return the scores of drawn dimensions (draw x case x dimension): their mean, in some draws their product."""
        weights = self.scenarios.dimension_weights[:, None, :]
        totals: Array = (weights * parts).sum(axis=2)
        if self.rubric.is_monotone:
            return totals
        product = np.exp((weights * np.log(np.maximum(parts, LEAST_MARK))).sum(axis=2))
        return np.where(self.scenarios.is_product[:, None], product, totals)

    def _noise(self, subject: str, inputs: str) -> tuple[Array, Array]:
        """Draw for each answer a normal deviate and a share of 1: without noise 0 and a half.

        Under a monotone rubric an answer more or less changes no draw of the others.
        """
        words = (subject,) if self.rubric.is_monotone else (subject, inputs)
        chance, shape = np.random.RandomState(_seed(self.rubric.sha256, *words)), self.scenarios.stretch.shape
        normal, even = chance.standard_normal(shape), chance.random_sample(shape)
        return (normal, even) if INPUTS in self.perturbed.what else (np.zeros(shape), np.full(shape, 0.5))

    def _marks(self, own: DrawnAnswers, noise: tuple[Array, Array]) -> Iterator[Array]:
        """Yield the marks of one subject from each end: the answered about their value, the open between their ends."""
        normal, even = noise
        with np.errstate(invalid="ignore"):
            stretched = (self._hi - self._lo) * self.scenarios.stretch
            spreads = (own.spread * own.growth, own.spread)
            shares = [np.clip((own.value + normal * some - self._lo) / stretched, 0, 1) for some in spreads]
        judged = self._judged(own, even)
        plain = [np.where(self._is_ordinal, judged, 10 * one) for one in shares]
        for end in self.ends:
            factor = own.best_factor if end == 1 else own.factor
            answered, young = (one * factor for one in plain)
            low = own.low
            if self.rubric.is_monotone:  # what grew stale counts no more than at any younger age: silence lifts no end
                low = np.where(own.is_stale, np.minimum(np.minimum(answered, young), low), low)
            where = even if end is None else end
            yield np.where(own.is_fresh, answered, low + where * (own.high - low))

    def _judged(self, own: DrawnAnswers, even: Array) -> Array:
        """Return the marks of judgements, some of them a level off."""
        ordinal = self.rubric.ordinal
        moved = np.where(even < own.moves / 2, -1, np.where(even > 1 - own.moves / 2, 1, 0))
        level = np.clip(own.level + moved, 0, len(ordinal) - 1)
        return np.interp(level, np.arange(len(ordinal)), ordinal)

    def _dimensions(self, marks: Array, applies: NDArray[np.bool_]) -> Array:
        """Aggregate drawn marks (draw x criterion) to dimensions, every answer there; NaN where nothing applies."""
        inner, outer = self.scenarios.inner, self.scenarios.outer
        points, weights = np.zeros((2, len(marks), len(DIMENSIONS)))
        for place, (dimension, members, combine) in enumerate(self._groups):
            own = members & applies
            if not own.any():
                continue
            if combine == "top2":
                mark = np.sort(marks[:, own], axis=1)[:, -2:].mean(axis=1)
            else:
                mark = (marks[:, own] * inner[:, own]).sum(axis=1) / inner[:, own].sum(axis=1)
            points[:, dimension] += outer[:, place] * mark
            weights[:, dimension] += outer[:, place]
        return np.divide(points, weights, out=np.full_like(points, np.nan), where=weights > 0)

    @cached_property
    def _groups(self) -> list[tuple[int, NDArray[np.bool_], str]]:
        """The place of the dimension of each group, which criteria are in it, and how they combine."""
        return [
            (
                DIMENSIONS.index(dimension),
                ((self.frame["dimension"] == dimension) & (self.frame["group"] == group)).to_numpy(),
                combine,
            )
            for dimension, group, _, combine in self.groups.iter_rows()
        ]

    @cached_property
    def _lo(self) -> Array:
        return scaled(self.frame, self.frame["lo"].fill_null(np.nan).to_numpy())

    @cached_property
    def _hi(self) -> Array:
        return scaled(self.frame, self.frame["hi"].fill_null(np.nan).to_numpy())

    @cached_property
    def _is_ordinal(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = has_norm(self.frame, "ordinal")
        return found


def _seed(*words: str) -> int:
    return int(hashlib.sha256("|".join(words).encode()).hexdigest()[:8], 16)
