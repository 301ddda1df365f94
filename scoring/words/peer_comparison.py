"""What words may speak of: the dimensions, groups and figures of everybody on one day, with their intervals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from scoring.draws import Drawn
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import Array
from scoring.score import Scored
from scoring.uncertainty import drawn_day, quantiles

DIMENSION, GROUP, FIGURE = "dimension", "group", "figure"
PLACE = ["as_of", "subject", "dimension", "group", "metric"]


@dataclass(frozen=True)
class Item:
    """A score (0 to 10) that may be spoken of, its weight in the Speed Score, its 5-95 % interval where one was drawn.

    The interval always holds the score. `p_first` is the share of the draws in which it lies above that of every
    other published subject of its kind.
    `value` and `backing` (the state of what backs it, from 0) are a figure's.
    """

    subject: str
    kind: str
    sort: str
    key: str
    dimension: str
    weight: float
    score: float
    lo: float | None = None
    hi: float | None = None
    p_first: float | None = None
    value: float | None = None
    backing: float | None = None

    @property
    def low(self) -> float:
        """The lower end, else the score."""
        return self.score if self.lo is None else self.lo

    @property
    def high(self) -> float:
        """The upper end, else the score."""
        return self.score if self.hi is None else self.hi


@dataclass(frozen=True)
class PeerComparison:
    """The items of everybody on one day: of published dimensions only, by subject and key."""

    items: Mapping[tuple[str, str], Item]

    def of(self, subject: str) -> list[Item]:
        """Return what may be said of a subject, in the order of the rubric."""
        return [item for item in self.items.values() if item.subject == subject]

    def get(self, subject: str, key: str) -> Item | None:
        """Return one item; None where it is not known or its dimension is not published."""
        return self.items.get((subject, key))

    def peers(self, item: Item) -> list[Item]:
        """Return the same item of the other subjects of its kind, the best first."""
        others = [one for one in self.items.values() if one.key == item.key and one.kind == item.kind]
        return sorted((one for one in others if one.subject != item.subject), key=lambda one: (-one.score, one.subject))


def compare_peers(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> PeerComparison:
    """Return what words may speak of on the day of `marked`: of dimensions whose coverage is enough, what is fresh."""
    if marked.is_empty():
        return PeerComparison({})
    day = pl.col("as_of") == marked["as_of"][0]
    published = scored.dimensions.filter(day & pl.col("score").is_not_null())
    cases = scored.scores.filter(day).join(published.select("subject").unique(), on="subject", how="semi")
    cases = cases.sort("subject").join(marked.select("subject", "kind").unique(), on="subject", maintain_order="left")
    if cases.is_empty():
        return PeerComparison({})
    drawn = drawn_day(cases, marked, scored, rubric)
    found = [*_dimensions(published, cases, drawn), *_figures(marked, published, scored, cases, drawn)]
    found += _groups(scored.contributions.filter(day), published, cases)
    return PeerComparison({(item.subject, item.key): item for item in found})


def _dimensions(published: pl.DataFrame, cases: pl.DataFrame, drawn: Drawn) -> list[Item]:
    raws = {(subject, name): raw for subject, name, raw in published.select("subject", "dimension", "raw").iter_rows()}
    return [
        Item(subject=subject, sort=DIMENSION, key=name, dimension=name, weight=1 / len(DIMENSIONS), **about)
        for place, name in enumerate(DIMENSIONS)
        for subject, about in _about(drawn.parts[:, :, place], cases, raws, name)
    ]


def _figures(
    marked: pl.DataFrame, published: pl.DataFrame, scored: Scored, cases: pl.DataFrame, drawn: Drawn
) -> list[Item]:
    """Return the fresh figures that count; the rows of `marked` stand in the order of the criteria."""
    counts = scored.contributions.filter(pl.col("state") == "fresh").select(*PLACE, part="weight")
    rows = marked.join(published.select("subject", "dimension"), on=["subject", "dimension"], how="semi")
    known = {(row["subject"], row["metric"]): row for row in rows.join(counts, on=PLACE).to_dicts()}
    scores = {key: row["mark"] for key, row in known.items()}
    found = []
    for place, metric in enumerate(marked.filter(pl.col("subject") == cases["subject"][0])["metric"]):
        for subject, about in _about(drawn.marks[:, :, place], cases, scores, metric):
            row = known[subject, metric]
            more = {"dimension": row["dimension"], "weight": row["part"], "value": row["value"]}
            found.append(Item(subject=subject, sort=FIGURE, key=metric, backing=row["backing_value"], **more, **about))
    return found


def _groups(contributions: pl.DataFrame, published: pl.DataFrame, cases: pl.DataFrame) -> list[Item]:
    """Return each group the mean of its marks, what it lost to liveness considered."""
    rows = contributions.join(published.select("subject", "dimension"), on=["subject", "dimension"], how="semi")
    means = (
        rows.join(cases.select("subject", "kind"), on="subject")
        .group_by("subject", "kind", "dimension", "group", maintain_order=True)
        .agg(score=pl.col("points").sum() / pl.col("weight").sum(), weight=pl.col("weight").sum())
        .filter(pl.col("weight") > 0)
    )
    return [
        Item(row["subject"], row["kind"], GROUP, f"{row['dimension']}.{row['group']}", row["dimension"],
             row["weight"], row["score"])
        for row in means.to_dicts()
    ]  # fmt: skip


def _about(
    drawn: Array, cases: pl.DataFrame, scores: Mapping[tuple[str, str], float], key: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield of each subject whose score is known: kind, score, ends, how often it lies above all others of its kind."""
    pairs = enumerate(cases.select("subject", "kind").iter_rows())
    known = [(place, subject, kind) for place, (subject, kind) in pairs if (subject, key) in scores]
    ends = quantiles(drawn)
    for place, subject, kind in known:
        others = [other for other, _, peer in known if other != place and peer == kind]
        score = scores[subject, key]
        yield (
            subject,
            {
                "kind": kind,
                "score": score,
                "lo": min(ends["lo"][place], score),
                "hi": max(ends["hi"][place], score),
                "p_first": float((drawn[:, [place]] > drawn[:, others]).all(axis=1).mean()),
            },
        )
