"""A rubric: which metrics count, how much, and between which goalposts; an immutable dated file."""

import hashlib
import math
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from catalog.errors import InputError

DIMENSIONS = ("ecosystem", "production", "research", "learning", "performance")
NORMS = {"log", "linear", "ordinal"}
LEVELS = ("none", "limited", "fair", "good", "excellent")
DEFAULT = "2024.1"


class RubricError(InputError):
    """A rubric is unknown or wrong: the message names the file, the key and what to change."""


@dataclass(frozen=True)
class Criterion:
    """One metric in a rubric: its place, weight, norm, goalposts and the age up to which it counts."""

    dimension: str
    group: str
    metric: str
    group_weight: float
    weight: float
    combine: str
    norm: str
    lo: float
    hi: float
    max_age_days: int
    liveness: bool


@dataclass(frozen=True)
class Rubric:
    """A whole rubric with the fingerprint of its file."""

    id: str
    sha256: str
    base_date: date
    ordinal: tuple[float, ...]
    min_coverage: dict[str, float]
    criteria: tuple[Criterion, ...]

    def frame(self) -> pl.DataFrame:
        """Give one row per criterion; weights within a group sum to 1."""
        return pl.DataFrame([vars(one) for one in self.criteria]).sort("dimension", "group", "metric")


def available() -> list[str]:
    """Give the ids of the shipped rubrics, oldest first."""
    folder = files("scoring").joinpath("rubrics")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))


@cache
def load(rubric_id: str) -> Rubric:
    """Give a shipped rubric; raise RubricError with the ids that there are."""
    if rubric_id not in available():
        raise RubricError(f"no rubric is called {rubric_id!r}; there are {', '.join(available())}")
    return read(files("scoring").joinpath(f"rubrics/{rubric_id}.toml").read_text(encoding="utf-8"), rubric_id)


def read(text: str, name: str) -> Rubric:
    """Read a rubric from TOML; raise RubricError with file, key and reason."""
    try:
        table = tomllib.loads(text)
        criteria = [
            _criterion(dimension, group, metric, row, groups["group"][group])
            for dimension, groups in table["dimension"].items()
            for group in groups["group"]
            for metric, row in groups["group"][group]["metrics"].items()
        ]
        rubric = Rubric(
            id=table["id"],
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            base_date=table["base_date"],
            ordinal=tuple(float(table["ordinal"][level]) for level in LEVELS),
            min_coverage={d: float(groups["min_coverage"]) for d, groups in table["dimension"].items()},
            criteria=tuple(_share_out(criteria)),
        )
    except tomllib.TOMLDecodeError as error:
        raise RubricError(f"rubric {name}: not valid TOML: {error}") from error
    except KeyError as error:
        raise RubricError(f"rubric {name}: key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise RubricError(f"rubric {name}: {error}") from error
    if faults := lint(rubric):
        raise RubricError(f"rubric {name}: {faults[0]}")
    return rubric


def lint(rubric: Rubric) -> list[str]:
    """Name what is wrong with a rubric: weights, goalposts, dimensions."""
    faults = []
    if (found := {one.dimension for one in rubric.criteria}) != set(DIMENSIONS):
        faults.append(f"its dimensions are {sorted(found)}; they must be {sorted(DIMENSIONS)}")
    for dimension in DIMENSIONS:
        groups = {one.group: one.group_weight for one in rubric.criteria if one.dimension == dimension}
        if not math.isclose(sum(groups.values()), 1, abs_tol=1e-9):
            faults.append(f"the group weights of {dimension} sum to {sum(groups.values()):g}; they must sum to 1")
    for one in rubric.criteria:
        faults += [f"{one.metric}: {fault}" for fault in _faults(one)]
    return faults


def _faults(one: Criterion) -> list[str]:
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


def _criterion(dimension: str, group: str, metric: str, row: dict[str, Any], table: dict[str, Any]) -> Criterion:
    ordinal = row["norm"] == "ordinal"
    return Criterion(
        dimension=dimension,
        group=group,
        metric=metric,
        group_weight=float(table["weight"]),
        weight=float(row.get("weight", 1)),
        combine=table.get("combine", "mean"),
        norm=row["norm"],
        lo=0.0 if ordinal else float(row["lo"]),
        hi=float(len(LEVELS) - 1) if ordinal else float(row["hi"]),
        max_age_days=int(row["max_age_days"]),
        liveness=bool(row.get("liveness", False)),
    )


def _share_out(criteria: list[Criterion]) -> list[Criterion]:
    """Scale weights to sum 1 within each group, and group weights to sum 1 within each dimension."""
    shared = []
    for one in criteria:
        within = sum(c.weight for c in criteria if (c.dimension, c.group) == (one.dimension, one.group))
        groups = {c.group: c.group_weight for c in criteria if c.dimension == one.dimension}
        total = sum(groups.values())
        # 0.3333333333 three times means a third; any other sum is a mistake that lint names.
        scaled = one.group_weight / total if math.isclose(total, 1, abs_tol=1e-6) else one.group_weight
        shared.append(Criterion(**vars(one) | {"weight": one.weight / (within or 1), "group_weight": scaled}))
    return shared
