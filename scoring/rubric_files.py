"""The shelf of rubrics: immutable dated files, found, read and checked."""

import hashlib
import math
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from catalog.errors import InputError
from catalog.liveness import STATES
from scoring.criterion import Criterion
from scoring.lint import lint
from scoring.rubric import OTHERS, Rubric

LEVELS = ("none", "limited", "fair", "good", "excellent")
LIVENESS_MAX_AGE_DAYS = 28
FACTORS = {"retired": 0.25, "declining": 0.75, "watch": 1.0, "stable": 1.0, "live": 1.0}
GATE_FACTORS = FACTORS | {"declining": 0.6}


class RubricError(InputError):
    """A rubric is unknown or wrong: the message names the file, the key and what to change."""


@cache
def available() -> tuple[str, ...]:
    """Return the ids of the shipped rubrics, oldest first."""
    folder = files("scoring").joinpath("rubrics")
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


def default_on(as_of: datetime) -> str:
    """Return the rubric that a day is judged by: the newest that is in force on it, else the newest, in hindsight."""
    newest_first = available()[::-1]
    return next((one for one in newest_first if load(one).base_date <= as_of.date()), newest_first[0])


@cache
def load(rubric_id: str) -> Rubric:
    """Return a shipped rubric; raise RubricError with the ids that there are."""
    if rubric_id not in available():
        raise RubricError(f"no rubric is called {rubric_id!r}; there are {', '.join(available())}")
    return read(files("scoring").joinpath(f"rubrics/{rubric_id}.toml").read_text(encoding="utf-8"), rubric_id)


def read(text: str, name: str) -> Rubric:
    """Read a rubric from TOML; raise RubricError with file, key and reason."""
    try:
        rubric = _rubric(tomli.loads(text), hashlib.sha256(text.encode()).hexdigest())
    except tomli.TOMLDecodeError as error:
        raise RubricError(f"rubric {name}: not valid TOML: {error}") from error
    except KeyError as error:
        raise RubricError(f"rubric {name}: key {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise RubricError(f"rubric {name}: {error}") from error
    if faults := lint(rubric):
        raise RubricError(f"rubric {name}: {faults[0]}")
    return rubric


def _rubric(table: dict[str, Any], sha256: str) -> Rubric:
    dimensions, liveness = table["dimension"], table.get("liveness", {})
    criteria = [
        _criterion(dimension, group, metric, row, groups["group"][group])
        for dimension, groups in dimensions.items()
        for group in groups["group"]
        for metric, row in groups["group"][group]["metrics"].items()
    ]
    return Rubric(
        id=table["id"],
        sha256=sha256,
        base_date=table["base_date"],
        ordinal=tuple(float(table["ordinal"][level]) for level in LEVELS),
        min_coverage={d: float(groups["min_coverage"]) for d, groups in dimensions.items()},
        criteria=tuple(_share_out(criteria)),
        gates={d: groups["gate"] for d, groups in dimensions.items() if "gate" in groups},
        capability_factors=_factors(liveness.get("capability", FACTORS)),
        gate_factors=_factors(liveness.get("gate", GATE_FACTORS)),
        liveness_max_age_days=int(liveness.get("max_age_days", LIVENESS_MAX_AGE_DAYS)),
        min_measured=float(table.get("min_measured", 0)),
        unseen=str(table.get("unseen", OTHERS)),
        min_answers=int(table.get("min_answers", 1)),
    )


def _factors(table: dict[str, Any]) -> tuple[float, ...]:
    return tuple(float(table[state]) for state in STATES)


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
        source=row["source"],
        direction=row["direction"],
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
        shared.append(replace(one, weight=one.weight / (within or 1), group_weight=scaled))
    return shared
