"""Prove the kept scores: make each again from what was known then."""

import polars as pl

from catalog.errors import InputError
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import compute_scores
from scoring.days import ScoredDays
from scoring.rubric_files import available, load
from scoring.verify import differences
from warehouse.scores import stored_draws, stored_scores

MADE = ["known_at", "rubric", "as_of"]


def verify_scores(settings: Settings) -> tuple[int, pl.DataFrame]:
    """Recompute every stored score and interval from stored inputs; give how many scores, and every difference."""
    with reading(settings) as connection:
        stored, drawn = stored_scores(connection), stored_draws(connection)
        days = pl.concat([stored.select(MADE), drawn["score_interval"].select(MADE)]).unique().sort(MADE)
        again: dict[str, list[pl.DataFrame]] = {name: [] for name in ("score", *drawn)}
        for (known_at, rubric_id), group in days.group_by("known_at", "rubric", maintain_order=True):
            if rubric_id not in available():
                raise InputError(f"scores were made with rubric {rubric_id!r}, which this version does not have")
            drawn_days = drawn["score_interval"].filter(known_at=known_at, rubric=rubric_id)["as_of"].unique().sort()
            seen = compute_scores(
                connection, group["as_of"].to_list(), load(str(rubric_id)), known_at, drawn_days.to_list()
            )
            for name, frame in _recomputed(seen).items():
                again[name].append(frame.with_columns(known_at=pl.lit(known_at)))
    both = {"score": stored, **drawn}
    return stored.height, differences(both, {name: pl.concat(found) if found else both[name]
                                             for name, found in again.items()})  # fmt: skip


def _recomputed(seen: ScoredDays) -> dict[str, pl.DataFrame]:
    """Return what was made again, by the table that it is stored in."""
    drawn = seen.drawn
    return {
        "score": seen.scored.scores,
        "score_interval": drawn.intervals,
        "dimension_interval": drawn.dimensions,
        "rank_probability": drawn.ranks,
    }
