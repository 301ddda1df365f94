"""One day of everybody, looked at in blocks of subjects: what stays of each is narrow."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from scoring.blocks import Block
from scoring.drawn_field import PLACE, DrawnField
from scoring.interval import known_marks, percentiles
from scoring.rubric import Rubric
from scoring.score import Scored, marks, score
from scoring.uncertainty import Uncertainty, uncertainty_of_day
from scoring.words.peer_comparison import Compared, PeerComparison

COMPARED = [*PLACE, "state", "weight", "points"]


@dataclass(frozen=True)
class WholeDay:
    """What the cards of a day need of everybody: how sure the scores are, and what is said of peers."""

    drawn: Uncertainty
    peers: PeerComparison


def whole_day(
    blocks: Callable[[], Iterable[Block]], subjects: pl.DataFrame, as_of: datetime, rubric: Rubric
) -> WholeDay:
    """Score and draw a day of everybody; the blocks are gone through twice, and before where marks lean on peers."""
    day = pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")})
    peers = None
    if not rubric.is_monotone:
        peers = percentiles(pl.concat([known_marks(marks(known, who, day, rubric)) for known, who in blocks()]))
    scored = _whole([_narrow(score(evidence, who, day, rubric, peers)) for evidence, who in blocks()])
    field = DrawnField.of(as_of, subjects, scored, rubric)
    compared = Compared(as_of, scored, rubric, field)
    marked = compared.seeing(marks(evidence, who, day, rubric) for evidence, who in blocks())
    drawn = uncertainty_of_day(marked, as_of, subjects, scored, rubric, field, peers)
    return WholeDay(drawn, compared.comparison())


def _narrow(scored: Scored) -> Scored:
    """Leave out of the contributions what no comparison looks at."""
    published = scored.dimensions.filter(pl.col("score").is_not_null()).select("subject", "dimension")
    kept = scored.contributions.join(published, on=["subject", "dimension"], how="semi", maintain_order="left")
    return Scored(scored.scores, scored.dimensions, kept.select(COMPARED), scored.gates)


def _whole(parts: Sequence[Scored]) -> Scored:
    return Scored(*(pl.concat(some) for some in zip(*(vars(one).values() for one in parts), strict=True)))
