"""Score again the stored days that a change of past values may concern; what comes out the same is not kept twice."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import score_asked
from scoring.rubric_files import available
from warehouse.query import rows


@dataclass(frozen=True)
class Rescored:
    """How many scores were made again, and how many of them say something new."""

    total: int = 0
    new: int = 0


def rescore(settings: Settings, since: datetime | None) -> Rescored:
    """Score every stored day after a moment again, and draw its uncertainty where that is stored; None: no day."""
    if since is None:
        return Rescored()
    asked, drawn = defaultdict[str, list[datetime]](list), defaultdict[str, list[datetime]](list)
    with reading(settings) as connection:
        for row in rows(connection, "scored_days_since", before=since):
            if row["rubric"] in available():
                asked[row["rubric"]].append(row["as_of"])
                if row["is_drawn"]:
                    drawn[row["rubric"]].append(row["as_of"])
    if not asked:
        return Rescored()
    scored = score_asked(settings, asked, drawn=drawn)
    return Rescored(scored.total, scored.new)
