"""Evidence that is read span by span of names is, put together, what is read at once: every row, in the same order."""

import polars as pl
from polars.testing import assert_frame_equal

from catalog.metric import METRICS
from catalog.span import LAST, Span
from scoring.blocks import Evidence
from tests.warehouse.builders import bring, learned, week
from warehouse.connection import note_present
from warehouse.scores import evidence_since

STARS = METRICS["github.stars"]
NAMES = ("flax", "jax", "keras", "mlx")
ASKED = (["github.stars", "discourse.users"], learned(9), week(60))


def test_spans_of_names_hold_together_what_is_read_at_once(warehouse):
    for number, name in enumerate(NAMES):
        told = [STARS.of(name, week(one), 100 + one) for one in (1, 30 + number, 52)]
        bring(warehouse, *told, METRICS["discourse.users"].not_applicable(name), at=1, run_id=f"run-{name}")
    bring(warehouse, STARS.of("flax", week(1), 7), at=2, run_id="again")
    note_present(warehouse, week(60))
    whole = evidence_since(warehouse, *ASKED, week(40))
    who = pl.DataFrame({"subject": [*NAMES, "nobody"]})

    def read(span):
        return evidence_since(warehouse, *ASKED, week(40), span)

    kept = Evidence.read(who, read, 2)

    assert len(kept.parts) == 3
    assert whole["subject"].unique().sort().to_list() == list(NAMES)
    assert_frame_equal(pl.concat([read(span) for span in (Span("", "jax"), Span("jax", LAST))]), whole)
    assert_frame_equal(kept.of(who), whole)
    assert_frame_equal(kept.of(who[1:3]), whole.filter(pl.col("subject").is_in(["jax", "keras"])))
    assert kept.of(who[4:]).is_empty()
