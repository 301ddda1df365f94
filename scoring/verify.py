"""Compare stored scores and intervals with recomputed ones."""

from collections.abc import Mapping

import polars as pl

from scoring.lint import DIMENSIONS
from scoring.ranks import is_kept

KEY = ["known_at", "rubric", "as_of", "subject"]
NUMBERS = ["speed_score", "speed_mean", "speed_raw", "lo", "hi", "coverage", "measured_share", *DIMENSIONS]
WORDS = ["status", "reason", "inputs_sha256", "is_reconstructed"]
ENDS = ["median", "lo", "hi"]
TOLERANCE = 1e-9
DIFFERENCE: dict[str, pl.DataType | type[pl.DataType]] = {
    "known_at": pl.Datetime("us"), "rubric": pl.String, "as_of": pl.Datetime("us"), "subject": pl.String,
    "column": pl.String, "stored": pl.String, "recomputed": pl.String,
}  # fmt: skip
RANKS = "rank_probability"

TABLES = {
    "score": ([], NUMBERS, WORDS),
    "score_interval": ([], [*ENDS, "peers", "p_first"], ["confidence"]),
    "dimension_interval": (["dimension"], ENDS, []),
    RANKS: (["rank"], ["probability"], []),
    "dimension_score": (["dimension"], ["raw", "score", "lo", "hi", "coverage"], []),
    "contribution": (
        ["dimension", "group", "metric"],
        ["points", "value", "mark", "weight", "age_days"],
        ["state", "status", "source", "valid_at"],
    ),
}
"""By table what names a row beside its score, the numbers that it says, and the words."""


def differences(stored: Mapping[str, pl.DataFrame], again: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row per stored figure that recomputation does not confirm: key, column, stored, recomputed.

    Of ranks, what is not kept today is left aside: earlier versions stored every one.
    """
    found = [
        _of_table(rows.filter(is_kept()) if name == RANKS else rows, again[name], *TABLES[name])
        for name, rows in stored.items()
    ]
    return pl.concat(found).sort(*KEY, "column")


def lost(stored: Mapping[str, pl.DataFrame], again: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row per figure that is made again and is not stored: its key, its table, and what it is."""
    found = []
    for name, rows in stored.items():
        more, numbers, _ = TABLES[name]
        key = [*KEY, *more]
        there = again[name].filter(is_kept()) if name == RANKS else again[name]
        gone = there.join(rows, on=key, how="anti")
        column = _named(more, name)
        is_told = pl.col(numbers[0]).cast(pl.String)
        found.append(gone.select(*KEY, column=column, stored=pl.lit(None, pl.String), recomputed=is_told))
    return pl.concat(found).sort(*KEY, "column")


def repeated(stored: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row per figure that is stored more than once: its key, its table, how often, and once."""
    found = []
    for name, rows in stored.items():
        more = TABLES[name][0]
        often = rows.group_by(*KEY, *more).len().filter(pl.col("len") > 1)
        told = pl.col("len").cast(pl.String)
        found.append(often.select(*KEY, column=_named(more, f"{name} rows"), stored=told, recomputed=pl.lit("1")))
    return pl.concat(found).sort(*KEY, "column")


def part_differences(stored: Mapping[str, pl.DataFrame], again: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what is stored behind scores and is not what is made again of them: other, gone, or kept twice.

    Mostly they are the same to the last bit, in the same order, which is seen at once.
    """
    odd = {name: rows for name, rows in stored.items() if not rows.equals(again[name].select(rows.columns))}
    if not odd:
        return pl.DataFrame(schema=DIFFERENCE)
    return pl.concat([differences(odd, again), lost(odd, again), repeated(odd)])


def to_prove(drawn: pl.DataFrame, cases: int | None) -> pl.DataFrame:
    """Return the drawn days to draw again: all that is not as it was kept, the newest, and others as far as `cases` go.

    `drawn` are known_at, rubric, as_of, cases and is_as_kept. The newest day of each rubric is always among them; the
    others lie evenly behind it, so many that each rubric has its share of the cases. None stands for all days.
    """
    if cases is None or drawn.is_empty():
        return drawn
    share = cases / drawn["rubric"].n_unique()
    step = (pl.col("cases").sum() / share).ceil().cast(pl.Int64).clip(lower_bound=1).over("rubric")
    place = pl.int_range(pl.len()).over("rubric")
    newest_first = drawn.sort("known_at", "as_of", descending=True)
    return newest_first.filter((place % step == 0) | ~pl.col("is_as_kept"))


def _named(more: list[str], name: str) -> pl.Expr:
    return pl.concat_str(*(pl.col(one).cast(pl.String) for one in more), pl.lit(name), separator=" ")


def _of_table(
    stored: pl.DataFrame, again: pl.DataFrame, more: list[str], numbers: list[str], words: list[str]
) -> pl.DataFrame:
    both = stored.join(again, on=[*KEY, *more], how="left", suffix="_again", nulls_equal=True)
    found = [_differing(both, name, _number_differs(name), more) for name in numbers]
    found += [_differing(both, name, pl.col(name).ne_missing(pl.col(f"{name}_again")), more) for name in words]
    return pl.concat(found)


def _number_differs(name: str) -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}_again")
    return (one.is_null() != other.is_null()) | ((one - other).abs() > TOLERANCE).fill_null(False)


def _differing(both: pl.DataFrame, name: str, differs: pl.Expr, more: list[str]) -> pl.DataFrame:
    return both.filter(differs).select(
        *KEY,
        _named(more, name).alias("column"),
        pl.col(name).cast(pl.String).alias("stored"),
        pl.col(f"{name}_again").cast(pl.String).alias("recomputed"),
    )
