"""From marks to groups to dimensions: weighted means in which nothing that is missing counts as zero.

Each mean knows three kinds of members: known ones; silent ones, of which a ceiling is known (what they were when
last seen); and unknown ones. A silent one keeps its weight with the lower of its ceiling and the mean of all that
were ever answered: a mean that does not move when one more falls silent, so that falling silent never raises a
score. For the same reason, among substitutes the best known ones come first and then the worst silent one. Unknown
ones leave their weight to the others.
"""

import polars as pl

DIMENSION = ["as_of", "subject", "dimension"]
GROUP = [*DIMENSION, "group"]
TOP = 2
OWN = pl.coalesce("mark", "ceiling")
IS_TOP = pl.col("combine") == "top2"
IS_APPLICABLE = pl.col("state") != "not_applicable"


def numbered(marked: pl.DataFrame) -> pl.DataFrame:
    """Add numbers of the groups and dimensions, for rows in grid order: a faster key than their names."""
    return marked.with_columns(in_group=pl.struct(GROUP).rle_id(), in_dimension=pl.struct(DIMENSION).rle_id())


def dimensions(marked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the members with their effective mark and weight in the dimension, and the dimensions.

    `marked` has state, mark and ceiling per criterion, numbered. Dimensions come as mark (null when nothing is
    known) and coverage (share of the applicable weight that is fresh).
    """
    members = _weigh(_choose(marked), "in_group", "use_weight")
    groups = _weigh(_groups(members), "in_dimension", "group_weight")
    weight = pl.col("group_weight")
    found = groups.group_by("in_dimension", maintain_order=True).agg(
        pl.col(*DIMENSION, "is_known").first(),
        points=(pl.col("effective_weight") * pl.col("effective_mark")).sum(),
        coverage=(weight * pl.col("coverage")).sum() / (weight * pl.col("is_applicable")).sum(),
    )
    return _effective(members, groups), found.select(
        *DIMENSION,
        mark=pl.when("is_known").then("points"),
        coverage=pl.col("coverage").fill_nan(0.0),
    )


def _choose(marked: pl.DataFrame) -> pl.DataFrame:
    """Return each answer its weight in its group: all applicable ones, or of substitutes only the two best."""
    best = (
        marked.filter(IS_TOP & IS_APPLICABLE)
        .select("question", "in_group", "mark", "ceiling")
        .sort("in_group", OWN.is_null(), pl.col("mark").is_null(), -pl.col("mark"), "ceiling", "question")
        .group_by("in_group", maintain_order=True)
        .head(TOP)
        .select("question", is_best=1.0)
    )
    weight = pl.when(IS_TOP).then("is_best").when(IS_APPLICABLE).then("weight")
    return marked.join(best, on="question", how="left", maintain_order="left").with_columns(
        use_weight=weight.fill_null(0.0)
    )


def _weigh(members: pl.DataFrame, over: str, weight: str) -> pl.DataFrame:
    """Add effective_weight and effective_mark within the mean; both null for members that do not count."""
    w, mark = pl.col(weight), pl.col("mark")
    means = members.group_by(over, maintain_order=True).agg(
        is_known=(w * mark.is_not_null()).sum() > 0,
        answered_weight=(w * OWN.is_not_null()).sum(),
        answered_points=(w * OWN).sum(),
    )
    counts = OWN.is_not_null() & (w > 0)
    silent = pl.min_horizontal("ceiling", pl.col("answered_points") / pl.col("answered_weight"))
    return members.join(means, on=over, how="left", maintain_order="left").with_columns(
        effective_weight=pl.when(counts).then(w / pl.col("answered_weight")),
        effective_mark=pl.when(counts).then(pl.coalesce("mark", silent)),
    )


def _groups(members: pl.DataFrame) -> pl.DataFrame:
    """Return each group its mark where a member is known, or its ceiling where one was."""
    fresh, use = pl.col("use_weight") * (pl.col("state") == "fresh"), pl.col("use_weight").sum()
    is_silent = ~pl.col("is_known") & (pl.col("answered_weight") > 0)
    found = members.group_by("in_group", maintain_order=True).agg(
        pl.col("in_dimension", *DIMENSION, "group_weight", "is_known", "answered_weight").first(),
        is_applicable=use > 0,
        coverage=(fresh.sum() / use).fill_nan(0.0),
        points=(pl.col("effective_weight") * pl.col("effective_mark")).sum(),
    )
    return found.select(
        pl.exclude("is_known", "answered_weight", "points"),
        mark=pl.when("is_known").then("points"),
        ceiling=pl.when(is_silent).then("points"),
    )


def _effective(members: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Carry the weight and mark of each member through its group to its dimension."""
    through = groups.select(
        "in_group",
        group_factor=pl.when(OWN > 0).then(pl.col("effective_mark") / OWN).otherwise(1.0),
        group_effective=pl.when("is_known").then("effective_weight"),
    )
    return members.join(through, on="in_group", how="left", maintain_order="left").with_columns(
        weight_in_dimension=(pl.col("group_effective") * pl.col("effective_weight")).fill_null(0.0),
        effective_mark=pl.col("effective_mark") * pl.col("group_factor"),
    )
