"""How fast issues are answered and closed, on any past day, from the issues as they are known.

See docs/method.md#definitions-that-readers-ask-for.

A day T stands for all that happened before it: an issue that was closed at T or later is open at T. The population is
issues of humans. An issue whose author's account is gone counts among them: accounts that are deleted were people's,
and without it the figure of a past day would move whenever somebody leaves. Bots are left out, pull requests are none.

The close that counts is the first that stands: it was not undone within seven days. Where the closes of an issue are
not known, GitHub's last close stands for it: one that was closed, reopened and closed again then looks slower than it
was. An issue that is gone (deleted, transferred) is censored when it was last seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from catalog.statistics import wilson_ends
from scoring.derive.issue_blocks import Block, blocks
from scoring.derive.issue_closes import NONE, closed_lately, reopened, standing
from scoring.derive.kaplan_meier import curves

DAY = 86_400_000_000
HOUR = 3_600_000_000
COHORT = 90 * DAY
HORIZON = 30 * DAY
SOON = 48 * HOUR
Z = 1.96
FAR = 3
NOT_COMPLETED = ("NOT_PLANNED", "DUPLICATE")
RATES = pl.Schema(
    {
        "subject": pl.String(),
        "day": pl.Datetime("us"),
        "metric": pl.String(),
        "value": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "n": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Moving:
    """A day at which the Kaplan-Meier rate and the matured one differ by more than three standard errors."""

    subject: str
    day: datetime
    close: float
    matured: float
    standard_error: float

    def event(self) -> dict[str, Any]:
        """Return it as an event for the audit trail of the warehouse."""
        return {
            "subject": self.subject,
            "metric": "github.issue_close_30d",
            "source": "github",
            "kind": "moving",
            "detail": f"rate is moving: {self.close:.3f} by Kaplan-Meier, {self.matured:.3f} of the matured issues,"
            f" over {FAR} standard errors of {self.standard_error:.3f} apart",
            "valid_at": self.day,
            "value": self.close,
            "expected": self.matured,
        }


def rates(
    issues: pl.DataFrame, days: Sequence[datetime], closes: pl.DataFrame = NONE, window: int = COHORT
) -> pl.DataFrame:
    """Return each metric of each subject at each day, columns as in RATES, in the order of subject, day and metric.

    `issues` has the columns of warehouse.issues.ISSUE, better those of STORED; `closes` those of stored_closes. A
    subject's days begin after its first issue. A value is null where it cannot be told: nobody is in the cohort, the
    curve of first responses does not reach a half, or it is not known of every issue whether it was reopened. Where the
    curve stays below a half, lo says how long the cohort was watched, at most 2160 h, and the median is longer than
    that. The days must be ones before which the issues are known whole. `window` (microseconds) is how far back the
    cohort reaches.
    """
    return rates_of(estimates(issues, days, closes, window))


def estimates(
    issues: pl.DataFrame, days: Sequence[datetime], closes: pl.DataFrame = NONE, window: int = COHORT
) -> list[pl.DataFrame]:
    """Return what `rates_of` and `moving_of` rest on: a row per subject and day, in blocks."""
    return [_wide(block, window) for block in blocks(issues, days, closes)]


def rates_of(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return the rates that follow from estimates."""
    return pl.concat([pl.DataFrame(schema=RATES), *map(_long, found)]).sort("subject", "day", "metric")


def moving_of(found: Iterable[pl.DataFrame]) -> list[Moving]:
    """Return the days at which the rate is moving; where the standard error is 0 nothing can be said."""
    is_far = (pl.col("close_se") > 0) & ((pl.col("close") - pl.col("matured")).abs() > FAR * pl.col("close_se"))
    days = [one.filter(is_far).select("subject", "day", "close", "matured", "close_se") for one in found]
    return sorted((Moving(*row) for one in days for row in one.rows()), key=lambda one: (one.subject, one.day))


