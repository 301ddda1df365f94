"""From marks to dimensions where knowledge can only raise a score: rubrics with `unseen = "floor"`.

See docs/method.md#what-is-missing.

What applies keeps its weight. A fresh answer counts with its mark, one that was never seen with 0, and a stale one with
the lower of its last mark and the mean of its group, in which an unseen member counts 0. Every step is a monotone
function of the marks, so whichever answers are taken away, no dimension and no score rises. The upper bound puts 10 in
the place of what is stale or unseen.
"""

import polars as pl

from scoring.aggregate import DIMENSION, IS_APPLICABLE, IS_TOP, OWN, TOP

HALF_COVERED = pl.duration(days=90)
_COUNTED = ("question", "in_group", "group_weight", "weight", "combine", "state")
IS_FRESH, IS_STALE = pl.col("state") == "fresh", pl.col("state") == "stale"


def dimensions(marked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the members with effective mark and weight in the dimension, and the dimensions with mark and coverage.

    `marked` is as in scoring.aggregate, with best_factor and valid_until. Coverage is the share of the applicable
    weight that is known and fresh.
    """
    members = _counted(counting_marks(marked).with_columns(covered=_covered()))
    weight = pl.col("weight_in_dimension")
    found = members.group_by("in_dimension", maintain_order=True).agg(
        pl.col(DIMENSION).first(),
        is_known=OWN.is_not_null().any(),
        points=(weight * pl.col("effective_mark")).sum(),
        coverage=(pl.col("cover_weight") * pl.col("covered")).sum(),
    )
    mark = pl.when("is_known").then("points")
    return members.drop("covered", "cover_weight"), found.select(*DIMENSION, mark=mark, coverage="coverage")


def bounds(members: pl.DataFrame) -> pl.DataFrame:
    """Return lo and hi per (as_of, subject, dimension) of its members: the unseen at 0, and all that is open at 10."""
    some = members.filter(IS_APPLICABLE)
    points = (pl.col("weight_in_dimension") * pl.col("effective_mark")).sum()
    low = some.group_by("in_dimension", maintain_order=True).agg(pl.col(DIMENSION).first(), lo=points)
    at_best = _counted(some.select(*_COUNTED, "in_dimension", counting_mark=_highest()))
    high = at_best.group_by("in_dimension", maintain_order=True).agg(hi=points)
    return low.join(high, on="in_dimension", maintain_order="left").drop("in_dimension")


def ends(marked: pl.DataFrame) -> pl.DataFrame:
    """Return each applicable answer with its lower and its higher mark; they differ where it is open."""
    found = counting_marks(marked).filter(IS_APPLICABLE)
    return found.select(
        "question",
        "in_group",
        "in_dimension",
        *DIMENSION,
        "group_weight",
        "weight",
        "combine",
        lo="counting_mark",
        hi=_highest(),
    )


def _highest() -> pl.Expr:
    best = pl.col("mark") / pl.col("factor") * pl.col("best_factor")
    return pl.when(IS_FRESH).then(best).otherwise(10.0)


def counting_marks(marked: pl.DataFrame) -> pl.DataFrame:
    """Add counting_mark: the mark with which each applicable answer counts; null where it does not apply."""
    weight = pl.when(IS_APPLICABLE).then(pl.when(IS_TOP).then(1.0).otherwise("weight"))
    known = OWN.fill_null(0.0)
    means = (
        marked.with_columns(share=weight)
        .group_by("in_group", maintain_order=True)
        .agg(group_mean=(pl.col("share") * known).sum() / pl.col("share").sum())
    )
    stale = pl.min_horizontal("ceiling", "group_mean")
    counting = pl.when(IS_FRESH).then("mark").when(IS_STALE).then(stale).otherwise(0.0)
    return marked.join(means, on="in_group", how="left", maintain_order="left").with_columns(
        counting_mark=pl.when(IS_APPLICABLE).then(counting)
    )


def _covered() -> pl.Expr:
    """How much of an answer is covered: all, what is certain of it, half of a fact past its review, or nothing."""
    is_late = IS_STALE & (pl.col("status") == "curated") & (pl.col("as_of") <= pl.col("valid_until") + HALF_COVERED)
    certain = pl.col("factor") / pl.col("best_factor")
    return pl.when(IS_FRESH).then(certain).when(is_late).then(0.5).otherwise(0.0)


def _counted(members: pl.DataFrame) -> pl.DataFrame:
    """Add use_weight, cover_weight, weight_in_dimension and effective_mark; of substitutes only the two best count."""
    best = (
        members.filter(IS_TOP & IS_APPLICABLE)
        .sort("in_group", -pl.col("counting_mark"), "question")
        .group_by("in_group", maintain_order=True)
        .head(TOP)
        .select("question", is_best=1.0)
    )
    plain = pl.when(IS_APPLICABLE).then(pl.when(IS_TOP).then(1.0).otherwise("weight")).otherwise(0.0)
    use = pl.when(IS_TOP).then(pl.col("is_best").fill_null(0.0)).otherwise(plain)
    shared = members.join(best, on="question", how="left", maintain_order="left").with_columns(
        use_weight=use, plain_weight=plain
    )
    groups = shared.group_by("in_group", maintain_order=True).agg(
        pl.col("in_dimension", "group_weight").first(),
        uses=pl.col("use_weight").sum(),
        plains=pl.col("plain_weight").sum(),
    )
    applies = pl.when(pl.col("uses") > 0).then("group_weight").otherwise(0.0)
    groups = groups.with_columns(part=applies / applies.sum().over("in_dimension")).select(
        "in_group", "uses", "plains", "part"
    )
    use_share = pl.col("part") * pl.col("use_weight") / pl.col("uses")
    cover_share = pl.col("part") * pl.col("plain_weight") / pl.col("plains")
    return shared.join(groups, on="in_group", how="left", maintain_order="left").with_columns(
        weight_in_dimension=use_share.fill_nan(0.0),
        cover_weight=cover_share.fill_nan(0.0),
        effective_mark=pl.when(pl.col("use_weight") > 0).then("counting_mark"),
    )
