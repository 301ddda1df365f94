"""Links of the frozen archive to papers that a venue accepted, with the archive's own label of the framework."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.exchange import registered
from warehouse.papers import MEMORY
from warehouse.query import rows

WANTED = {"venue": pl.String, "year": pl.Int32, "paper_id": pl.String, "arxiv_id": pl.String, "words": pl.String}


def papers_to_find(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the accepted papers that nobody looked for in the archive yet: venue, year, paper_id, arxiv_id, words."""
    return pl.DataFrame(rows(connection, "papers_to_find"), schema=WANTED)


def archived_links(links: Sequence[Path], wanted: pl.DataFrame) -> list[dict[str, Any]]:
    """Return address, is_official and label of each link of the archive to one of the papers; Parquet files only.

    An archive whose links have no titles tells nothing.
    """
    if wanted.is_empty() or any(path.suffix != ".parquet" for path in links):
        return []
    with duckdb.connect(config=MEMORY) as connection, registered(connection, wanted_paper=wanted):
        try:
            return rows(connection, "archive_titles_parquet", paths=[str(path) for path in links])
        except duckdb.BinderException:
            return []
