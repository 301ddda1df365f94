"""The issues of several subjects as if they were of one: each subject lives in an age of its own.

Every moment of the second subject of a block is put 142 years later, of the third 284 years, and so on. No window and
no horizon reaches from one age into the next, so whatever is counted of a day counts issues of its subject alone.
A moment before 1970 or after 2112, which some server may send, stands at the end of its age.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from scoring.derive.issue_closes import with_unknown

AGE = 2**52
NUMBERS = 2**40
MOST_ISSUES, MOST_SUBJECTS, DAYS_AT_ONCE = 20_000, 256, 400
MOMENTS = ("created_at", "closed_at", "reopened_at", "first_response_at", "gone_at", "comments_until")


@dataclass(frozen=True)
class Block:
    """Issues and closes of some subjects, each in its age, and the days to tell of each.

    `cells` has subject, day, `at` (the day in its subject's age, rising), and `begins` (when that age does).
    """

    issues: pl.DataFrame
    closes: pl.DataFrame
    cells: pl.DataFrame

    @property
    def at(self) -> pl.Series:
        """The days in their ages, in microseconds."""
        return self.cells["at"]


def blocks(issues: pl.DataFrame, days: Sequence[datetime], closes: pl.DataFrame) -> Iterator[Block]:
    """Yield the issues with the days after each subject's first one, few enough at once for the memory."""
    asked = pl.DataFrame({"day": pl.Series(sorted(set(days)), dtype=pl.Datetime("us"))})
    known = with_unknown(issues)
    sizes = known.group_by("subject").agg(issues=pl.len(), first=pl.col("created_at").min()).sort("subject")
    for some in _few_at_once(sizes):
        ages = some.with_row_index("age").select("subject", "first", age=pl.col("age").cast(pl.Int64))
        own, ended = (_aged(frame, ages) for frame in (known, closes))
        cells = ages.join(asked, how="cross").filter(pl.col("day") > pl.col("first")).sort("age", "day")
        begins = pl.col("age") * AGE
        cells = cells.select("subject", "day", at=pl.col("day").to_physical() + begins, begins=begins)
        for start in range(0, asked.height, DAYS_AT_ONCE):
            wanted = cells.join(asked[start : start + DAYS_AT_ONCE], on="day", how="semi", maintain_order="left")
            if not wanted.is_empty():
                yield Block(own, ended, wanted)


def _few_at_once(sizes: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Part the subjects, in their order: a large one stands alone."""
    begin, issues = 0, 0
    for place, size in enumerate(sizes["issues"]):
        if place > begin and (issues + size > MOST_ISSUES or place - begin == MOST_SUBJECTS):
            yield sizes[begin:place]
            begin, issues = place, 0
        issues += size
    if begin < sizes.height:
        yield sizes[begin:]


def _aged(frame: pl.DataFrame, ages: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the subjects, their moments in the age of each, and numbers that no two of them share."""
    later = [
        (pl.col(name).to_physical().clip(0, AGE - 1) + pl.col("age") * AGE).cast(pl.Datetime("us")).alias(name)
        for name in MOMENTS
        if name in frame.columns
    ]
    own = frame.join(ages.select("subject", "age"), on="subject", maintain_order="left")
    return own.with_columns(*later, number=pl.col("number") + pl.col("age") * NUMBERS).sort("number").drop("age")
