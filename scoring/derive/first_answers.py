"""How long a question waits for its first answer: the median of the Kaplan-Meier curve.

See docs/method.md#definitions-that-readers-ask-for.
"""

import polars as pl

from scoring.derive.issue_rates import HOUR, RATES, hours
from scoring.derive.kaplan_meier import curves

OLDEST = 120 * 24 * HOUR
METRIC = "stackoverflow.first_answer_median_h"


def first_answers(questions: pl.DataFrame) -> pl.DataFrame:
    """Return the median hours to the first answer of each subject's cohort, columns as in RATES.

    `questions` has subject, asked_at, first_answer_at and seen_until, the day of the cohort; an answer of that day or
    later has not come yet, and a question without one is censored there. Where the curve does not reach a half the
    value is null, and lo says for how many hours the cohort was watched.
    """
    cohorts = questions.select("subject", "seen_until").unique(maintain_order=True).with_row_index("cohort")
    answered = pl.col("first_answer_at") < pl.col("seen_until")
    cases = questions.join(cohorts, on=["subject", "seen_until"], maintain_order="left").select(
        pl.col("cohort").cast(pl.Int64),
        duration=(pl.when(answered).then("first_answer_at").otherwise("seen_until") - pl.col("asked_at"))
        .dt.total_microseconds()
        .clip(0),
        is_event=answered.fill_null(value=False),
    )
    median = hours("median")
    return (
        cohorts.cast({"cohort": pl.Int64})
        .join(curves(cases, OLDEST), on="cohort", maintain_order="left")
        .select(
            "subject",
            day="seen_until",
            metric=pl.lit(METRIC),
            value=median,
            lo=pl.when(median.is_null()).then(hours("longest")),
            hi=pl.lit(None, pl.Float64),
            n="n",
        )
        .cast(RATES)
    )
