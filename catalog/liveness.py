"""How alive a repository is: one of five states, from its commits, its flags and its README.

See docs/method.md#how-alive-a-repository-is.

Commits are all of the default branch, merges included: GitHub counts no others. Days are counted in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

STATES = ("retired", "declining", "watch", "stable", "live")
DYING = ("retired", "declining")
WINDOW = timedelta(days=90)
SILENCE = timedelta(days=180)
COMMIT_A_WEEK = 13  # in 90 days: what OpenSSF Scorecard asks of a project that it calls maintained
WATCH_SHARE = 0.20
BLOCK = timedelta(days=30)
BLOCKS_A_WINDOW = WINDOW // BLOCK
OLDEST_BASE, NEWEST_BASE = timedelta(days=730), timedelta(days=90)
LEAST_BASE = 6  # windows of its past, below which a repository has no usual pace
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere; where the blocks of 30 days are counted from


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a repository at a moment (naive UTC).

    `base_90d` is its usual number of commits in 90 days, None where it is too young to have one. `is_finished` says
    that a fact calls it complete, so that it needs no commits; `was` is the state that it had a week before.
    """

    commits_90d: int
    last_commit_at: datetime
    base_90d: float | None = None
    is_archived: bool = False
    notice: str | None = None
    is_finished: bool = False
    was: str | None = None


def state_of(signs: Signs, now: datetime) -> str:
    """Return the state of a repository.

    A notice retires only what is slow as well: where there is still a commit a week, the notice and the commits
    contradict each other, so the state is watch and a person decides.
    """
    if signs.is_archived:
        return "retired"
    if signs.notice is not None:
        return "watch" if signs.commits_90d >= COMMIT_A_WEEK else "retired"
    state = _state_by_commits(signs, now)
    return "stable" if signs.is_finished and state != "live" else state


def hangs_on_pace(signs: Signs, now: datetime) -> bool:
    """Return whether the usual pace decides between live, who was always slow, and declining."""
    is_over = signs.is_archived or signs.notice is not None or _is_silent(signs, now)
    return not is_over and signs.commits_90d < COMMIT_A_WEEK and signs.was not in DYING


def _state_by_commits(signs: Signs, now: datetime) -> str:
    """Return the state by commits; what was dying stays so until a commit a week returns.

    Without that, whoever has been slow for long enough would pass for one who has always been slow.
    """
    if _is_silent(signs, now):
        return "retired"
    is_busy = signs.base_90d is not None and signs.base_90d >= COMMIT_A_WEEK
    if signs.commits_90d < COMMIT_A_WEEK:
        return "declining" if is_busy or signs.was in DYING else "live"
    return "watch" if is_busy and signs.commits_90d < WATCH_SHARE * (signs.base_90d or 0) else "live"


def _is_silent(signs: Signs, now: datetime) -> bool:
    """Return whether nobody committed for 180 days: the newest commit may be dated by a clock that was wrong."""
    return signs.commits_90d == 0 and now - signs.last_commit_at >= SILENCE


def block_ends(now: datetime, created_at: datetime | None = None) -> list[datetime]:
    """Return the ends of the blocks of 30 days that the base of a moment needs, oldest first.

    The blocks lie on a grid of their own, so that one that was counted once is never asked for again.
    """
    oldest = now - OLDEST_BASE - (BLOCKS_A_WINDOW - 1) * BLOCK
    newest = EPOCH + (now - NEWEST_BASE - EPOCH) // BLOCK * BLOCK
    ends = [newest - number * BLOCK for number in range((newest - oldest) // BLOCK + 1)]
    return [end for end in reversed(ends) if created_at is None or end > created_at]


def base_of(commits: Mapping[datetime, int], created_at: datetime, now: datetime) -> tuple[float | None, int]:
    """Return the median of the commits of 90 days in a repository's past, and of how many windows; None of too few.

    `commits` counts blocks of 30 days by their ends. A window ends 90 to 730 days ago and begins after the creation.
    """
    ends = _window_ends(created_at, now)
    parts = [[end - number * BLOCK for number in range(BLOCKS_A_WINDOW)] for end in ends]
    windows = [sum(commits[part] for part in some) for some in parts if all(part in commits for part in some)]
    return (float(median(windows)) if len(windows) >= LEAST_BASE else None), len(windows)


def has_pace(created_at: datetime, now: datetime) -> bool:
    """Return whether a repository is old enough to have a usual pace."""
    return len(_window_ends(created_at, now)) >= LEAST_BASE


def _window_ends(created_at: datetime, now: datetime) -> list[datetime]:
    return [one for one in block_ends(now) if one >= now - OLDEST_BASE and one - WINDOW >= created_at]
