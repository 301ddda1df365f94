"""A commit log as CSV: one row per commit reachable from the default branch, authors hashed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog.errors import CatalogError
from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.moments import AHEAD
from catalog.observation import Observation
from collectors.git.commit_windows import (
    WEEK,
    WEEKS,
    YEAR,
    authors_of_year,
    count_between,
    count_weeks,
    first_times,
    monday,
    observe_counts,
)
from collectors.trackers.tracker import Read, Refused, Row, Told, Tracker, is_whole

SOURCE = "commit-log"
FIRST = datetime(1990, 1, 1)  # noqa: DTZ001 - naive UTC everywhere; older than any version control that is still read


@dataclass(frozen=True, slots=True, order=True)
class Commit:
    """One commit: when it was committed (naive UTC), who wrote it (hashed), whether it is a merge."""

    committed_at: datetime
    author: str
    is_merge: bool


def read(rows: Iterable[Row], file: Path, catalog: Catalog, now: datetime) -> Iterator[Read]:
    """Read the whole log, then give every Monday's counts; the subject is what the file name starts with."""
    subject = _subject(file.name, catalog)
    commits: list[Commit] = []
    for row in rows:
        try:
            commits.append(commit(row, now))
            yield Told([])
        except ValueError as error:
            yield Refused(str(error))
    yield Told(list(mondays(sorted(commits), subject)))


def commit(row: Row, now: datetime) -> Commit:
    """Read one row; raise ValueError for what is no commit, or one that cannot have been made by now."""
    stamp, parents, author = row.get("committer_ts"), row.get("n_parents"), row.get("author_email_sha256_12")
    if not author or not is_whole(stamp) or not is_whole(parents):
        raise ValueError(f"not a commit: committer_ts {stamp!r}, n_parents {parents!r}, author {author!r}")
    try:
        committed_at = datetime.fromtimestamp(int(stamp or ""), UTC).replace(tzinfo=None)
    except (OverflowError, OSError):
        raise ValueError(f"committer_ts {stamp!r} is no moment") from None
    if not FIRST <= committed_at <= now + AHEAD:
        raise ValueError(f"committed on {committed_at:%Y-%m-%d}, which cannot be")
    return Commit(committed_at, author, int(parents or "") > 1)


def mondays(commits: Sequence[Commit], subject: str) -> Iterator[Observation]:
    """Give, for every Monday 00:00 UTC that the log reaches, the counts of the windows before it.

    The windows of 7, 28, 90 and 91 days count every commit; the weekly mean and the authors leave merges out. Hashed
    authors cannot be told from bots, and the definition says so.
    """
    times = [one.committed_at for one in commits]
    authored = [one for one in commits if not one.is_merge]
    authored_times = [one.committed_at for one in authored]
    moments, arrivals = _mondays(times), first_times(authored)
    for valid_at, active in zip(moments, authors_of_year(authored, moments), strict=True):
        more = {"method": "exact", "source": SOURCE}
        yield from observe_counts(subject, times, valid_at, **more)
        weekly = count_weeks(authored_times, valid_at)
        more["definition"] = "commits_week@log-with-bots"
        yield METRICS["github.commits_week"].of(subject, valid_at, weekly / WEEKS, n=weekly, **more)
        more["definition"] = "contributors_active@log-with-bots"
        yield METRICS["github.contributors_active_365d"].of(subject, valid_at, len(active), **more)
        more["definition"] = "contributors_new@log-with-bots"
        arrived = count_between(arrivals, valid_at - YEAR, valid_at)
        yield METRICS["github.contributors_new_365d"].of(subject, valid_at, arrived, **more)


def _mondays(times: Sequence[datetime]) -> list[datetime]:
    if not times:
        return []
    first, last = monday(times[0]), monday(times[-1])
    return [first + number * WEEK for number in range(1, (last - first) // WEEK + 1)]


def _subject(file_name: str, catalog: Catalog) -> str:
    name = file_name.partition("_commits")[0].lower()
    try:
        return catalog[name].id
    except CatalogError as error:
        raise ValueError(f"the file name must start with a subject id, as in jax_commits.csv; {error}") from error


tracker = Tracker(SOURCE, frozenset({"committer_ts", "author_email_sha256_12", "n_parents"}), read)
