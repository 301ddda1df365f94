"""The partial-identification interval: what the score would be if the missing answers were like the peers'.

docs/method.md: a missing metric is replaced by the tenth and the ninetieth percentile of the peers' marks; where fewer
than three peers have one, by 0 and 10. Peers are the subjects of the same kind on the same day.
"""

import polars as pl

from scoring.aggregate import DIMENSION, IS_APPLICABLE, IS_TOP, TOP

LEAST_PEERS = 3
PEERS = ["as_of", "kind", "metric"]
ENDS = ["lo", "hi"]


def intervals(marked: pl.DataFrame, peers: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return lo and hi per (as_of, subject, dimension); equal to the mark where every answer is fresh."""
    open_ends = ends(marked.filter(IS_APPLICABLE), peers)
    through = pl.col(*DIMENSION, "in_dimension", "group_weight").first()
    plain = open_ends.filter(~IS_TOP).group_by("in_group", maintain_order=True).agg(through, *_means("weight"))
    best = (
        open_ends.filter(IS_TOP).group_by("in_group", maintain_order=True).agg(through, pl.col(ENDS).top_k(TOP).mean())
    )
    groups = pl.concat([plain, best]).group_by("in_dimension", maintain_order=True)
    return groups.agg(pl.col(DIMENSION).first(), *_means("group_weight")).drop("in_dimension")


def _means(weight: str) -> list[pl.Expr]:
    return [((pl.col(weight) * pl.col(end)).sum() / pl.col(weight).sum()).alias(end) for end in ENDS]


def known_marks(marked: pl.DataFrame) -> pl.DataFrame:
    """Return what is known of peers: as_of, kind, metric and mark of each fresh answer."""
    return marked.filter(IS_APPLICABLE & (pl.col("state") == "fresh")).select(*PEERS, "mark")


def percentiles(known: pl.DataFrame) -> pl.DataFrame:
    """Return the tenth and the ninetieth percentile (low, high) of the known marks, and how many there are (peers)."""
    return known.group_by(PEERS).agg(
        low=pl.col("mark").quantile(0.1, "linear"), high=pl.col("mark").quantile(0.9, "linear"), peers=pl.len()
    )


def ends(marked: pl.DataFrame, peers: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return each answer its lower and its higher mark; they differ where it is open.

    `peers` are the percentiles of everybody, where `marked` holds some subjects alone.
    """
    told = percentiles(known_marks(marked)) if peers is None else peers
    enough = pl.col("peers") >= LEAST_PEERS
    return marked.join(told, on=PEERS, how="left", maintain_order="left").select(
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
