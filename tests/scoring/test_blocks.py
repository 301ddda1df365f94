"""A day that is scored and drawn in blocks of subjects is the same, to the last bit, as one scored whole."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring import blocks
from scoring.days import scored_days
from scoring.rubric_files import load
from scoring.scored_parts import scored_parts
from scoring.words.peer_comparison import compare_peers
from scoring.words.whole_day import whole_day
from tests.scoring.builders import EVE, MAY_DAY, card, evidence, subjects

NAMES = ("alpha", "beta", "gamma", "delta", "omega")
MARKS = (8.0, 6.5, 4.0, 7.0)
PARTS = {
    "scored": "scores", "dimension": "dimensions", "contributed": "contributions",
    "drawn_score": "intervals", "drawn_dimension": "dimensions", "drawn_rank": "ranks",
}  # fmt: skip


def world(rubric: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Four subjects of which each lacks another answer, and one of which nothing is known."""
    lacking = [one.metric for one in load(rubric).criteria][::11]
    rows = [
        row
        for place, (name, mark) in enumerate(zip(NAMES, MARKS, strict=False))
        for row in card(mark, subject=name, rubric=load(rubric), but=(lacking[place],))
    ]
    return evidence(rows), subjects(*NAMES).with_columns(name="subject")


def kept(told: pl.DataFrame, who: pl.DataFrame) -> blocks.Evidence:
    ordered, name = told.sort("subject", maintain_order=True), pl.col("subject")
    return blocks.Evidence.read(who, lambda span: ordered.filter((name > span[0]) & (name <= span[1])), 3)


@pytest.mark.parametrize("rubric", ["2026.1", "2026.2"])
def test_scores_and_draws_in_blocks_are_those_of_the_whole(rubric, monkeypatch):
    told, who = world(rubric)
    whole = scored_days(told, who, [EVE, MAY_DAY], [MAY_DAY], load(rubric))
    monkeypatch.setattr("scoring.scored_parts.SUBJECTS_AT_ONCE", 2)
    monkeypatch.setattr("scoring.scored_parts.blocks_of", lambda some: blocks.blocks_of(some, 2))

    parts = list(scored_parts(kept(told, who), who, [EVE, MAY_DAY], [MAY_DAY], load(rubric)))

    assert sum("scored" in part for part in parts) > 1
    for name, column in PARTS.items():
        found = pl.concat([part[name] for part in parts if name in part])
        frames = whole.drawn if name.startswith("drawn") else whole.scored
        key = [one for one in ("as_of", "subject", "dimension", "group", "metric", "rank") if one in found.columns]
        assert found.height, name
        assert_frame_equal(found.sort(key), getattr(frames, column).sort(key), check_exact=True)


@pytest.mark.parametrize("rubric", ["2026.1", "2026.2"])
def test_what_is_said_of_peers_in_blocks_is_what_is_said_of_the_whole(rubric):
    told, who = world(rubric)
    whole = scored_days(told, who, [MAY_DAY], [MAY_DAY], load(rubric))
    expected = compare_peers(whole.marked, whole.scored, load(rubric), whole.field)

    day = whole_day(lambda: kept(told, who).blocks(blocks.blocks_of(who, 2)), who, MAY_DAY, load(rubric))

    assert day.peers.items == expected.items
    assert day.peers.items
    for item in expected.items.values():
        assert list(day.peers.rivals(item)) == list(expected.rivals(item))
    assert_frame_equal(day.drawn.ranks, whole.drawn.ranks, check_exact=True)