def _wide(block: Block, window: int = COHORT) -> pl.DataFrame:
    """Return one row per subject and day, with every estimate beside the others."""
    undone = reopened(block.closes)
    pairs = standing(_pairs(block, window), undone)
    young = pairs.filter(pl.col("age") <= window)
    human = young.filter("is_human")
    commented = human.filter("is_comment_known").with_columns(seen=pl.min_horizontal("seen", "commented"))
    is_completed = pl.col("state_reason").is_in(NOT_COMPLETED).not_().fill_null(value=True)
    grid = block.cells.select("subject", "day", cohort=pl.int_range(pl.len()))
    for found in (
        young.group_by("cohort").agg(
            bots=pl.col("author_kind").eq("bot").sum(), authors=pl.len(), opened=pl.col("is_human").sum()
        ),
        human.group_by("cohort").agg(
            reopened=pl.col("was_reopened").mean(), untold=(~pl.col("is_history_known")).fill_null(value=True).sum()
        ),
        _matured(pairs),
        _curve(human, pl.col("close"), "close", HORIZON),
        _curve(human, pl.when(is_completed).then("close"), "completed", HORIZON),
        _curve(commented, pl.col("response"), "response", window),
        _curve(commented, pl.col("response"), "soon", SOON),
    ):
        grid = grid.join(found, on="cohort", how="left", maintain_order="left")
    counts = ("authors", "opened", "matured_n", "close_n", "completed_n", "response_n", "soon_n")
    people = block.issues.filter(pl.col("author_kind") != "bot")
    return grid.with_columns(
        pl.col(*counts).fill_null(0),
        is_open=_open(block, undone),
        was_closed=closed_lately(people, block.at, undone),
    )


def _pairs(block: Block, window: int) -> pl.DataFrame:
    """Return every issue with every day at which it is at most 30 days older than the window; times in microseconds.

    What happens at the day or later has not happened: close and response are null then.
    """
    issues, at = block.issues, block.at
    created = issues["created_at"].to_physical()
    first, last = (at.search_sorted(created + shift, side="right") for shift in (0, window + HORIZON))
    close, response, gone, commented = (
        (pl.col(name).to_physical() - pl.col("created_at").to_physical()).clip(0)
        for name in ("closed_at", "first_response_at", "gone_at", "comments_until")
    )
    return (
        issues.select(
            "number",
            "author_kind",
            "state_reason",
            "is_history_known",
            is_comment_known=pl.col("is_comment_known") | pl.col("comments_until").is_not_null(),
            is_human=pl.col("author_kind") != "bot",
            created=created,
            close=close,
            response=response,
            gone=gone,
            commented=commented,
            cohort=pl.int_ranges(first, last),
        )
        .explode("cohort", empty_as_null=False)
        .cast({"cohort": pl.Int64})
        .with_columns(age=pl.lit(at).gather("cohort") - pl.col("created"))
        .with_columns(
            *(pl.when(pl.col(name) < pl.col("age")).then(name).alias(name) for name in ("close", "response")),
            seen=pl.min_horizontal("age", "gone"),
        )
    )


def _curve(cohort: pl.DataFrame, event: pl.Expr, name: str, horizon: int) -> pl.DataFrame:
    """Return the curve of a cohort whose cases are seen until their day, or until they went: there they are censored.

    That is also the right estimate where another event makes this one impossible, as a close as not planned makes a
    completed one: whoever had the other event never has this one and stays among those at risk.
    """
    cases = cohort.select("cohort", duration=pl.coalesce(event, "seen"), is_event=event.is_not_null())
    found = curves(cases, horizon)
    return found.select(
        "cohort", pl.col("share").alias(name), pl.col("n", "longest", "se", "median").name.prefix(f"{name}_")
    )


