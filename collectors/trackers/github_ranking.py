"""Github-Ranking: daily lists of the most starred repositories (MIT), 2018-12 on."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from catalog.load import Catalog
from catalog.metric import METRICS
from collectors.trackers.tracker import Read, Refused, Row, Skipped, Told, Tracker, cell, day, subjects_by_name

SOURCE = "github-ranking"
COLUMNS = {
    "stars": METRICS["github.stars"],
    "forks": METRICS["github.forks"],
    "issues": METRICS["github.open_issues"],
}
DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})", re.ASCII)


def read(rows: Iterable[Row], file: Path, catalog: Catalog, now: datetime) -> Iterator[Read]:
    """Read a day's lists; a repository may stand in several of them, and its highest counts are kept."""
    subjects = subjects_by_name(catalog)
    dated = DATED_NAME.search(file.name)
    for row in rows:
        subject = subjects.get(f"{row.get('username')}/{row.get('repo_name')}".lower())
        if subject is None:
            yield Skipped.NOT_FOLLOWED
            continue
        try:
            valid_at = day(row.get("snapshot_date") or (dated and dated[1]), now)
            yield Told([cell(metric, subject, valid_at, row[column], SOURCE) for column, metric in COLUMNS.items()])
        except ValueError as error:
            yield Refused(str(error))


tracker = Tracker(SOURCE, frozenset({"item", "repo_name", "stars", "forks", "username", "issues"}), read)
