"""Published like-for-like benchmarks: whole tables, dated, each with what its authors have to gain.

See docs/facts.md#benchmark-tables.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from itertools import product
from statistics import fmean, geometric_mean, median
from typing import Literal

import tomli
from pydantic import Field, HttpUrl, field_validator

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.subject import Slug, Strict, Word

PHASES = {"training": METRICS["benchmark.rel_training"], "inference": METRICS["benchmark.rel_inference"]}
LEAST_TASKS = 3
HALF_LIFE = timedelta(days=730)
Phase = Literal["training", "inference"]


@dataclass(frozen=True)
class Speed:
    """How fast a framework is against the reference of a table: the factor, and the number of tasks behind it."""

    factor: float
    tasks: int


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

    def is_older_and_like(self, newest: "Suite") -> bool:
        """Return whether the table is older than another one and of the same hardware, against the same reference."""
        return self.date < newest.date and (self.hardware, self.reference) == (newest.hardware, newest.reference)

    def speed(self, framework: str, phase: str) -> Speed | None:
        """Return the speed against the reference; None where no task is common.

        It is the geometric mean over the tasks that both have of (time of the reference / time of the framework).
        """
        theirs, own = self.best(self.reference, phase), self.best(framework, phase)
        common = sorted(theirs.keys() & own.keys())
        if not common:
            return None
        faster = geometric_mean(theirs[task] / own[task] for task in common)
        return Speed(faster if self.better == "less" else 1 / faster, len(common))


def relative_speeds(suites: Sequence[Suite]) -> Iterator[Observation]:
    """Yield each framework's speed in each phase as a derived observation of its suite's date.

    A table of fewer than three common tasks tells nothing. Older tables of the same hardware and reference take part,
    each two years older for half; other hardware never does.
    """
    for suite, phase in product(suites, PHASES):
        for framework in suite.frameworks:
            if newest := _told(suites, suite, framework, phase):
                yield PHASES[phase].of(
                    framework,
                    datetime.combine(suite.date, time.min),
                    _with_older(suites, suite, framework, phase),
                    status=Status.DERIVED,
                    method="derived",
                    source=suite.id,
                    url=suite.url,
                    n=newest.tasks,
                )


def _with_older(suites: Iterable[Suite], newest: Suite, framework: str, phase: str) -> float:
    """Return the speed in a table; where there are older ones like it, the geometric mean, in which they fade."""
    like = [newest, *(one for one in suites if one.is_older_and_like(newest))]
    told = [(one.date, speed.factor) for one in like if (speed := _told(suites, one, framework, phase))]
    if len(told) == 1:
        return told[0][1]
    weights = [0.5 ** ((newest.date - day) / HALF_LIFE) for day, _ in told]
    return math.exp(fmean([math.log(factor) for _, factor in told], weights))


def _told(suites: Iterable[Suite], suite: Suite, framework: str, phase: str) -> Speed | None:
    """Return what a table tells of a framework; None where it has too few tasks.

    One whose authors have something to gain never tells more than the median of those whose authors have not, where
    there are any.
    """
    found = suite.speed(framework, phase)
    if not found or found.tasks < LEAST_TASKS:
        return None
    most = _ceiling(suites, framework, phase) if suite.conflict_of_interest else math.inf
    return replace(found, factor=min(found.factor, most))


def _ceiling(suites: Iterable[Suite], framework: str, phase: str) -> float:
    """Return the median speed in the tables whose authors have nothing to gain; infinite where there is none."""
    told = (suite.speed(framework, phase) for suite in suites if not suite.conflict_of_interest)
    speeds = [speed.factor for speed in told if speed and speed.tasks >= LEAST_TASKS]
    return median(speeds) if speeds else math.inf


def read_suites(text: str) -> tuple[Suite, ...]:
    """Read benchmark tables from TOML, oldest first."""
    return tuple(sorted(_suites(tomli.loads(text)["suite"]), key=lambda one: (one.date, one.id)))


def _suites(tables: Iterable[object]) -> Iterator[Suite]:
    return (Suite.model_validate(table) for table in tables)


SUITES = read_suites(files("catalog").joinpath("benchmarks.toml").read_text(encoding="utf-8"))
