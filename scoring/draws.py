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
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import DRAWS, EVERYTHING, INPUTS, Array, Perturbation, Scenarios, draw_scenarios, has_norm, scaled

NORMAL_95 = 1.959963984540054
MEASURED_SPREAD = 0.02  # of the value on a log norm, of the goalposts' distance on a linear one
CURATED_SPREAD = {"high": 0.05, "medium": 0.10, "low": 0.20}  # of the same, by the confidence of the fact
LEVEL_MOVES = {"high": 0.25, "medium": 0.5, "low": 0.75}  # how often a judgement is a level off
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
    game = Game(rubric, frame, groups, draw_scenarios(frame, groups, chance, perturbed), perturbed)
    found = game.drawn(rows, cases, gates)
    if not rubric.is_monotone:
        return found
    low, high = (replace(game, end=end).drawn(rows, cases, gates) for end in (0.0, 1.0))
    return replace(found, low=low, high=high)


@dataclass(frozen=True)
class Game:
    """What all draws of a day share; `end` says where an unseen answer lies: anywhere, or at its lowest or highest."""

    rubric: Rubric
    frame: pl.DataFrame
    groups: pl.DataFrame
    scenarios: Scenarios
    perturbed: Perturbation
    end: float | None = None

    def drawn(self, rows: pl.DataFrame, cases: pl.DataFrame, gates: Array) -> Drawn:
        """Draw every case."""
        size, scenarios = self.frame.height, self.scenarios
        parts = np.empty((DRAWS, cases.height, len(DIMENSIONS)))
        marks = np.empty((DRAWS, cases.height, size))
        for place, (subject, inputs) in enumerate(cases.select("subject", "inputs_sha256").iter_rows()):
            own = rows.slice(place * size, size)
            marks[:, place] = self._marks(own, self._noise(subject, inputs))
            applies = (own["state"] != "not_applicable").to_numpy()
            parts[:, place] = _dimensions(marks[:, place], applies, scenarios, self.frame, self.groups)
        parts *= gates
        weights = scenarios.dimension_weights[:, None, :]
        totals = (weights * parts).sum(axis=2)
        if not self.rubric.is_monotone:
            product = np.exp((weights * np.log(np.maximum(parts, LEAST_MARK))).sum(axis=2))
            totals = np.where(scenarios.is_product[:, None], product, totals)
        return Drawn(totals, parts, marks)

    def _noise(self, subject: str, inputs: str) -> tuple[Array, Array]:
        """Draw for each answer a normal deviate and a share of 1: without noise 0 and a half.

        Under a monotone rubric an answer more or less changes no draw of the others.
        """
        words = (subject,) if self.rubric.is_monotone else (subject, inputs)
        chance, shape = np.random.RandomState(_seed(self.rubric.sha256, *words)), self.scenarios.stretch.shape
        normal, even = chance.standard_normal(shape), chance.random_sample(shape)
        return (normal, even) if INPUTS in self.perturbed.what else (np.zeros(shape), np.full(shape, 0.5))

    def _marks(self, own: pl.DataFrame, noise: tuple[Array, Array]) -> Array:
        """Draw the marks of one subject: the answered ones about their value, the open ones between their ends."""
        frame, (normal, even), ordinal = self.frame, noise, self.rubric.ordinal
        lo, hi = scaled(frame, frame["lo"]), scaled(frame, frame["hi"])
        spread, aged = _spread(own, frame, np.abs(hi - lo)), _growth(own, frame)
        with np.errstate(invalid="ignore"):
            value, stretched = scaled(frame, own["value"]), (hi - lo) * self.scenarios.stretch
            shares = [np.clip((value + normal * some - lo) / stretched, 0, 1) for some in (spread * aged, spread)]
        moves = _by_confidence(own, LEVEL_MOVES)
        moved = np.where(even < moves / 2, -1, np.where(even > 1 - moves / 2, 1, 0))
        level = np.clip(own["value"].fill_null(0.0).to_numpy() + moved, 0, len(ordinal) - 1)
        judged = np.interp(level, np.arange(len(ordinal)), ordinal)
        factor = own["best_factor" if self.end == 1 else "factor"].to_numpy()
        answered, young = (np.where(has_norm(frame, "ordinal"), judged, 10 * one) * factor for one in shares)
        low, high = (own[name].fill_null(0.0).to_numpy() for name in ("low", "high"))
        if self.rubric.is_monotone:  # what grew stale counts no more than at any younger age: silence lifts no end
            least = np.minimum(np.minimum(answered, young), low)
            low = np.where((own["state"] == "stale").to_numpy(), least, low)
        where = even if self.end is None else self.end
        found: Array = np.where((own["state"] == "fresh").to_numpy(), answered, low + where * (high - low))
        return found


def _spread(own: pl.DataFrame, frame: pl.DataFrame, distance: Array) -> Array:
    """Return the standard deviation of each new value on the scale of its norm."""
    with np.errstate(invalid="ignore"):
        bounds = (scaled(frame, own["value_hi"]) - scaled(frame, own["value_lo"])) / (2 * NORMAL_95)
    is_curated = (own["status"] == "curated").fill_null(False).to_numpy()
    share = np.where(is_curated, _by_confidence(own, CURATED_SPREAD), MEASURED_SPREAD)
    declared = share * np.where(has_norm(frame, "log"), 1.0, distance)
    found: Array = np.where(np.isfinite(bounds) & (bounds > 0), bounds, declared)
    return found


def _growth(own: pl.DataFrame, frame: pl.DataFrame) -> Array:
    """Return by what the spread of each value has grown: with the root of its age."""
    age = own["age_days"].fill_null(0.0).to_numpy() / frame["max_age_days"].to_numpy()
    found: Array = np.sqrt(1 + age)
    return found


def _by_confidence(own: pl.DataFrame, found: dict[str, float]) -> Array:
    """Return a figure for the confidence of each answer; what has none counts as medium."""
    return own["confidence"].replace_strict(found, default=found["medium"], return_dtype=pl.Float64).to_numpy()


def _dimensions(
    marks: Array, applies: NDArray[np.bool_], scenarios: Scenarios, frame: pl.DataFrame, groups: pl.DataFrame
) -> Array:
    """Aggregate drawn marks (draw x criterion) to dimensions, every answer being there; NaN where nothing applies."""
    points, weights = np.zeros((2, len(marks), len(DIMENSIONS)))
    for place, (dimension, group, _, combine) in enumerate(groups.iter_rows()):
        own = ((frame["dimension"] == dimension) & (frame["group"] == group)).to_numpy() & applies
        if not own.any():
            continue
        if combine == "top2":
            mark = np.sort(marks[:, own], axis=1)[:, -2:].mean(axis=1)
        else:
            mark = (marks[:, own] * scenarios.inner[:, own]).sum(axis=1) / scenarios.inner[:, own].sum(axis=1)
        points[:, DIMENSIONS.index(dimension)] += scenarios.outer[:, place] * mark
        weights[:, DIMENSIONS.index(dimension)] += scenarios.outer[:, place]
    return np.divide(points, weights, out=np.full_like(points, np.nan), where=weights > 0)


def _seed(*words: str) -> int:
    return int(hashlib.sha256("|".join(words).encode()).hexdigest()[:8], 16)
