"""What words may speak of: the dimensions, groups and figures of everybody on one day, with their intervals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from scoring.draws import Drawn
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.scenario import Array
from scoring.score import Scored
from scoring.uncertainty import drawn_day, quantiles
from scoring.words.field import DIMENSION, FIGURE, GROUP, Field, Item, Others, fields, mean

PLACE = ["as_of", "subject", "dimension", "group", "metric"]


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


def compare_peers(marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> PeerComparison:
    """Return what words may speak of on the day of `marked`: of dimensions whose coverage is enough, what is fresh."""
    if marked.is_empty():
        return PeerComparison({})
    day = pl.col("as_of") == marked["as_of"][0]
    published = scored.dimensions.filter(day & pl.col("score").is_not_null())
    cases = scored.scores.filter(day)
    if not rubric.is_monotone:
        cases = cases.join(published.select("subject").unique(), on="subject", how="semi")
    cases = cases.sort("subject").join(marked.select("subject", "kind").unique(), on="subject", maintain_order="left")
    if published.is_empty():
        return PeerComparison({})
    drawn = drawn_day(cases, marked, scored, rubric)
    found = [*_dimensions(published, cases, drawn), *_figures(marked, published, scored, cases, drawn)]
    found += _groups(scored.contributions.filter(day), published, cases)
    items = {(item.subject, item.key): item for item in found}
    if not rubric.is_monotone:
        return PeerComparison(items)
    rivals = [*_dimensions_at_best(scored.dimensions.filter(day), cases), *_figures_at_best(marked, cases)]
    highs = _highs(drawn, cases, marked)
    at_best = (replace(one, hi=max(one.score, highs[one.subject, one.key])) for one in rivals)
    return PeerComparison(items, {(one.subject, one.key): one for one in at_best})


def _dimensions(published: pl.DataFrame, cases: pl.DataFrame, drawn: Drawn) -> list[Item]:
    raws = {(row["subject"], row["dimension"]): row for row in published.to_dicts()}
    scores = {key: row["raw"] for key, row in raws.items()}
    return [
        Item(subject=subject, sort=DIMENSION, key=name, dimension=name, weight=1 / len(DIMENSIONS),
             best=None if drawn.high is None else raws[subject, name]["hi"], **about)
        for place, name in enumerate(DIMENSIONS)
        for subject, about in _about(drawn, _column("parts", place), cases, scores, name)
    ]  # fmt: skip


def _figures(
    marked: pl.DataFrame, published: pl.DataFrame, scored: Scored, cases: pl.DataFrame, drawn: Drawn
) -> list[Item]:
    """Return the fresh figures that count; the rows of `marked` stand in the order of the criteria."""
    counts = scored.contributions.filter(pl.col("state") == "fresh").select(*PLACE, part="weight")
    rows = marked.join(published.select("subject", "dimension"), on=["subject", "dimension"], how="semi")
    known = {(row["subject"], row["metric"]): row for row in rows.join(counts, on=PLACE).to_dicts()}
    scores = {key: row["mark"] for key, row in known.items()}
    found = []
    for place, metric in enumerate(_criteria(marked)):
        for subject, about in _about(drawn, _column("marks", place), cases, scores, metric):
            row = known[subject, metric]
            more = {"dimension": row["dimension"], "weight": row["part"], "value": row["value"]}
            found.append(Item(subject=subject, sort=FIGURE, key=metric, backing=row["backing_value"], **more, **about))
    return found


def _criteria(marked: pl.DataFrame) -> list[str]:
    """Return the metrics in the order of the criteria."""
    return marked.filter(pl.col("subject") == marked["subject"][0])["metric"].to_list()


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


def _highs(drawn: Drawn, cases: pl.DataFrame, marked: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Return the upper end of every dimension and figure of everybody."""
    places = [(name, _column("parts", place)) for place, name in enumerate(DIMENSIONS)]
    places += [(name, _column("marks", place)) for place, name in enumerate(_criteria(marked))]
    return {
        (subject, name): high
        for name, part in places
        for subject, high in zip(cases["subject"], quantiles(part(drawn.upper))["hi"], strict=True)
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


def _column(name: str, place: int) -> Callable[[Drawn], Array]:
    """Return what reads the draws of one dimension or one figure: an array of draw x case."""
    return lambda drawn: getattr(drawn, name)[:, :, place]


def _about(
    drawn: Drawn, part: Callable[[Drawn], Array], cases: pl.DataFrame, scores: Mapping[tuple[str, str], float], key: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield of each subject whose score is known: kind, score, ends, how often it lies above all others of its kind.

    Others count whose score is known; where the unseen has ends of its own, all others do, at their best.
    """
    who = list(enumerate(cases.select("subject", "kind").iter_rows()))
    known = [place for place, (subject, _) in who if (subject, key) in scores]
    rivals = known if drawn.high is None else [place for place, _ in who]
    low, high = part(drawn.lower), np.nan_to_num(part(drawn.upper), nan=-1.0)
    ends = {"lo": quantiles(low)["lo"], "hi": quantiles(high)["hi"]}
    kinds = {who[place][1][1] for place in known}
    best = {kind: _best_of_others(high, [place for place in rivals if who[place][1][1] == kind]) for kind in kinds}
    for place in known:
        subject, kind = who[place][1]
        score = scores[subject, key]
        yield (
            subject,
            {
                "kind": kind,
                "score": score,
                "lo": min(ends["lo"][place], score),
                "hi": max(ends["hi"][place], score),
                "p_first": float((low[:, place] > best[kind](place)).mean()),
            },
        )


def _best_of_others(drawn: Array, places: Sequence[int]) -> Callable[[int], Array]:
    """Return what gives, for a case, the best of the other cases at these places in each draw; -inf without others."""
    some, everywhere = drawn[:, places], np.arange(len(drawn))
    first = some.argmax(axis=1)
    best, winner = some[everywhere, first], np.asarray(places)[first]
    some[everywhere, first] = -np.inf
    second = some.max(axis=1)
    return lambda place: np.where(winner == place, second, best)
