"""Derive again what rested on a run that was taken back: with the code of landings, from what stands without it."""

from datetime import datetime

import duckdb
import polars as pl

from catalog.load import Catalog
from flows.stages.derive import shares_until
from flows.stages.derive_past import STAR_DERIVATIONS, land_stars_of, past_liveness
from flows.stages.tell_again import RATES, rates_again
from warehouse.frame import frame
from warehouse.land import Run, next_moment
from warehouse.query import rows
from warehouse.undone import KEY


def derive_again(
    connection: duckdb.DuckDBPyConnection, words: pl.DataFrame, catalog: Catalog, run: Run
) -> pl.DataFrame:
    """Land the past stars that runs which stand had told; return their states, shares and rates, to be landed.

    `words` are standing words, as `standing_words` returns them.
    """
    told = words.filter(pl.col("is_derived") & (pl.col("reason").is_null() | (pl.col("reason") != "retracted")))
    cells = told.select("subject", "metric", day="valid_at")
    land_stars_of(
        connection,
        {name: cells.filter(metric=metric).drop("metric") for name, metric in STAR_DERIVATIONS.items()},
        run,
    )
    known_at = next_moment(connection, run.finished_at)
    shares, rates = _paper_shares(connection, told, catalog), _rates(connection, told, known_at)
    return pl.concat([past_liveness(connection), shares, rates])


def _rates(connection: duckdb.DuckDBPyConnection, told: pl.DataFrame, known_at: datetime) -> pl.DataFrame:
    """Return the rates of issues that were told, from the issues that stand; none where these are no longer whole."""
    lost = [row["subject"] for row in rows(connection, "issues_lost")]
    is_whole = ~pl.col("subject").is_in(lost)
    cells = told.filter((pl.col("source") == "github") & pl.col("metric").is_in(RATES) & is_whole)
    days = {str(subject): sorted(set(some["valid_at"])) for (subject,), some in cells.group_by("subject")}
    return rates_again(connection, days, known_at).join(cells.select(KEY), on=KEY, how="semi")


def _paper_shares(connection: duckdb.DuckDBPyConnection, told: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return the shares that were told, each from the papers that were known when it was and still stand."""
    shares = told.filter(pl.col("metric").str.starts_with("papers."))
    found = [frame([])]
    for (until, known_at), cells in shares.group_by("valid_at", "said_at", maintain_order=True):
        subjects = [one for one in catalog.subjects if one.id in set(cells["subject"])]
        again = shares_until(connection, subjects, until, known_at)
        found.append(again.join(cells.select(KEY), on=KEY, how="semi"))
    return pl.concat(found)
