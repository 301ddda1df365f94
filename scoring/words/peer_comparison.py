"""What words may speak of: the dimensions, groups and figures of everybody on one day, with their intervals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from scoring.drawn_field import PLACE, DrawnField, known_figures
from scoring.drawn_items import DrawnItems
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.score import Scored
from scoring.uncertainty import drawn_day
from scoring.words.at_best import AtBest, figures_at_best
from scoring.words.field import DIMENSION, FIGURE, GROUP, Field, Item, Others, fields, mean

FIGURES = ["subject", "metric", "dimension", "part", "mark", "value", "backing_value"]


@dataclass(frozen=True)
class PeerComparison:
    """The items of everybody on one day: of published dimensions only, by subject and key.

    `at_best` has, under a monotone rubric, everybody with whom somebody can be compared, also where nothing is known of
    them, each at its best: so what is not known of others puts nobody ahead of them.
    """

    items: Mapping[tuple[str, str], Item]
    at_best: AtBest | None = None

    def of(self, subject: str) -> list[Item]:
        """Return what may be said of a subject, in the order of the rubric."""
        return self._by_subject.get(subject, [])

    def get(self, subject: str, key: str) -> Item | None:
        """Return one item; None where it is not known or its dimension is not published."""
        return self.items.get((subject, key))

    def every(self, subject: str, keys: Sequence[str]) -> list[Item] | None:
        """Return several items of a subject; None where one of them is not known."""
        found = [item for key in keys if (item := self.get(subject, key))]
        return found if len(found) == len(keys) else None

    def ranked(self, keys: tuple[str, ...], kind: str) -> list[list[Item]]:
        """Return those items of every subject of a kind of which all are known, the best mean first."""
        if (keys, kind) not in self._ranked:
            everybody = sorted(one.subject for one in self._fields[keys[0], kind].items)
            known = [items for subject in everybody if (items := self.every(subject, keys))]
            self._ranked[keys, kind] = sorted(known, key=mean, reverse=True)
        return self._ranked[keys, kind]

    def peers(self, item: Item) -> Others:
        """Return the same item of the other subjects of its kind."""
        return Others(self._fields[item.key, item.kind], item.subject)

    def rivals(self, item: Item) -> Others:
        """Return those of its kind before whom it has to be to be called better, each at its best."""
        if self.at_best is not None:
            return Others(self.at_best.field(item.key, item.kind), item.subject)
        return Others(self._fields.get((item.key, item.kind), Field(())), item.subject)

    def count_beside(self, subject: str, items: Iterable[Item]) -> int:
        """Return how many other subjects have one of some items."""
        found = 0
        for item in items:
            found |= self._who_has(item)
        own = self._numbers.get(subject, 0)
        return found.bit_count() - (found >> own & 1)

    def _who_has(self, item: Item) -> int:
        """Return a bit for each subject that has an item."""
        key = item.key, item.kind
        if key not in self._bits:
            found = np.zeros(len(self._numbers), np.bool_)
            found[[self._numbers[one.subject] for one in self._fields[key].items]] = True
            self._bits[key] = int.from_bytes(np.packbits(found, bitorder="little").tobytes(), "little")
        return self._bits[key]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {subject: number for number, subject in enumerate(self._by_subject)}

    @cached_property
    def _bits(self) -> dict[tuple[str, str], int]:
        return {}

    @cached_property
    def _ranked(self) -> dict[tuple[tuple[str, ...], str], list[list[Item]]]:
        return {}

    @cached_property
    def _by_subject(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self.items.values():
            found.setdefault(item.subject, []).append(item)
        return found

    @cached_property
    def _fields(self) -> dict[tuple[str, str], Field]:
        return fields(self.items.values())


def compare_peers(
    marked: pl.DataFrame, scored: Scored, rubric: Rubric, drawn: DrawnField | None = None
) -> PeerComparison:
    """Return what words may speak of on the day of `marked`: of dimensions whose coverage is enough, what is fresh.

    `drawn` is that day's where it was drawn before.
    """
    if marked.is_empty():
        return PeerComparison({})
    found = drawn or _drawn(marked, scored, rubric)
    return Compared(marked["as_of"][0], scored, rubric, found).with_block(marked).comparison()


@dataclass(frozen=True)
class Compared:
    """What words need of one day of everybody, of whom it is shown one block of questions after the other, in order."""

    as_of: datetime
    scored: Scored
    rubric: Rubric
    drawn: DrawnField | None
    _figures: list[pl.DataFrame] = field(default_factory=list)
    _at_best: list[pl.DataFrame] = field(default_factory=list)

    def seeing(self, blocks: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Look at each block of questions on its way to somebody else."""
        for marked in blocks:
            self.with_block(marked)
            yield marked

    def with_block(self, marked: pl.DataFrame) -> "Compared":
        """Look at the questions of some subjects."""
        if self.drawn is not None:
            known = marked.join(self._known, on=PLACE)
            self._figures.append(known.select(FIGURES))
            if self.rubric.is_monotone:
                who = marked.join(self.drawn.cases.select("subject"), on="subject", how="semi", maintain_order="left")
                self._at_best.append(figures_at_best(who))
        return self

    def comparison(self) -> PeerComparison:
        """Return what words may speak of once all blocks were seen."""
        if self.drawn is None:
            return PeerComparison({})
        cases, today = self.drawn.cases, self.scored.contributions.filter(pl.col("as_of") == self.as_of)
        found = [*_dimensions(self._published, self.drawn, self.rubric), *_known(self._figures, self.drawn)]
        found += _groups(today, self._published, cases)
        items = {(item.subject, item.key): item for item in found}
        if not self.rubric.is_monotone:
            return PeerComparison(items)
        dimensions = self.scored.dimensions.filter(pl.col("as_of") == self.as_of)
        return PeerComparison(items, AtBest.of(self.drawn, dimensions, pl.concat(self._at_best)))

    @cached_property
    def _published(self) -> pl.DataFrame:
        return self.scored.dimensions.filter((pl.col("as_of") == self.as_of) & pl.col("score").is_not_null())

    @cached_property
    def _known(self) -> pl.DataFrame:
        return known_figures(self._published, self.scored, self.rubric)


