"""Of how likely each rank is, what somebody may ask for is stored: never a square of all subjects."""

from datetime import datetime

import polars as pl

from warehouse.exchange import registered
from warehouse.query import statement

DAY = {"as_of": datetime(2026, 6, 1), "rubric": "2026.2"}


def test_the_first_ten_ranks_are_stored_and_others_from_one_draw_in_a_hundred_on(warehouse):
    ranks = pl.DataFrame({"rank": range(1, 31), "probability": [0.0] * 29 + [0.01]}).with_columns(
        subject=pl.lit("jax"), **{name: pl.lit(value) for name, value in DAY.items()}
    )
    with registered(warehouse, drawn_rank=ranks, fresh_draw=pl.DataFrame(DAY)):
        warehouse.execute(statement("insert_rank_probability"), {"known_at": DAY["as_of"]})

    assert warehouse.sql('select "rank" from rank_probability order by 1').fetchall() == [
        *((rank,) for rank in range(1, 11)),
        (30,),
    ]
