"""How well scores foretell what they claim to: whether a project still lives two years later (docs/backtests.md)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from scoring.rubric import Rubric
from scoring.score import score

NORMAL_95 = 1.959963984540054
DIGITS = 4
UNSAID: dict[str, type[pl.DataType] | pl.DataType] = {
    "lo": pl.Float64,
    "hi": pl.Float64,
    "valid_until": pl.Datetime("us"),
    "confidence": pl.String,
    "doubted_at": pl.Datetime("us"),
}
COUNTS = {"stars": "github.stars", "forks": "github.forks", "contributors": "github.contributors",
          "commits": "github.commits_total", "closed": "github.issues_closed_ever",
          "open": "github.open_issues", "push": "github.last_push_age_d"}  # fmt: skip


@dataclass(frozen=True)
class Start:
    """The days of a backtest: a year before, half a year before and the day of the forecast; two days of its outcome.

    A project lives at the end when commits came in between the last two days; it was alive at the start when commits
    came in the half year before.
    """

    year_ago: date
    half_year_ago: date
    day: date
    outcome_from: date
    outcome_to: date


YEAR, HALF_YEAR, HORIZON = timedelta(days=365), timedelta(days=182), timedelta(days=730)
NEAR = {YEAR: timedelta(days=30), HALF_YEAR: timedelta(days=60), HORIZON: timedelta(days=60)}


def starts(days: Iterable[date]) -> list[Start]:
    """Return every backtest that the recorded days allow: its five days lie as near to the wished ones as may be."""
    known, found = sorted(set(days)), []
    for day in known:
        year_ago, half, last = (_near(known, day + span, NEAR[abs(span)]) for span in (-YEAR, -HALF_YEAR, HORIZON))
        before = _near(known, last - HALF_YEAR, NEAR[HALF_YEAR]) if last else None
        if year_ago and half and last and before:
            found.append(Start(year_ago, half, day, before, last))
    return found


def _near(known: Sequence[date], wished: date, within: timedelta) -> date | None:
    nearest = min(known, key=lambda one: abs(one - wished))
    return nearest if abs(nearest - wished) <= within else None


@dataclass(frozen=True)
class Auc:
    """How often a survivor has more of a signal than one that died (0.5 is chance), with its 95 % ends."""

    signal: str
    auc: float
    lo: float
    hi: float
    lived: int
    died: int


def outcomes(readings: pl.DataFrame, start: Start) -> pl.DataFrame:
    """Return the signals and the outcome (lives) of every project that was alive at the start and is known at all days.

    `readings` has subject, metric, day and value, of the metrics of COUNTS.
    """
    commits = _by_day(readings)["commits"]
    ends = commits.select("subject", lives=pl.col(str(start.outcome_to)) - pl.col(str(start.outcome_from)) > 0)
    return signals_on(readings, start).join(ends.drop_nulls(), on="subject", how="inner").sort("subject")


def signals_on(readings: pl.DataFrame, start: Start) -> pl.DataFrame:
    """Return what was known on the day of the forecast of every project in which commits came in: a column a signal.

    Commits are per week, gains per year, and last_push is the age of the last push, negated.
    """
    by, now, before = _by_day(readings), str(start.day), str(start.year_ago)
    found = by["commits"].select(
        "subject",
        commits_week=(pl.col(now) - pl.col(str(start.half_year_ago))) * 7 / (start.day - start.half_year_ago).days,
    )
    for name in ("stars", "forks", "contributors"):
        level = by[name].select("subject", pl.col(now).alias(name))
        found = found.join(level, on="subject", how="inner")
    pushed = by["push"].select("subject", last_push=-pl.col(now))
    found = found.join(pushed, on="subject", how="inner")
    years = 365 / (start.day - start.year_ago).days
    for name in ("stars", "contributors"):
        gained = by[name].select("subject", ((pl.col(now) - pl.col(before)) * years).alias(f"{name}_gained"))
        found = found.join(gained, on="subject", how="inner")
    both = by["closed"].select("subject", closed=now).join(by["open"].select("subject", open=now), on="subject")
    closed = both.select("subject", ever_closed=pl.col("closed") / (pl.col("closed") + pl.col("open")))
    known = found.join(closed, on="subject", how="inner").drop_nulls().filter(pl.col("ever_closed").is_not_nan())
    return known.filter(pl.col("commits_week") > 0).sort("subject")


def _by_day(readings: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return each count as a table of its own, with a column a day."""
    wide = readings.pivot("day", index=["subject", "metric"], values="value", aggregate_function="max")
    return {name: wide.filter(pl.col("metric") == metric).drop("metric") for name, metric in COUNTS.items()}


def partial_ecosystem(known: pl.DataFrame, on: date, rubric: Rubric) -> pl.Series:
    """Return the ecosystem before rounding of each project, from the signals alone; its gate stays open."""
    values: Mapping[str, pl.Expr] = {
        "github.stars": pl.col("stars"),
        "github.forks": pl.col("forks"),
        "github.contributors": pl.col("contributors"),
        "github.commits_week": pl.col("commits_week"),
        "github.stars_new_365d": pl.col("stars_gained"),
        "github.contributors_new_365d": pl.col("contributors_gained"),
        "github.last_push_age_d": -pl.col("last_push"),
        "github.commits_90d": pl.col("commits_week") * 90 / 7,
    }
    as_of = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - naive UTC everywhere
    told = known.select("subject", **values).unpivot(index="subject", variable_name="metric", on=list(values))
    moment = pl.lit(as_of - timedelta(days=1), pl.Datetime("us"))
    evidence = told.with_columns(
        source=pl.lit("backtest"), lane=pl.lit(0, pl.Int32), valid_at=moment, known_at=moment,
        status=pl.lit("measured"), **{name: pl.lit(None, kind) for name, kind in UNSAID.items()},
    )  # fmt: skip
    who = known.select("subject", kind=pl.lit("project"))
    day = pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")})
    found = score(evidence, who, day, rubric).dimensions.filter(pl.col("dimension") == "ecosystem")
    return found.sort("subject")["raw"]


def auc(signal: str, values: pl.Series, lives: pl.Series) -> Auc:
    """Return the area under the curve of a signal; ties count half. The ends are those of Hanley and McNeil."""
    ranks = values.rank("average")
    lived, died = int(lives.sum()), int((~lives).sum())
    area = (float(ranks.filter(lives).sum()) - lived * (lived + 1) / 2) / (lived * died)
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (lived - 1) * (one - area**2) + (died - 1) * (two - area**2)
    half = NORMAL_95 * math.sqrt(spread / (lived * died))
    lo, hi = max(area - half, 0.0), min(area + half, 1.0)
    return Auc(signal, round(area, DIGITS), round(lo, DIGITS), round(hi, DIGITS), lived, died)


def survival(known: pl.DataFrame, on: date, rubrics: Mapping[str, Rubric]) -> list[Auc]:
    """Return how well each signal, and the partial ecosystem of each rubric, foretell who lives."""
    signals = with_ecosystems(known.drop("lives"), on, rubrics).drop("subject")
    return [auc(values.name, values, known["lives"]) for values in signals]


def with_ecosystems(known: pl.DataFrame, on: date, rubrics: Mapping[str, Rubric]) -> pl.DataFrame:
    """Add the partial ecosystem of each rubric to the signals, which are sorted by subject."""
    marks = {f"ecosystem {name}": partial_ecosystem(known, on, rubric) for name, rubric in rubrics.items()}
    return known.with_columns(**marks)
