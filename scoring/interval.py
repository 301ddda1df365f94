"""The partial-identification interval: what the score would be if the missing answers were like the peers'.

docs/method.md: a missing metric is replaced by the tenth and the ninetieth percentile of the peers' marks; where fewer
than three peers have one, by 0 and 10. Peers are the subjects of the same kind on the same day.
"""

import polars as pl

from scoring.aggregate import DIMENSION, IS_APPLICABLE, IS_TOP, TOP

LEAST_PEERS = 3
PEERS = ["as_of", "kind", "metric"]
ENDS = ["lo", "hi"]


def intervals(marked: pl.DataFrame) -> pl.DataFrame:
    """Return lo and hi per (as_of, subject, dimension); equal to the mark where every answer is fresh."""
    open_ends = ends(marked.filter(IS_APPLICABLE))
    through = pl.col(*DIMENSION, "in_dimension", "group_weight").first()
    plain = open_ends.filter(~IS_TOP).group_by("in_group", maintain_order=True).agg(through, *_means("weight"))
    best = (
        open_ends.filter(IS_TOP).group_by("in_group", maintain_order=True).agg(through, pl.col(ENDS).top_k(TOP).mean())
    )
    groups = pl.concat([plain, best]).group_by("in_dimension", maintain_order=True)
    return groups.agg(pl.col(DIMENSION).first(), *_means("group_weight")).drop("in_dimension")


def _means(weight: str) -> list[pl.Expr]:
    return [((pl.col(weight) * pl.col(end)).sum() / pl.col(weight).sum()).alias(end) for end in ENDS]


def ends(marked: pl.DataFrame) -> pl.DataFrame:
    """Return each answer its lower and its higher mark; they differ where it is open."""
    fresh = marked.filter(pl.col("state") == "fresh")
    peers = fresh.group_by(PEERS).agg(
        low=pl.col("mark").quantile(0.1, "linear"), high=pl.col("mark").quantile(0.9, "linear"), peers=pl.len()
    )
    enough = pl.col("peers") >= LEAST_PEERS
    return marked.join(peers, on=PEERS, how="left", maintain_order="left").select(
        "question",
        "in_group",
        "in_dimension",
        *DIMENSION,
        "group_weight",
        "weight",
        "combine",
        lo=pl.coalesce("mark", pl.when(enough).then("low"), pl.lit(0.0)),
        hi=pl.coalesce("mark", pl.when(enough).then("high"), pl.lit(10.0)),
    )
