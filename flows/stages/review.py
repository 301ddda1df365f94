"""After each landing: which curated facts a person must look at again, by what is known of their repositories."""

from collections.abc import Sequence
from itertools import chain

import duckdb

from catalog.backing import backings
from catalog.load import Catalog
from catalog.rows import Rows
from scoring.words.review import findings
from warehouse.land import Landed, Run, next_moment
from warehouse.query import rows
from warehouse.repositories import keep_reviews, land_repositories, repository_states


def land_states(connection: duckdb.DuckDBPyConnection, facts: Sequence[Rows], run: Run) -> None:
    """Land what was seen of repositories."""
    states, commits = (
        list(chain.from_iterable(one.rows for one in facts if one.table == table))
        for table in ("repository_state", "repository_commits")
    )
    land_repositories(connection, states, commits, next_moment(connection, run.finished_at), run.run_id)


def review(connection: duckdb.DuckDBPyConnection, catalog: Catalog, landed: Landed, run: Run) -> None:
    """Open a row of the review queue for what newly speaks against a fact, and close what no longer does."""
    states = {row["repository"].lower(): row for row in repository_states(connection)}
    measured = {(row["subject"], row["metric"]) for row in rows(connection, "measured_cells")}
    found = findings(catalog.facts, backings(catalog), states, measured, run.started_at.date())
    keep_reviews(connection, found, landed.known_at, run.run_id)
