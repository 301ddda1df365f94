"""Whether a project is given up: neither a push nor a release for a year (docs/backtests.md).

A project that left the list is not dropped: it counts as seen until then (censored). The figure is the area of Uno, in
which a project that was given up weighs by the inverse of the probability of having been seen so long; the ends and the
differences come from one bootstrap over projects.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

GIVEN_UP = timedelta(days=365)
RESAMPLES, SEED = 1_000, 20_260_101
ENDS = (2.5, 97.5)
THIRDS = ("lowest", "middle", "highest")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fates:
    """What became of each project: days from the forecast until it was given up, or was last seen."""

    days: Floats
    is_given_up: NDArray[np.bool_]
    horizon_d: float

    def take(self, places: NDArray[np.int64]) -> "Fates":
        """Return the fates at these places."""
        return Fates(self.days[places], self.is_given_up[places], self.horizon_d)

    @property
    def lasts(self) -> NDArray[np.bool_]:
        """Whether each project was seen to the end without having been given up."""
        return ~self.is_given_up & (self.days >= self.horizon_d)

    @property
    def counts(self) -> dict[str, int]:
        """How many projects were given up, lasted to the end, and left the list before."""
        given_up, lasting = int(self.is_given_up.sum()), int(self.lasts.sum())
        return {"given_up": given_up, "lasting": lasting, "censored": len(self.days) - given_up - lasting}


def forecast(known: pl.DataFrame, seen: pl.DataFrame, on: date, until: date) -> tuple[pl.DataFrame, Fates]:
    """Return the signals of the projects whose fate is known (a column a signal), and the fates in their order.

    `known` has subject and a column a signal, `seen` is as in `fates`.
    """
    both = known.join(fates(seen, on, until), on="subject").sort("subject")
    came = Fates(both["days"].to_numpy(), both["is_given_up"].to_numpy(), (until - on).days)
    return both.drop("subject", "days", "is_given_up"), came


def fates(seen: pl.DataFrame, on: date, until: date) -> pl.DataFrame:
    """Return subject, days and is_given_up of every project that was active in the year before a day, up to another.

    `seen` has subject, day and active_at (last push or release), a row for each snapshot in which a project stands.
    """
    ended_at = pl.col("active_at") + GIVEN_UP
    start, end = (pl.lit(day).cast(pl.Datetime("us")) for day in (on, until))
    alive = seen.filter((pl.col("day") == on) & (ended_at > start)).select("subject")
    later = seen.filter(pl.col("day").is_between(on, until)).join(alive, on="subject", how="semi")
    found = later.group_by("subject").agg(
        last_seen=pl.col("day").max().cast(pl.Datetime("us")),
        ended_at=ended_at.filter(ended_at <= pl.col("day").cast(pl.Datetime("us"))).min(),
    )
    days = (pl.min_horizontal(pl.coalesce("ended_at", "last_seen"), end) - start).dt.total_seconds() / 86_400
    is_given_up = (pl.col("ended_at") < end).fill_null(value=False)
    return found.select("subject", days=days, is_given_up=is_given_up).sort("subject")


def area(values: Floats, known: Fates) -> float:
    """Return how often a project that lasts to the end has more of a signal than one that does not; ties count half."""
    weights = 1 / _still_seen(known)[known.is_given_up]
    lasting = np.sort(values[known.lasts])
    below, upto = (np.searchsorted(lasting, values[known.is_given_up], side) for side in ("left", "right"))
    wins = len(lasting) - (below + upto) / 2
    return float((weights * wins).sum() / (weights.sum() * len(lasting)))


def _still_seen(known: Fates) -> Floats:
    """Return, for each project, the Kaplan-Meier probability of being seen up to just before its last day."""
    is_lost = ~known.is_given_up & ~known.lasts
    times = np.unique(known.days[is_lost])
    at_risk = (known.days[None, :] >= times[:, None]).sum(axis=1)
    lost = (known.days[None, :] == times[:, None])[:, is_lost].sum(axis=1)
    curve = np.concatenate([[1.0], np.cumprod(1 - lost / at_risk)])
    return np.asarray(curve[np.searchsorted(times, known.days, "left")], dtype=np.float64)


def foretold(signals: pl.DataFrame, known: Fates, baseline: str) -> pl.DataFrame:
    """Return, by signal, auc, lo, hi, how far it lies above the baseline (above, above_lo, above_hi), and the counts.

    `signals` has a column a signal, a row a project, in the order of the fates.
    """
    columns = {name: signals[name].to_numpy().astype(np.float64) for name in signals.columns}
    chance, size = np.random.default_rng(SEED), len(known.days)
    draws: dict[str, list[float]] = {name: [] for name in columns}
    for _ in range(RESAMPLES):
        places = chance.integers(0, size, size)
        some = known.take(places)
        for name, values in columns.items():
            draws[name].append(area(values[places], some))
    rows = []
    for name, values in columns.items():
        more = np.array(draws[name]) - np.array(draws[baseline])
        (lo, hi), (above_lo, above_hi) = np.percentile(draws[name], ENDS), np.percentile(more, ENDS)
        auc, above = area(values, known), area(values, known) - area(columns[baseline], known)
        found = {"auc": auc, "lo": lo, "hi": hi, "above": above, "above_lo": above_lo, "above_hi": above_hi}
        rows.append({"signal": name, **{key: round(float(value), 4) for key, value in found.items()}, **known.counts})
    return pl.DataFrame(rows)


def thirds(marks: pl.Series, known: Fates) -> pl.DataFrame:
    """Return, for the lowest, middle and highest third by a mark, the share given up to the end (Kaplan-Meier)."""
    values = marks.to_numpy()
    rows = []
    for name, places in zip(THIRDS, np.array_split(np.argsort(values, kind="stable"), len(THIRDS)), strict=True):
        from_, to = (round(float(end), 2) for end in (values[places].min(), values[places].max()))
        given_up = round(1 - _lasting(known.take(places)), 4)
        rows.append({
            "third": name, "marks_from": from_, "marks_to": to, "projects": len(places), "given_up": given_up,
        })  # fmt: skip
    return pl.DataFrame(rows)


def _lasting(known: Fates) -> float:
    """Return the Kaplan-Meier probability of not being given up to the end."""
    left = 1.0
    for moment in np.unique(known.days[known.is_given_up]):
        ended = int(((known.days == moment) & known.is_given_up).sum())
        left *= 1 - ended / int((known.days >= moment).sum())
    return left
