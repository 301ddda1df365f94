"""The partial-identification interval: what the score would be if the missing answers were like the peers'.

METHOD 3.9: a missing metric is replaced by the tenth and the ninetieth percentile of the peers' marks; where fewer
than three peers have one, by 0 and 10. Peers are the subjects of the same kind on the same day.
"""

import polars as pl

from scoring.aggregate import DIMENSION, dimensions

LEAST_PEERS = 3
PEERS = ["as_of", "kind", "metric"]


def intervals(marked: pl.DataFrame) -> pl.DataFrame:
    """Give lo and hi per (as_of, subject, dimension); equal to the mark where every answer is fresh."""
    marks = pl.col("mark").filter(pl.col("state") == "fresh")
    peers = marked.group_by(PEERS).agg(
        low=marks.quantile(0.1, "linear"), high=marks.quantile(0.9, "linear"), peers=marks.count()
    )
    enough = pl.col("peers") >= LEAST_PEERS
    is_open = pl.col("state").is_in(["stale", "missing"])
    bounded = marked.join(peers, on=PEERS, how="left").with_columns(
        low=pl.when(is_open).then(pl.when(enough).then("low").otherwise(0.0)).otherwise("mark"),
        high=pl.when(is_open).then(pl.when(enough).then("high").otherwise(10.0)).otherwise("mark"),
        ceiling=pl.lit(None, pl.Float64),
    )
    lo, hi = (
        dimensions(bounded.with_columns(mark=pl.col(end)))[1].select(*DIMENSION, pl.col("mark").alias(name))
        for end, name in (("low", "lo"), ("high", "hi"))
    )
    return lo.join(hi, on=DIMENSION, how="left")
