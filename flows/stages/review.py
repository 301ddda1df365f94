"""After each landing: which curated facts a person must look at again, by what is known of their repositories."""

from collections.abc import Mapping
from typing import Any

import duckdb

from catalog.backing import backings
from catalog.fact import Fact
from catalog.load import Catalog
from flows.stages.standing import readings
from scoring.words.review import findings, page_findings
from warehouse.land import LandingResult, Run
from warehouse.query import rows
from warehouse.repositories import keep_reviews, repository_states


def review(connection: duckdb.DuckDBPyConnection, catalog: Catalog, landed: LandingResult, run: Run) -> None:
    """Open a row of the review queue for what newly speaks against a fact, and close what no longer does."""
    states = {row["repository"].lower(): row for row in repository_states(connection)}
    told = rows(connection, "measured_cells", metrics=sorted({fact.metric for fact in catalog.facts}))
    measured = {(row["subject"], row["metric"]) for row in told}
    found = findings(catalog.facts, backings(catalog), states, measured, run.started_at.date())
    read, facts = readings(connection), {fact.key: fact for fact in catalog.facts}
    of_today = {key: row for key, row in read.items() if key in facts and _is_about(facts[key], row)}
    found += page_findings(catalog.facts, of_today, measured)
    keep_reviews(connection, found, landed.known_at, run.run_id)


def _is_about(fact: Fact, reading: Mapping[str, Any]) -> bool:
    """Return whether a page was read for what a fact quotes today: its address or its words may have been put right."""
    is_of_its_words = reading["state"] != "changed" or str(reading["detail"]).endswith(f": {fact.quote}")
    return reading["url"] == fact.url and is_of_its_words
