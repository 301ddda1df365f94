"""Derive again what rested on a run that was taken back: with the code of landings, from what stands without it."""

import duckdb
import polars as pl

from catalog.load import Catalog
from flows.stages.derive import shares_until
from flows.stages.derive_past import STAR_DERIVATIONS, land_stars_of, past_liveness
from warehouse.frame import frame
from warehouse.land import Run
from warehouse.undone import KEY


def derive_again(
    connection: duckdb.DuckDBPyConnection, words: pl.DataFrame, catalog: Catalog, run: Run
) -> pl.DataFrame:
    """Land the past stars that runs which stand had told, and return the states and shares that they had, to be landed.

    `words` are standing words, as `standing_words` returns them.
    """
    told = words.filter(pl.col("is_derived") & (pl.col("reason").is_null() | (pl.col("reason") != "retracted")))
    cells = told.select("subject", "metric", day="valid_at")
    land_stars_of(
        connection,
        {name: cells.filter(metric=metric).drop("metric") for name, metric in STAR_DERIVATIONS.items()},
        run,
    )
    return pl.concat([past_liveness(connection), _paper_shares(connection, told, catalog)])


def _paper_shares(connection: duckdb.DuckDBPyConnection, told: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return the shares that were told, each from the papers that were known when it was and still stand."""
    shares = told.filter(pl.col("metric").str.starts_with("papers."))
    found = [frame([])]
    for (until, known_at), cells in shares.group_by("valid_at", "said_at", maintain_order=True):
        subjects = [one for one in catalog.subjects if one.id in set(cells["subject"])]
        again = shares_until(connection, subjects, until, known_at)
        found.append(again.join(cells.select(KEY), on=KEY, how="semi"))
    return pl.concat(found)