def _drawn(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> DrawnField | None:
    found = DrawnField.of(marked["as_of"][0], marked.select("subject", "kind").unique(), scored, rubric)
    if found is not None:
        for place, case in enumerate(drawn_day(found.cases, marked, scored, rubric)):
            found.add(place, case)
    return found


def _dimensions(published: pl.DataFrame, field: DrawnField, rubric: Rubric) -> list[Item]:
    told = published.select("subject", "dimension", "raw", "hi")
    raws = {(subject, name): (raw, hi) for subject, name, raw, hi in told.iter_rows()}
    scores = {key: raw for key, (raw, _) in raws.items()}
    return [
        Item(subject=subject, sort=DIMENSION, key=name, dimension=name, weight=1 / len(DIMENSIONS),
             best=raws[subject, name][1] if rubric.is_monotone else None, **about)
        for subject, name, about in _about(field.dimensions, DIMENSIONS, field.cases, scores)
    ]  # fmt: skip


def _known(figures: Sequence[pl.DataFrame], field: DrawnField) -> list[Item]:
    """Return the fresh figures that count."""
    known = {(subject, metric): about for some in figures for subject, metric, *about in some.iter_rows()}
    scores = {key: mark for key, (_, _, mark, _, _) in known.items()}
    found = []
    for subject, metric, about in _about(field.figures, field.metrics, field.cases, scores):
        dimension, part, _, value, backing = known[subject, metric]
        more = {"dimension": dimension, "weight": part, "value": value, "backing": backing}
        found.append(Item(subject=subject, sort=FIGURE, key=metric, **more, **about))
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
    drawn: DrawnItems, names: Sequence[str], cases: pl.DataFrame, scores: Mapping[tuple[str, str], float]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield of each item whose score is known subject and name, kind, score, ends, how often it is the best of all."""
    who, first = list(cases.select("subject", "kind").iter_rows()), drawn.p_first()
    for item, name in enumerate(names):
        places = np.flatnonzero(drawn.known[:, item])
        columns = (found[places, item].tolist() for found in (drawn.lo, drawn.hi, first))
        for place, lo, hi, p_first in zip(places.tolist(), *columns, strict=True):
            subject, kind = who[place]
            score = scores[subject, name]
            ends = {"lo": min(lo, score), "hi": max(hi, score)}
            yield subject, name, {"kind": kind, "score": score, **ends, "p_first": p_first}
