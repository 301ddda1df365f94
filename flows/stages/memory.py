"""What the warehouse knows already, so that a run asks only for what is new."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from sys import intern
from threading import Lock
from typing import Any

import duckdb

from catalog.backing import backings, by_subject, current, finished
from catalog.load import Catalog
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.standing import standing
from warehouse.published import state_of
from warehouse.query import each, rows

Memory = Mapping[str, Mapping[str, Any]]


COHORTS = timedelta(days=121)
VENUES = "venues"
ONE_READS, ONE_READS_VENUES = Lock(), Lock()
Files = tuple[tuple[int, ...], ...]


def memory(
    settings: Settings, before: datetime, since: datetime | None = None, recalled: Collection[str] = ()
) -> Memory:
    """Give what `read_memory` reads, and what is known of venues where "venues" is recalled.

    Sources of a run share one reading as long as no file changes; who recalls no venues does not wait for theirs.
    """
    files = (state_of(settings.published), state_of(settings.catalog) if settings.catalog else ())
    with ONE_READS:
        known = _kept(settings, before, since, files)
    if VENUES not in recalled:
        return known
    with ONE_READS_VENUES:
        return {**known, **_kept_of_venues(settings, before, files)}


@lru_cache(maxsize=3)
def _kept(settings: Settings, before: datetime, since: datetime | None, _files: Files) -> Memory:
    return read_memory(settings, before, since)


@lru_cache(maxsize=3)
def _kept_of_venues(settings: Settings, before: datetime, _files: Files) -> Memory:
    return read_memory_of_venues(settings, before)


def read_memory(settings: Settings, before: datetime, since: datetime | None = None) -> Memory:
    """Give, per metric and subject, when it was last had before a moment; "stars" and "issues" tell how far.

    "issues_stored" counts issues, "issues_told" how many GitHub counts; "issues_without_closes" (of the issues that
    rates look at, from the day `since` on, else tonight's) and "issues_to_look_for" are numbers to ask for.
    "checkpoints" tells where walks stand, "stars_counted" the last day of which count and stars are both known,
    "stars_disputed" whose history does not sum to the count, and since when that is known. "repositories" tells by
    full name what was last seen of each; "papers_unread" the repositories of papers that were not read yet; "backing"
    and "finished" what the catalog says of them. "questions" counts those of the newest cohort. "facts" are the newest
    of each subject, "pages" when their pages were last read. Under "" of "venue_lists" stands the moment itself.
    """
    if not settings.published.exists():
        return _said(settings.followed, before)
    with reading(settings) as connection:
        asked = _asked(connection, before)
        stars = rows(connection, "memory_stars", before=before)
        issues = rows(connection, "memory_issues", before=before)
        stored = rows(connection, "memory_issues_stored", before=before)
        to_ask = rows(connection, "memory_issues_to_ask", before=before, cohorts_since=(since or before) - COHORTS)
        told = rows(connection, "memory_issues_told")
        counted = rows(connection, "memory_stars_counted", before=before)
        places = rows(connection, "memory_checkpoints", before=before)
        disputed = rows(connection, "memory_stars_disputed", before=before)
        papers = rows(connection, "memory_papers", before=before)
        unread = rows(connection, "memory_papers_unread", before=before)
        questions = rows(connection, "memory_questions", before=before)
        repositories = rows(connection, "memory_repositories", before=before)
        pages = rows(connection, "memory_pages", before=before)
        said = _said(standing(connection, settings.followed), before)
    found: dict[str, dict[str, Any]] = defaultdict(dict, said | asked)
    found["issues"] = {row["subject"]: row["updated_at"] for row in issues}
    found["pages"] = {row["url"]: row for row in pages}
    found["papers"] = {row["listed_on"].isoformat(): True for row in papers}
    found["papers_unread"] = {row["repository"]: row["listed_on"] for row in unread}
    found["questions"] = {row["subject"]: row["questions"] for row in questions}
    found["issues_stored"] = {row["subject"]: row["issues"] for row in stored}
    for row in to_ask:
        kind = "issues_without_closes" if row["lacks_closes"] else "issues_to_look_for"
        found[kind].setdefault(row["subject"], []).append(row["number"])
    found["issues_told"] = {row["subject"]: row["issues"] for row in told}
    found["stars_counted"] = {row["subject"]: row["counted_at"] for row in counted}
    found["stars_disputed"] = {row["subject"]: row["disputed_at"] for row in disputed}
    found["checkpoints"] = {row["subject"]: row for row in places}
    found["stars"] = {row["subject"]: row for row in stars}
    found["repositories"] = {row["repository"]: row | {"blocks": _blocks(row)} for row in repositories}
    return found


def _asked(connection: duckdb.DuckDBPyConnection, before: datetime) -> dict[str, dict[str, Any]]:
    """Return, per metric and subject, when it was last had; names and moments that stand often are kept once."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    moments: dict[datetime, datetime] = {}
    for metric, subject, asked_at in each(connection, "memory_asked", before=before):
        found[metric][intern(subject)] = moments.setdefault(asked_at, asked_at)
    return found


def read_memory_of_venues(settings: Settings, before: datetime) -> Memory:
    """Give what is known of venues' years ("venue_lists"), of the papers that are drawn, and of their repositories."""
    if not settings.published.exists():
        return {}
    papers: dict[str, list[Any]] = defaultdict(list)
    with reading(settings) as connection:
        for row in rows(connection, "memory_venue_papers", before=before):
            papers[row["edition"]].append(row)
        lists = {row["edition"]: row for row in rows(connection, "memory_venue_lists", before=before)}
        verdicts = {row["repository"]: row for row in rows(connection, "memory_code_verdicts", before=before)}
    return {"venue_lists": {"": {"now": before}} | lists, "venue_papers": dict(papers), "code_verdicts": verdicts}


def _said(catalog: Catalog, before: datetime) -> dict[str, dict[str, Any]]:
    """Return what the catalog says, for every run alike."""
    facts = by_subject(current(catalog.facts))
    said: dict[str, dict[str, Any]] = {
        "backing": backings(catalog),
        "facts": facts,
        "finished": finished(catalog.facts, before.date()),
    }
    return said | {"venue_lists": {"": {"now": before}}}


def _blocks(row: Mapping[str, Any]) -> dict[datetime, int]:
    """Return the commits of 30 days by their ends."""
    return dict(zip(row["ends"] or (), row["commits"] or (), strict=True))
