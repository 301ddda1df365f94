"""Published like-for-like benchmarks: whole tables, dated, each with what its authors have to gain.

See docs/facts.md#benchmark-tables.
"""

import math
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from importlib.resources import files
from itertools import product
from statistics import geometric_mean, median
from typing import Literal

from pydantic import Field, HttpUrl, field_validator

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.subject import Slug, Strict, Word

PHASES = {"training": METRICS["benchmark.rel_training"], "inference": METRICS["benchmark.rel_inference"]}
LEAST_TASKS = 3
Phase = Literal["training", "inference"]


class Result(Strict):
    """What one set-up took for one task; `framework` is a subject, `value` stands in the unit of the suite."""

    task: Word
    phase: Phase
    framework: Slug
    setup: Word
    value: float = Field(gt=0)


class Suite(Strict):
    """One published table: the same tasks, on the same hardware, at the same time, by several frameworks."""

    id: Slug
    name: Word
    hardware: Word
    metric: Word
    unit: Word
    better: Literal["less", "more"]
    reference: Slug
    date: date
    url: str
    quote: Word
    conflict_of_interest: bool
    conflict: Word
    result: list[Result] = Field(min_length=2)

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, url: str) -> str:
        HttpUrl(url)
        return url

    @property
    def frameworks(self) -> list[str]:
        """The subjects that the table speaks of, sorted."""
        return sorted({one.framework for one in self.result})

    def best(self, framework: str, phase: str) -> dict[str, float]:
        """Return the value of the framework's best set-up for each task of the phase."""
        best = min if self.better == "less" else max
        own = [one for one in self.result if (one.framework, one.phase) == (framework, phase)]
        return {task: best(one.value for one in own if one.task == task) for task in {one.task for one in own}}

    def speed(self, framework: str, phase: str) -> tuple[float, int] | None:
        """Return the speed against the reference and the number of tasks behind it; None where no task is common.

        It is the geometric mean over the tasks that both have of (time of the reference / time of the framework).
        """
        theirs, own = self.best(self.reference, phase), self.best(framework, phase)
        common = sorted(theirs.keys() & own.keys())
        if not common:
            return None
        faster = geometric_mean(theirs[task] / own[task] for task in common)
        return (faster if self.better == "less" else 1 / faster), len(common)


def relative_speeds(suites: Sequence[Suite]) -> Iterator[Observation]:
    """Yield each framework's speed in each phase as a derived observation of its suite's date.

    A table of fewer than three common tasks tells nothing. One whose authors have something to gain never tells more
    than the median of those whose authors have not, where there are any.
    """
    for suite, phase in product(suites, PHASES):
        for framework in suite.frameworks:
            found = suite.speed(framework, phase)
            if found and found[1] >= LEAST_TASKS:
                most = _ceiling(suites, framework, phase) if suite.conflict_of_interest else math.inf
                yield PHASES[phase].of(
                    framework,
                    datetime.combine(suite.date, time.min),
                    min(found[0], most),
                    status=Status.DERIVED,
                    method="derived",
                    source=suite.id,
                    url=suite.url,
                    n=found[1],
                )


def _ceiling(suites: Iterable[Suite], framework: str, phase: str) -> float:
    """Return the median speed in the tables whose authors have nothing to gain; infinite where there is none."""
    told = (suite.speed(framework, phase) for suite in suites if not suite.conflict_of_interest)
    speeds = [speed for speed, tasks in filter(None, told) if tasks >= LEAST_TASKS]
    return median(speeds) if speeds else math.inf


def read_suites(text: str) -> tuple[Suite, ...]:
    """Read benchmark tables from TOML, oldest first."""
    return tuple(sorted(_suites(tomllib.loads(text)["suite"]), key=lambda one: (one.date, one.id)))


def _suites(tables: Iterable[object]) -> Iterator[Suite]:
    return (Suite.model_validate(table) for table in tables)


SUITES = read_suites(files("catalog").joinpath("benchmarks.toml").read_text(encoding="utf-8"))
