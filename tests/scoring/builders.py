"""What the tests of scoring are built from: days, one answer, a whole card of answers, one scored case."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from catalog.observation import Observation
from scoring.criterion import Criterion
from scoring.rubric import Rubric
from scoring.rubric_files import load
from scoring.score import Scored, score
from warehouse.frame import frame

RUBRIC = load("2024.1")
CRITERIA = {one.metric: one for one in RUBRIC.criteria}
MAY_DAY = datetime(2024, 5, 1)
EVE = datetime(2024, 4, 30)
MORROW = datetime(2024, 5, 2)

COLUMNS = {
    "subject": pl.String,
    "metric": pl.String,
    "source": pl.String,
    "lane": pl.Int32,
    "valid_at": pl.Datetime("us"),
    "valid_until": pl.Datetime("us"),
    "known_at": pl.Datetime("us"),
    "value": pl.Float64,
    "lo": pl.Float64,
    "hi": pl.Float64,
    "status": pl.String,
    "confidence": pl.String,
    "doubted_at": pl.Datetime("us"),
}

Answer = dict[str, Any]


def answer(metric: str, value: float | None, on: datetime = EVE, subject: str = "alpha", **more: Any) -> Answer:
    """One measured answer; None says that the fetch failed."""
    status = "missing" if value is None else "measured"
    plain = {"source": metric.partition(".")[0], "lane": 0, "valid_until": None, "known_at": on, "status": status}
    return {"subject": subject, "metric": metric, "valid_at": on, "value": value, **plain, **more}


def curated(metric: str, value: float, on: datetime = EVE, **more: Any) -> Answer:
    """One judgement of a person, good for 180 days unless said otherwise."""
    plain = {"status": "curated", "lane": 9, "source": "hand", "valid_until": on + timedelta(days=180)}
    return answer(metric, value, on, **plain | more)


def not_applicable(metric: str, subject: str = "alpha") -> Answer:
    """The question makes no sense for this subject."""
    return answer(metric, None, datetime(1970, 1, 1), subject, status="not_applicable", source="catalog")


def card(
    mark: float = 8.0, on: datetime = EVE, subject: str = "alpha", but: Iterable[str] = (), rubric: Rubric = RUBRIC
) -> list[Answer]:
    """Answers to all questions but some, each worth `mark` (or the nearest level that there is)."""
    names = [one.metric for one in rubric.criteria if one.metric not in set(but)]
    return [answer(one, worth(mark, one, rubric), on, subject) for one in names]


def worth(mark: float, metric: str, rubric: Rubric = RUBRIC) -> float:
    """Return the value of a metric that earns a mark; marks below 0 and above 10 lie beyond the goalposts."""
    one = next(one for one in rubric.criteria if one.metric == metric)
    if one.norm == "log":
        return math.exp(math.log(one.lo) + mark / 10 * (math.log(one.hi) - math.log(one.lo)))
    value = one.lo + mark / 10 * (one.hi - one.lo)
    return float(round(value)) if one.norm == "ordinal" else value


def evidence(answers: Iterable[Answer]) -> pl.DataFrame:
    return pl.DataFrame(list(answers), schema=COLUMNS)


def of_facts(facts: Iterable[Observation]) -> pl.DataFrame:
    """Return curated observations as evidence, known when they became true; nothing is said of their confidence."""
    told = {"lane": pl.lit(9, pl.Int32), "known_at": pl.col("valid_at")}
    unsaid = {"confidence": pl.lit(None, pl.String), "doubted_at": pl.lit(None, pl.Datetime("us"))}
    return frame(facts).with_columns(**told, **unsaid)


def subjects(*names: str, kind: str = "framework") -> pl.DataFrame:
    return pl.DataFrame({"subject": names, "kind": [kind] * len(names)})


def days(*moments: datetime) -> pl.DataFrame:
    return pl.DataFrame({"as_of": moments}, schema={"as_of": pl.Datetime("us")})


def scored(
    answers: Iterable[Answer], on: datetime = MAY_DAY, names: Iterable[str] = ("alpha",), rubric: Rubric = RUBRIC
) -> Scored:
    """Score subjects on one day."""
    return score(evidence(answers), subjects(*names), days(on), rubric)


def verdict_on(answers: Iterable[Answer], on: datetime = MAY_DAY, rubric: Rubric = RUBRIC) -> dict[str, Any]:
    """Return the score row of alpha."""
    return scored(answers, on, rubric=rubric).scores.row(0, named=True)


def dimension(name: str, answers: Iterable[Answer], on: datetime = MAY_DAY, rubric: Rubric = RUBRIC) -> dict[str, Any]:
    """Return one dimension row of alpha."""
    return scored(answers, on, rubric=rubric).dimensions.row(by_predicate=pl.col("dimension") == name, named=True)


def raws(answers: Iterable[Answer], on: datetime = MAY_DAY, rubric: Rubric = RUBRIC) -> dict[str, float | None]:
    """Return the raw mark of each dimension of alpha."""
    return dict(scored(answers, on, rubric=rubric).dimensions.select("dimension", "raw").iter_rows())


def figure(metric: str, answers: Iterable[Answer], on: datetime = MAY_DAY) -> dict[str, Any]:
    """Return one contribution row of alpha."""
    return scored(answers, on).contributions.row(by_predicate=pl.col("metric") == metric, named=True)


def rubric_with(metric: str, **changes: Any) -> Rubric:
    """Return the rubric with one criterion changed."""
    return Rubric(**vars(RUBRIC) | {"criteria": tuple(_changed(one, metric, changes) for one in RUBRIC.criteria)})


def _changed(one: Criterion, metric: str, changes: dict[str, Any]) -> Criterion:
    return Criterion(**vars(one) | changes) if one.metric == metric else one