def _matured(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the share of the issues created 120 to 30 days before the day that were closed within 30 days.

    One that went before it was 30 days old, unclosed, does not tell.
    """
    is_seen = pl.col("close").is_not_null() | (pl.col("seen") > HORIZON)
    cohort = pairs.filter(pl.col("is_human") & (pl.col("age") > HORIZON) & is_seen)
    is_hit = (pl.col("close") <= HORIZON).fill_null(value=False)
    return cohort.group_by("cohort").agg(matured=is_hit.mean(), matured_n=pl.len())


def _open(block: Block, undone: pl.DataFrame) -> pl.Series:
    """Return how many issues were open on each day, by any author; `undone` are the closes of reopened ones."""
    plain = block.issues.join(undone, on="number", how="anti")
    again, gone = (block.issues.join(undone, on="number", how="semi")[name] for name in ("closed_at", "gone_at"))
    left = pl.concat([plain.select(pl.coalesce("closed_at", "gone_at")).to_series(), gone.filter(again.is_null())])
    moments = (block.issues["created_at"], left, undone["closed_at"], undone["reopened_at"])
    ordered = [one.drop_nulls().to_physical().sort() for one in moments]
    open_then, open_before = (
        opened - closed - ended + reborn
        for opened, closed, ended, reborn in (
            (one.search_sorted(at).cast(pl.Int64) for one in ordered) for at in (block.at, block.begins)
        )
    )
    return open_then - open_before


def _long(wide: pl.DataFrame) -> pl.DataFrame:
    """Return one row per metric."""
    matured, bots = pl.col("matured"), pl.col("bots") / pl.col("authors")
    none = pl.lit(None, pl.Float64)
    is_late = (pl.col("response_n") > 0) & pl.col("response_median").is_null()
    least = pl.when(is_late).then(hours("response_longest"))
    metrics: dict[str, tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]] = {
        "github.issues_opened_90d": (pl.col("opened"), none, none, pl.col("opened")),
        "github.issues_closed_90d": (pl.col("was_closed"), none, none, pl.col("was_closed")),
        "github.open_issues": (pl.col("is_open"), none, none, pl.col("is_open")),
        "github.issue_bot_share_90d": (bots, *_wilson(bots, pl.col("authors")), pl.col("authors")),
        "github.issue_reopened_share_90d": (
            pl.when(pl.col("untold") == 0).then("reopened"),
            *_wilson(pl.col("reopened"), pl.col("opened")),
            pl.col("opened"),
        ),
        "github.issue_close_30d": (pl.col("close"), *_ends("close"), pl.col("close_n")),
        "github.issue_close_completed_30d": (pl.col("completed"), *_ends("completed"), pl.col("completed_n")),
        "github.issue_close_30d_matured": (matured, *_wilson(matured, pl.col("matured_n")), pl.col("matured_n")),
        "github.issue_first_response_48h": (pl.col("soon"), *_ends("soon"), pl.col("soon_n")),
        "github.issue_first_response_median_h": (hours("response_median"), least, none, pl.col("response_n")),
    }
    return pl.concat(
        wide.select("subject", "day", metric=pl.lit(name), value=value, lo=lo, hi=hi, n=n).cast(RATES)
        for name, (value, lo, hi, n) in metrics.items()
    )


def hours(name: str) -> pl.Expr:
    """Return microseconds in hours, divided row by row.

    By a single number Polars multiplies with its reciprocal, but in a frame of one row it divides: the last bit would
    hang on how many are told of at once.
    """
    return pl.col(name) / (pl.col(name) * 0 + HOUR)


def _ends(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Return both ends by Greenwood's error; it is 0 where nobody or everybody had the event: then Wilson's ends."""
    half, is_certain = Z * pl.col(f"{name}_se"), pl.col(f"{name}_se") == 0
    lo, hi = _wilson(pl.col(name), pl.col(f"{name}_n"))
    return (
        pl.when(is_certain).then(lo).otherwise((pl.col(name) - half).clip(0, 1)),
        pl.when(is_certain).then(hi).otherwise((pl.col(name) + half).clip(0, 1)),
    )


def _wilson(share: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    lo, hi = wilson_ends(share, n)
    return lo.clip(0, 1), hi.clip(0, 1)
