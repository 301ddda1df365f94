"""What may be wrong with a rubric: weights, goalposts, dimensions, metrics, directions, factors, measured share."""

import math

from catalog.metric import METRICS
from scoring.criterion import LESS, MORE, Criterion
from scoring.rubric import FLOOR, OTHERS, Rubric

DIMENSIONS = ("ecosystem", "production", "research", "learning", "performance")
NORMS = {"log", "linear", "ordinal"}


def lint(rubric: Rubric) -> list[str]:
    """Name what is wrong with a rubric."""
    faults = []
    if (found := {one.dimension for one in rubric.criteria}) != set(DIMENSIONS):
        faults.append(f"its dimensions are {sorted(found)}; they must be {sorted(DIMENSIONS)}")
    for dimension in DIMENSIONS:
        groups = {one.group: one.group_weight for one in rubric.criteria if one.dimension == dimension}
        if not math.isclose(sum(groups.values()), 1, abs_tol=1e-9):
            faults.append(f"the group weights of {dimension} sum to {sum(groups.values()):g}; they must sum to 1")
    for one in rubric.criteria:
        faults += [f"{one.metric}: {fault}" for fault in (*_shape(one), *_origin(one))]
    if rubric.unseen not in {FLOOR, OTHERS}:
        faults.append(f"unseen {rubric.unseen!r} is not {FLOOR} or {OTHERS}")
    if rubric.is_monotone and rubric.gates:
        faults.append(f"a gate would let one unseen answer decide a dimension; with unseen = {FLOOR!r} there is none")
    return faults + _liveness(rubric) + _measured(rubric)


def measured_weight(rubric: Rubric) -> float:
    """Return the share of the weight that rests on measured or derived signals, the five dimensions being equal."""
    return sum(one.group_weight * one.weight * one.measured for one in rubric.criteria) / len(DIMENSIONS)


def _shape(one: Criterion) -> list[str]:
    found = []
    if one.norm not in NORMS:
        found.append(f"norm {one.norm!r} is not one of {', '.join(sorted(NORMS))}")
    if one.combine not in {"mean", "top2"}:
        found.append(f"combine {one.combine!r} is not mean or top2")
    if not (math.isfinite(one.lo) and math.isfinite(one.hi)):
        found.append("lo and hi must be finite")
    if one.lo == one.hi:
        found.append("lo and hi must differ")
    if one.norm == "log" and min(one.lo, one.hi) <= 0:
        found.append("the goalposts of a log norm must be above 0")
    if one.weight <= 0 or one.group_weight <= 0 or one.max_age_days <= 0:
        found.append("weight and max_age_days must be above 0")
    return found


def _origin(one: Criterion) -> list[str]:
    if one.metric not in METRICS:
        return ["no metric is called so; see catalog/metrics.toml"]
    found = []
    if one.source != METRICS[one.metric].source:
        found.append(f"source {one.source!r} is not {METRICS[one.metric].source!r}, which observes it")
    if one.direction != (told := MORE if one.lo < one.hi else LESS):
        found.append(f"direction {one.direction!r} does not agree with the goalposts, by which {told}")
    if one.backing and one.backing not in METRICS:
        found.append(f"liveness is asked of {one.backing}, which no metric is called")
    return found


def _liveness(rubric: Rubric) -> list[str]:
    found = [f"the gate of {gate}: no metric is called {metric!r}" for gate, metric in rubric.gates.items()
             if metric not in METRICS]  # fmt: skip
    for what, factors in (("capability", rubric.capability_factors), ("gate", rubric.gate_factors)):
        if not all(0 < factor <= 1 for factor in factors):
            found.append(f"the factors of liveness.{what} must be above 0 and at most 1")
        if list(factors) != sorted(factors):
            found.append(f"the factors of liveness.{what} must not fall from retired to live")
    return found


def _measured(rubric: Rubric) -> list[str]:
    share = measured_weight(rubric)
    if share >= rubric.min_measured:
        return []
    return [f"{share:.1%} of the weight is measured; min_measured asks for {rubric.min_measured:.0%}"]
