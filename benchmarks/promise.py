"""Take answers away from a warehouse at random, and count whatever rises: scores, dimensions, lower ends, good words.

    python -m benchmarks.promise --home HOME --as-of D [--cases 5000] [--seed 0]

Every case removes, as if they had never been seen, a whole source (of one subject or of all) or one to five cells, or
ages some. Each fiftieth case is drawn and put into words as well. It prints one line; the exit code is 1 where
anything rose.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import polars as pl

from catalog.moments import midnight
from scoring.days import ScoredDays, scored_days
from scoring.rubric import Rubric
from scoring.rubric_files import load
from scoring.score import Scored, score
from scoring.words.peer_comparison import compare_peers
from scoring.words.quick_take import quick_take
from warehouse.query import rows
from warehouse.reader import open_reader
from warehouse.scores import evidence, subjects_known

CELL = ["subject", "metric"]
EPSILON = 1e-9
DRAWN_EVERY = 50
MOST_STRENGTHS = 4


def main() -> int:
    """Run the cases; return 1 where anything rose."""
    asked = _asked()
    with open_reader(asked.home / "speedscore.duckdb") as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        rubric, as_of = load("2026.2"), midnight(asked.as_of.date())
        known = _newest(evidence(connection, rubric.metrics(), known_at, as_of))
        subjects = subjects_known(connection, known_at)
    days, chance = pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")}), Random(asked.seed)
    whole = score(known, subjects, days, rubric)
    drawn = scored_days(known, subjects, [as_of], [as_of], rubric)
    risen = []
    for case in range(asked.cases):
        less = _less(chance, known)
        risen += _risen(whole, score(less, subjects, days, rubric))
        if case % DRAWN_EVERY == 0:
            risen += _drawn_higher(drawn, scored_days(less, subjects, [as_of], [as_of], rubric))
    scored = whole.scores["speed_score"].is_not_null().sum()
    print(f"{asked.cases} cases, {asked.cases // DRAWN_EVERY} drawn; {scored} Speed Scores, "
          f"{whole.dimensions['score'].is_not_null().sum()} dimensions; {len(risen)} rises {risen[:5]}")  # fmt: skip
    return int(bool(risen))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--as-of", type=datetime.fromisoformat, required=True)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _newest(known: pl.DataFrame) -> pl.DataFrame:
    """Return what one day can look at: the newest value of each lane and source, and what does not apply."""
    values = known.filter(pl.col("value").is_not_null()).sort("valid_at", maintain_order=True)
    newest = values.group_by(*CELL, "lane", "source", maintain_order=True).last().select(known.columns)
    return pl.concat([newest, known.filter(pl.col("status") == "not_applicable")])


def _less(chance: Random, known: pl.DataFrame) -> pl.DataFrame:
    """Take some cells away, or make them old."""
    told = known.filter(pl.col("status") != "not_applicable")
    cells = told.select(CELL).unique().sort(CELL)
    if chance.random() < 0.3:
        source = chance.choice(cells["metric"].to_list()).partition(".")[0]
        gone = cells.filter(pl.col("metric").str.starts_with(f"{source}."))
        if chance.random() < 0.5:
            gone = gone.filter(subject=chance.choice(gone["subject"].to_list()))
    else:
        gone = cells[sorted(chance.sample(range(cells.height), chance.randint(1, 5)))]
    if chance.random() < 0.2:
        return _aged(known, gone)
    removed = gone.with_columns(is_gone=True)
    left = known.join(removed, on=CELL, how="left", maintain_order="left")
    return left.filter(pl.col("is_gone").is_null() | (pl.col("status") == "not_applicable")).drop("is_gone")


def _aged(known: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Keep of each cell its newest value alone, and let it be of long ago."""
    touched = known.join(gone, on=CELL, how="semi").filter(pl.col("value").is_not_null())
    old = touched.sort("valid_at").group_by(CELL, maintain_order=True).last().select(known.columns)
    old = old.with_columns(valid_at=pl.lit(datetime(2000, 1, 1), pl.Datetime("us")), valid_until=None)
    return pl.concat([known.join(gone, on=CELL, how="anti", maintain_order="left"), old], how="vertical_relaxed")


def _risen(before: Scored, after: Scored) -> Iterator[tuple[str, ...]]:
    for old, new, key, columns in (
        (before.scores, after.scores, ["subject"], ("speed_raw", "lo")),
        (before.dimensions, after.dimensions, ["subject", "dimension"], ("score", "raw", "lo")),
    ):
        yield from _higher(old, new, key, columns)


def _drawn_higher(before: ScoredDays, after: ScoredDays) -> Iterator[tuple[str, ...]]:
    yield from _higher(before.drawn.intervals, after.drawn.intervals, ["subject"], ("lo", "p_first"))
    yield from _higher(before.drawn.dimensions, after.drawn.dimensions, ["subject", "dimension"], ("lo",))
    old, new = _good_words(before, before.rubric), _good_words(after, after.rubric)
    for subject, words in new.items():
        more = {word for word in words - old[subject] if word.startswith("for ") or len(old[subject]) < MOST_STRENGTHS}
        yield from ((subject, word) for word in more)


def _higher(
    old: pl.DataFrame, new: pl.DataFrame, key: list[str], columns: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    both = new.join(old, on=key, how="left", suffix="_old")
    for name in columns:
        risen = both.filter(pl.col(name) > pl.col(f"{name}_old").fill_null(-1.0) + EPSILON)
        yield from ((*row, name) for row in risen.select(key).iter_rows())


def _good_words(days: ScoredDays, rubric: Rubric) -> dict[str, set[str]]:
    field = compare_peers(days.marked, days.scored, rubric)
    takes = {subject: quick_take(field, subject, days.names) for subject in days.names}
    return {
        subject: {f"strong {phrase.facts[0].key}" for phrase in take.strengths}
        | {f"for {phrase.text}" for phrase in take.best_for}
        for subject, take in takes.items()
    }


if __name__ == "__main__":
    sys.exit(main())
