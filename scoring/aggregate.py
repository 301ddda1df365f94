"""From marks to groups to dimensions: weighted means in which nothing that is missing counts as zero.

Each mean knows three kinds of members: known ones; silent ones, of which a ceiling is known (what they were when
last seen); and unknown ones. Known ones make the mean. A silent one keeps its weight with the lower of the mean and
its ceiling, so that falling silent never raises a score. Unknown ones leave their weight to the others.
"""

import polars as pl

DIMENSION = ["as_of", "subject", "dimension"]
GROUP = [*DIMENSION, "group"]
TOP = 2


def dimensions(marked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the members with their effective weight and mark in the dimension, and the dimensions.

    `marked` has state, mark and ceiling per criterion. Dimensions come as mark (null when nothing is known) and
    coverage (share of the applicable weight that is fresh).
    """
    members = _weigh(_choose(marked), GROUP, "use_weight")
    groups = _weigh(_groups(members), DIMENSION, "group_weight")
    found = groups.group_by(DIMENSION, maintain_order=True).agg(
        mark=pl.when(pl.col("is_known").any()).then((pl.col("effective_weight") * pl.col("effective_mark")).sum()),
        coverage=(pl.col("group_weight") * pl.col("coverage")).sum()
        / pl.col("group_weight").filter(pl.col("is_applicable")).sum(),
    )
    return _effective(members, groups), found.with_columns(pl.col("coverage").fill_nan(0.0))


def _choose(marked: pl.DataFrame) -> pl.DataFrame:
    """Give each answer its weight in its group: all applicable ones, or of substitutes only the two best."""
    applicable = pl.col("state") != "not_applicable"
    is_top = pl.col("combine") == "top2"
    plain = marked.filter(~is_top).with_columns(
        use_weight=pl.when(applicable)
        .then(pl.col("weight") / pl.col("weight").filter(applicable).sum().over(GROUP))
        .otherwise(0.0)
    )
    needed = pl.min_horizontal(applicable.sum().over(GROUP), pl.lit(TOP))
    best_first = pl.struct(
        is_not_applicable=~applicable,
        is_unknown=pl.col("mark").is_null() & pl.col("ceiling").is_null(),
        is_silent=pl.col("mark").is_null(),
        minus=-pl.coalesce("mark", "ceiling", pl.lit(0.0)),
        metric=pl.col("metric"),
    )
    place = pl.int_range(1, pl.len() + 1).over(GROUP)
    substitutes = (
        marked.filter(is_top)
        .sort(*GROUP, best_first)
        .with_columns(use_weight=pl.when(place <= needed).then(1 / needed).otherwise(0.0))
    )
    return pl.concat([plain, substitutes]).sort(*GROUP, "metric")


def _groups(members: pl.DataFrame) -> pl.DataFrame:
    total = (pl.col("effective_weight") * pl.col("effective_mark")).sum()
    is_known = pl.col("is_known").any()
    is_silent = pl.col("effective_weight").is_not_null().any() & ~is_known
    return members.group_by(GROUP, maintain_order=True).agg(
        pl.col("group_weight").first(),
        pl.when(is_known).then(total).alias("mark"),
        pl.when(is_silent).then(total).alias("ceiling"),
        coverage=pl.col("use_weight").filter(pl.col("state") == "fresh").sum(),
        is_applicable=(pl.col("state") != "not_applicable").any(),
    )


def _weigh(members: pl.DataFrame, over: list[str], weight: str) -> pl.DataFrame:
    """Add effective_weight and effective_mark within the mean; both null for members that do not count."""
    w = pl.col(weight)
    with_kind = members.with_columns(
        is_known=pl.col("mark").is_not_null() & (w > 0),
        is_silent=pl.col("mark").is_null() & pl.col("ceiling").is_not_null() & (w > 0),
    )
    known, silent = pl.col("is_known"), pl.col("is_silent")
    known_mean = (w * pl.col("mark")).filter(known).sum() / w.filter(known).sum()
    return (
        with_kind.with_columns(
            known_mean=known_mean.over(over),
            total=w.filter(known | silent).sum().over(over),
        )
        .with_columns(
            effective_weight=pl.when(known | silent).then(w / pl.col("total")),
            effective_mark=pl.when(known)
            .then(pl.col("mark"))
            .when(silent)
            .then(pl.min_horizontal(pl.col("ceiling"), pl.col("known_mean").fill_nan(None))),
        )
        .drop("known_mean", "total", "is_silent")
    )


def _effective(members: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Carry the weight and mark of each member through its group to its dimension."""
    own = pl.coalesce("mark", "ceiling")
    through = groups.select(
        *GROUP,
        group_effective=pl.col("effective_weight"),
        group_factor=pl.when(own > 0).then(pl.col("effective_mark") / own).otherwise(1.0),
        dimension_known=pl.col("is_known").any().over(DIMENSION),
    )
    counts = pl.col("dimension_known") & pl.col("effective_weight").is_not_null()
    return (
        members.join(through, on=GROUP, how="left")
        .with_columns(
            weight_in_dimension=pl.when(counts)
            .then(pl.col("group_effective") * pl.col("effective_weight"))
            .otherwise(0.0),
            effective_mark=pl.col("effective_mark") * pl.col("group_factor"),
        )
        .drop("group_effective", "group_factor", "dimension_known", "effective_weight", "is_known")
        .sort(*GROUP, "metric")
    )
