"""The issues of several subjects as if they were of one: each subject lives in an age of its own.

Every moment of the second subject of a block is put 142 years later, of the third 284 years, and so on. No window and
no horizon reaches from one age into the next, so whatever is counted of a day counts issues of its subject alone.
A moment before 1970 stands at the beginning of its age, one after 2112 at its end: some server may send them.
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

    `cells` has subject, day, and `at`: the day in its subject's age in microseconds, rising.
    """

    issues: pl.DataFrame
    closes: pl.DataFrame
    cells: pl.DataFrame

    @property
    def at(self) -> pl.Series:
        """The days in their ages."""
        return self.cells["at"]

    @property
    def begins(self) -> pl.Series:
        """When the age of each of these days begins."""
        return self.at - self.at % AGE


def blocks(issues: pl.DataFrame, days: Sequence[datetime], closes: pl.DataFrame) -> Iterator[Block]:
    """Yield the issues with the days after each subject's first one, few enough at once for the memory."""
    asked = pl.DataFrame({"day": pl.Series(sorted(set(days)), dtype=pl.Datetime("us"))})
    known = with_unknown(issues)
    ages = _ages(known)
    own, ended = (_aged(frame, ages).partition_by("block", as_dict=True) for frame in (known, closes))
    for key, some in ages.partition_by("block", maintain_order=True, as_dict=True).items():
        cells = some.join(asked, how="cross").filter(pl.col("day") > pl.col("first")).sort("age", "day")
        cells = cells.select("subject", "day", at=pl.col("day").to_physical() + pl.col("age") * AGE)
        for start in range(0, asked.height, DAYS_AT_ONCE):
            wanted = cells.join(asked[start : start + DAYS_AT_ONCE], on="day", how="semi", maintain_order="left")
            if not wanted.is_empty():
                yield Block(own[key], ended.get(key, _aged(closes[:0], ages)), wanted)


def _ages(issues: pl.DataFrame) -> pl.DataFrame:
    """Return per subject its first moment, its block, and its age there; a subject of very many issues stands alone."""
    found = issues.group_by("subject").agg(size=pl.len(), first=pl.col("created_at").min()).sort("subject")
    places: list[tuple[int, int]] = []
    block, age, issues_there = 0, 0, 0
    for size in found["size"]:
        if age and (issues_there + size > MOST_ISSUES or age == MOST_SUBJECTS):
            block, age, issues_there = block + 1, 0, 0
        places.append((block, age))
        age, issues_there = age + 1, issues_there + size
    return found.hstack(pl.DataFrame(places, {"block": pl.Int64, "age": pl.Int64}, orient="row"))


def _aged(frame: pl.DataFrame, ages: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the subjects, their moments in the age of each, and numbers that no two of a block share."""
    later = [
        (pl.col(name).to_physical().clip(0, AGE - 1) + pl.col("age") * AGE).cast(pl.Datetime("us")).alias(name)
        for name in MOMENTS
        if name in frame.columns
    ]
    own = frame.join(ages.select("subject", "block", "age"), on="subject")
    return own.with_columns(*later, number=pl.col("number") + pl.col("age") * NUMBERS).sort("block", "number")
