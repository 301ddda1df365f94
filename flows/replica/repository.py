"""A repository of the replica's world: what happened in it, and the truths that can be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time


def utc(moment: date | datetime) -> datetime:
    """Return the moment in UTC: a day is its first instant, a naive time is already UTC."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """Who acts: a login without the suffix [bot], and whether it is a User or a Bot."""

    login: str
    kind: str = "User"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of a ticket."""

    created_at: datetime
    author: Account | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """An issue or a pull request: they share one sequence of numbers."""

    id: int
    number: int
    created_at: datetime
    closed_at: datetime | None
    state_reason: str | None
    author: Account | None
    association: str
    comments: tuple[Comment, ...]
    is_pull: bool
    is_merged: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is open now."""
        return self.closed_at is None

    @property
    def updated_at(self) -> datetime:
        """The last time that anything happened to it."""
        ends = [self.closed_at] if self.closed_at else []
        return max([self.created_at, *ends, *(comment.created_at for comment in self.comments)])


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of the default branch."""

    sha: str
    authored_at: datetime
    committed_at: datetime
    author_name: str
    author_email: str
    author: Account | None
    is_merge: bool

    @property
    def is_bot(self) -> bool:
        """Whether a bot wrote it."""
        return self.author is not None and self.author.kind == "Bot"


@dataclass(frozen=True, slots=True)
class Release:
    """One release; a prerelease is never the latest."""

    tag: str
    published_at: datetime
    is_prerelease: bool


@dataclass(frozen=True)
class Repo:
    """One repository; commits and releases stand newest first, tickets by number."""

    subject: str
    number: int
    full_name: str
    former_names: tuple[str, ...]
    created_at: datetime
    pushed_at: datetime
    is_archived: bool
    star_days: Mapping[date, int]
    stars_undated: int
    forks: int
    watchers: int
    contributors: int
    tickets: tuple[Ticket, ...] = field(repr=False)
    commits: tuple[Commit, ...] = field(repr=False)
    releases: tuple[Release, ...] = field(repr=False)
    history_too_large: bool = False
    parent: str | None = None
    readme: str = "# DEMO\n\nA repository of the local replica.\n"

    @property
    def issues(self) -> Iterator[Ticket]:
        """The tickets that are no pull requests."""
        return (ticket for ticket in self.tickets if not ticket.is_pull)

    @property
    def pulls(self) -> Iterator[Ticket]:
        """The tickets that are pull requests."""
        return (ticket for ticket in self.tickets if ticket.is_pull)

    @property
    def latest_release(self) -> Release | None:
        """The newest release that is no prerelease."""
        return next((release for release in self.releases if not release.is_prerelease), None)

    def stars(self) -> int:
        """Accounts that star it now; a few more than the dated ones, as upstream."""
        return self.stars_undated + sum(self.star_days.values())

    def stars_on(self, day: date) -> int:
        """Stars given on that Los Angeles day and still standing."""
        return self.star_days.get(day, 0)

    def stars_before(self, day: date) -> int:
        """Stars now, less the ones given on that day or later."""
        return self.stars() - sum(given for on, given in self.star_days.items() if on >= day)

    def commits_between(self, start: date | datetime, end: date | datetime) -> int:
        """All commits, merges included, with a committer date in [start, end)."""
        since, until = utc(start), utc(end)
        return sum(since <= commit.committed_at < until for commit in self.commits)

    def issues_open(self) -> int:
        """Issues open now, pull requests apart."""
        return sum(issue.is_open for issue in self.issues)

    def issues_closed(self) -> int:
        """Issues closed now, pull requests apart."""
        return sum(not issue.is_open for issue in self.issues)

    def pulls_open(self) -> int:
        """Pull requests open now."""
        return sum(pull.is_open for pull in self.pulls)
