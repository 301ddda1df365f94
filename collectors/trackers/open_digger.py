"""OpenDigger: one JSON a repository and metric, months and their numbers, from GitHub's public events."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.moments import AHEAD
from collectors.trackers.tracker import FIRST, Read, Refused, Row, Skipped, Told, Tracker, cell, subjects_by_name

SOURCE = "open-digger"
FILES = {
    "stars.json": METRICS["github.stars_gained_month"],
    "issues_new.json": METRICS["github.issues_opened_month"],
    "issues_closed.json": METRICS["github.issues_closed_month"],
}
COLUMNS = ("forge", "repository", "file", "month", "value")
OTHER_FORGES = frozenset({"atomgit", "bitbucket", "codeberg", "gitcode", "gitea", "gitee", "gitlab", "gitlab.com"})
MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
RAW = "-raw"


def rows_of(text: str, path: Path) -> Iterator[Row]:
    """Yield a row a month of a file [<forge>/]<owner>/<repository>/<metric>.json; years and quarters are left out.

    A month that the file holds a second time as "-raw" was only partly seen, and its number is an estimate: its value
    is empty. Raises ValueError for what is no such file.
    """
    found: Any = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object of months")  # noqa: TRY004 - a file is wrong, not a program
    told = {"forge": path.parts[-4].lower() if len(path.parts) > 3 else "", "file": path.name}
    told["repository"] = "/".join(path.parts[-3:-1])
    for month, value in found.items():
        if MONTH.fullmatch(month):
            yield told | {"month": month, "value": "" if month + RAW in found else str(value)}


def read(rows: Iterable[Row], _file: Path, catalog: Catalog, now: datetime) -> Iterator[Read]:
    """Read months; a value is about its whole month and valid at its end."""
    subjects = subjects_by_name(catalog)
    for row in rows:
        subject = subjects.get((row["repository"] or "").lower())
        if subject is None:
            yield Skipped.NOT_FOLLOWED
            continue
        if (row["file"] or "") not in FILES:
            yield Refused(f"{row['file']!r} is no file of OpenDigger that is read: {', '.join(FILES)}")
            continue
        if row["forge"] in OTHER_FORGES:
            yield Refused(f"{row['repository']} of {row['forge']} is not the repository of that name on GitHub")
            continue
        try:
            yield Told([cell(FILES[row["file"] or ""], subject, _end(row["month"], now), row["value"], SOURCE)])
        except ValueError as error:
            yield Refused(str(error))


def _end(month: str | None, now: datetime) -> datetime:
    """Return the end of a month; raise ValueError where it has not ended, or lies before GitHub."""
    begin = datetime.strptime(month or "", "%Y-%m")  # noqa: DTZ007 - naive UTC everywhere
    end = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    if not FIRST <= end <= now + AHEAD:
        raise ValueError(f"month {month} has not been, or has not ended")
    return end


tracker = Tracker(SOURCE, frozenset(COLUMNS), read)
