"""What words may speak of: the dimensions, groups and figures of everybody on one day, with their intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from scoring.drawn_field import DrawnField, known_figures
from scoring.drawn_items import DrawnItems
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.score import Scored
from scoring.uncertainty import drawn_day
from scoring.words.field import DIMENSION, FIGURE, GROUP, Field, Item, Others, fields, mean


@dataclass(frozen=True)
class PeerComparison:
    """The items of everybody on one day: of published dimensions only, by subject and key.

    `at_best` has, under a monotone rubric, everybody with whom somebody can be compared, also where nothing is known of
    them, each at its best: so what is not known of others puts nobody ahead of them.
    """

    items: Mapping[tuple[str, str], Item]
    at_best: Mapping[tuple[str, str], Item] | None = None

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
        return Others(self._rival_fields.get((item.key, item.kind), Field(())), item.subject)

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

    @cached_property
    def _rival_fields(self) -> dict[tuple[str, str], Field]:
        return self._fields if self.at_best is None else fields(self.at_best.values())


def compare_peers(
    marked: pl.DataFrame, scored: Scored, rubric: Rubric, drawn: DrawnField | None = None
) -> PeerComparison:
    """Return what words may speak of on the day of `marked`: of dimensions whose coverage is enough, what is fresh.

    `drawn` is that day's where it was drawn before.
    """
    field = drawn or _drawn(marked, scored, rubric)
    if field is None:
        return PeerComparison({})
    day = pl.col("as_of") == marked["as_of"][0]
    published = scored.dimensions.filter(day & pl.col("score").is_not_null())
    found = [*_dimensions(published, field, rubric), *_figures(marked, published, scored, field)]
    found += _groups(scored.contributions.filter(day), published, field.cases)
    items = {(item.subject, item.key): item for item in found}
    if not rubric.is_monotone:
        return PeerComparison(items)
    rivals = [*_dimensions_at_best(scored.dimensions.filter(day), field.cases), *_figures_at_best(marked, field.cases)]
    highs = _highs(field)
    at_best = (replace(one, hi=max(one.score, highs[one.subject, one.key])) for one in rivals)
    return PeerComparison(items, {(one.subject, one.key): one for one in at_best})


def _drawn(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> DrawnField | None:
    field = DrawnField.of(marked, scored, rubric)
    if field is not None:
        for place, case in enumerate(drawn_day(field.cases, marked, scored, rubric)):
            field.add(place, case)
    return field


def _dimensions(published: pl.DataFrame, field: DrawnField, rubric: Rubric) -> list[Item]:
    raws = {(row["subject"], row["dimension"]): row for row in published.to_dicts()}
    scores = {key: row["raw"] for key, row in raws.items()}
    return [
        Item(subject=subject, sort=DIMENSION, key=name, dimension=name, weight=1 / len(DIMENSIONS),
             best=raws[subject, name]["hi"] if rubric.is_monotone else None, **about)
        for subject, name, about in _about(field.dimensions, DIMENSIONS, field.cases, scores)
    ]  # fmt: skip


def _figures(marked: pl.DataFrame, published: pl.DataFrame, scored: Scored, field: DrawnField) -> list[Item]:
    """Return the fresh figures that count; the rows of `marked` stand in the order of the criteria."""
    rows = known_figures(marked, published, scored)
    known = {(row["subject"], row["metric"]): row for row in rows.to_dicts()}
    scores = {key: row["mark"] for key, row in known.items()}
    found = []
    for subject, metric, about in _about(field.figures, field.metrics, field.cases, scores):
        row = known[subject, metric]
        more = {"dimension": row["dimension"], "weight": row["part"], "value": row["value"]}
        found.append(Item(subject=subject, sort=FIGURE, key=metric, backing=row["backing_value"], **more, **about))
    return found


def _dimensions_at_best(dimensions: pl.DataFrame, cases: pl.DataFrame) -> list[Item]:
    rows = dimensions.join(cases.select("subject", "kind"), on="subject", maintain_order="left")
    return [
        Item(row["subject"], row["kind"], DIMENSION, row["dimension"], row["dimension"], 0.0, row["hi"])
        for row in rows.filter(pl.col("hi").is_not_null()).to_dicts()
    ]


def _figures_at_best(marked: pl.DataFrame, cases: pl.DataFrame) -> list[Item]:
    """Return everybody's figures, with 10 where nothing fresh is known; who cannot have one is left out."""
    known = pl.when(pl.col("state") == "fresh").then(pl.col("mark") / pl.col("factor") * pl.col("best_factor"))
    rows = marked.filter(pl.col("state") != "not_applicable").join(cases.select("subject"), on="subject", how="semi")
    return [
        Item(row["subject"], row["kind"], FIGURE, row["metric"], row["dimension"], 0.0, row["at_best"])
        for row in rows.with_columns(at_best=known.fill_null(10.0)).to_dicts()
    ]


def _highs(field: DrawnField) -> dict[tuple[str, str], float]:
    """Return the upper end of every dimension and figure of everybody."""
    return {
        (subject, name): high
        for names, drawn in ((DIMENSIONS, field.dimensions), (field.metrics, field.figures))
        for subject, highs in zip(field.cases["subject"], drawn.hi.tolist(), strict=True)
        for name, high in zip(names, highs, strict=True)
    }


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
    who = list(cases.select("subject", "kind").iter_rows())
    lo, hi, p_first = drawn.lo.tolist(), drawn.hi.tolist(), drawn.p_first().tolist()
    for item, name in enumerate(names):
        for place, (subject, kind) in enumerate(who):
            if drawn.known[place, item]:
                score = scores[subject, name]
                ends = {"lo": min(lo[place][item], score), "hi": max(hi[place][item], score)}
                yield subject, name, {"kind": kind, "score": score, **ends, "p_first": p_first[place][item]}
