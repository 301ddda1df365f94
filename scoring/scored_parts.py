"""Score days in parts, some days of some subjects at a time, so that what is in memory does not grow with either."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from catalog.span import SUBJECTS_AT_ONCE
from scoring.blocks import Block, Evidence, blocks_of
from scoring.interval import known_marks, percentiles
from scoring.rubric import Rubric
from scoring.score import Scored, marks, score
from scoring.uncertainty import Uncertainty, uncertainty_of_day

CASES_AT_ONCE = 3_500
"""Scores at a time, what the evidence of their subjects holds counted in: 242 days of fourteen, six of 250."""
DAYS_OF_EVIDENCE = 8
"""About as much as the scores of so many days takes the evidence of a subject."""

Part = Mapping[str, pl.DataFrame]


def scored_parts(
    known: Evidence, subjects: pl.DataFrame, days: Sequence[datetime], drawn: Collection[datetime], rubric: Rubric
) -> Iterator[Part]:
    """Yield the scores of the days with what is behind them, then of each drawn day its uncertainty.

    The parts are named as `warehouse.scores.record` takes them. Where what is missing leans on peers and there are very
    many subjects, everybody's marks of some days are looked at first, then the days block by block.
    """
    ordered = sorted(set(days))
    scoring = Scoring(known, subjects, ordered[-1], rubric)
    if rubric.is_monotone or subjects.height <= SUBJECTS_AT_ONCE:
        yield from scoring.parts(ordered, [day for day in ordered if day in drawn])
        return
    for some in _slices(ordered, max(1, CASES_AT_ONCE // subjects.height)):
        yield from replace(scoring, peers=scoring.peers_on(some)).parts(some, [day for day in some if day in drawn])


def parts_of_some(
    known: Evidence, subjects: pl.DataFrame, some: pl.DataFrame, days: Sequence[datetime], rubric: Rubric
) -> Iterator[Part]:
    """Yield what `scored_parts` does of some of the subjects alone, without draws; peers are all of them."""
    ordered = sorted(set(days))
    if rubric.is_monotone:
        yield from Scoring(known, some, ordered[-1], rubric).parts(ordered, [])
        return
    for part in _slices(ordered, max(1, CASES_AT_ONCE // subjects.height)):
        peers = Scoring(known, subjects, ordered[-1], rubric).peers_on(part)
        yield from Scoring(known, some, ordered[-1], rubric, peers).parts(part, [])


@dataclass(frozen=True)
class Scoring:
    """The evidence of everybody, the last of all days that are scored, and the rubric that judges them.

    `peers` are the percentiles of the scored days.
    """

    known: Evidence
    subjects: pl.DataFrame
    last: datetime
    rubric: Rubric
    peers: pl.DataFrame | None = None

    def blocks(self) -> Iterator[Block]:
        """Yield the evidence of some subjects, and who they are."""
        is_own = pl.col("metric").is_in(self.rubric.metrics()) & (pl.col("valid_at") < self.last)
        return ((known.filter(is_own), who) for known, who in self.known.blocks(blocks_of(self.subjects)))

    def peers_on(self, days: Sequence[datetime]) -> pl.DataFrame:
        """Return the percentiles of everybody's marks on some days."""
        return percentiles(pl.concat([known_marks(marked) for marked in self._marked(days)]))

    def parts(self, days: Sequence[datetime], drawn: Sequence[datetime]) -> Iterator[Part]:
        """Yield the scores of the days, block by block, and the uncertainty of the days that are drawn."""
        narrow = []
        for evidence, who in self.blocks():
            for some in _slices(days, _days_at_once(who)):
                scored = score(evidence, who, _grid(some), self.rubric, self.peers)
                yield {"scored": scored.scores, "dimension": scored.dimensions, "contributed": scored.contributions}
                narrow.append(_without_contributions(scored, drawn))
        whole = Scored(*(pl.concat(parts) for parts in zip(*(vars(one).values() for one in narrow), strict=True)))
        for day in drawn:
            yield _frames_of_draws(self._drawn(day, _on(whole, [day])))

    def _drawn(self, day: datetime, scored: Scored) -> Uncertainty:
        return uncertainty_of_day(self._marked([day]), day, self.subjects, scored, self.rubric, peers=self.peers)

    def _marked(self, days: Sequence[datetime]) -> Iterator[pl.DataFrame]:
        for evidence, who in self.blocks():
            for some in _slices(days, _days_at_once(who)):
                yield marks(evidence, who, _grid(some), self.rubric)


@dataclass
class KeptScores:
    """What a scoring run tells of the parts that go by: the scores that are shown, with their intervals, and counts."""

    is_shown: Callable[[pl.DataFrame], pl.Series] | None
    total: int = 0
    new: int = 0
    _scores: list[pl.DataFrame] = field(default_factory=list)
    _intervals: list[pl.DataFrame] = field(default_factory=list)

    def seeing(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Look at each part on its way to the warehouse."""
        for part in parts:
            if "scored" in part:
                scores = part["scored"]
                self.total += scores.height
                self._scores.append(scores if self.is_shown is None else scores.filter(self.is_shown(scores)))
            else:
                self._intervals.append(part["drawn_score"])
            yield part

    def scores(self) -> pl.DataFrame:
        """Return the scores that are shown, in the order of days and subjects."""
        scores = pl.concat(self._scores).sort("as_of", "subject", maintain_order=True)
        if self._intervals:
            return with_ends(scores, pl.concat(self._intervals))
        return scores.with_columns(p5=pl.lit(None, pl.Float64), p95=pl.lit(None, pl.Float64))


def with_ends(scores: pl.DataFrame, intervals: pl.DataFrame) -> pl.DataFrame:
    """Return the scores with the ends of their 5-95 % intervals (p5, p95); null on days that were not drawn."""
    key = ["subject", "rubric", "as_of"]
    return scores.join(intervals.select(*key, p5="lo", p95="hi"), on=key, how="left", maintain_order="left")


def _days_at_once(subjects: pl.DataFrame) -> int:
    return max(1, CASES_AT_ONCE // max(1, subjects.height) - DAYS_OF_EVIDENCE)


def _slices(days: Sequence[datetime], size: int) -> Iterator[Sequence[datetime]]:
    return (days[start : start + size] for start in range(0, len(days), size))


def _grid(days: Sequence[datetime]) -> pl.DataFrame:
    return pl.DataFrame({"as_of": days}, schema={"as_of": pl.Datetime("us")})


def _without_contributions(scored: Scored, days: Sequence[datetime]) -> Scored:
    kept = _on(scored, days)
    return Scored(kept.scores, kept.dimensions, kept.contributions.clear(), kept.gates)


def _on(scored: Scored, days: Sequence[datetime]) -> Scored:
    return Scored(*(one.filter(pl.col("as_of").is_in(list(days))) for one in vars(scored).values()))


def _frames_of_draws(drawn: Uncertainty) -> Part:
    return {"drawn_score": drawn.intervals, "drawn_dimension": drawn.dimensions, "drawn_rank": drawn.ranks}
