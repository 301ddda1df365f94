"""What each limit of an upstream still allows, as its own answers tell, so that a run stops short of it."""

import math
import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from collectors.errors import SpentError
from collectors.transport.archive import Answer
from collectors.transport.server_time import read_number, read_stamp, seconds_until

RESERVE = 0.02
DRAFT = re.compile(r";\s*([rtq])=(\d+)")


@dataclass(frozen=True)
class Quota:
    """Calls that are left of a limit, and when it begins anew: None where the upstream does not say."""

    remaining: int
    limit: int
    resets_at: datetime | None = None

    @property
    def reserve(self) -> int:
        """The last calls, which a run leaves alone: somebody else may ask with the same token or address."""
        return max(1, math.ceil(RESERVE * self.limit))


class Budget:
    """The quotas of a run, by resource; safe to use from several threads."""

    def __init__(self) -> None:
        """Know of no limit yet."""
        self._quotas: dict[str, Quota] = {}
        self._lock = threading.Lock()

    def take(self, url: str, now: datetime, patience_s: float) -> float:
        """Count a call and give 0, or give the seconds to wait before it; raise SpentError where that is too long."""
        name = resource_of(url)
        with self._lock:
            quota = self._quotas.get(name)
            if quota is None or (quota.resets_at and now >= quota.resets_at):
                self._quotas.pop(name, None)
                return 0.0
            if quota.remaining > quota.reserve:
                self._quotas[name] = replace(quota, remaining=quota.remaining - 1)
                return 0.0
        wait = (quota.resets_at - now).total_seconds() if quota.resets_at else math.inf
        if wait <= patience_s:
            return wait
        until = f"; it begins anew at {quota.resets_at:%Y-%m-%d %H:%M} UTC" if quota.resets_at else ""
        raise SpentError(f"{name} allows {quota.limit:,} calls and {quota.remaining:,} are left as a reserve{until}")

    def hear(self, url: str, quota: Quota | None) -> None:
        """Believe what an answer says is left; of two answers in the same period the lower one is the newer."""
        if quota is None:
            return
        name = resource_of(url)
        with self._lock:
            known = self._quotas.get(name)
            if known and _is_same_period(known.resets_at, quota.resets_at):
                quota = replace(quota, remaining=min(known.remaining, quota.remaining))
            self._quotas[name] = quota

    def give_back(self, url: str) -> None:
        """Take back a call that was free: an answer that nothing has changed."""
        name = resource_of(url)
        with self._lock:
            if quota := self._quotas.get(name):
                self._quotas[name] = replace(quota, remaining=quota.remaining + 1)


def _is_same_period(one: datetime | None, other: datetime | None) -> bool:
    """Return whether two ends mean the same one; those counted from the answer's arrival differ by parts of seconds."""
    return one == other or (one is not None and other is not None and abs(one - other) <= timedelta(seconds=2))


def resource_of(url: str) -> str:
    """Name the limit that an address counts against: the host's, or one of GitHub's own for GraphQL and for search."""
    parts = urlsplit(url)
    kind = "graphql" if parts.path.endswith("/graphql") else "search" if "/search/" in parts.path else ""
    return f"{parts.netloc} {kind}".rstrip()


def quota_of(answer: Answer) -> Quota | None:
    """Read the headers of an answer: x-ratelimit-* of GitHub and Discord, or RateLimit of Hugging Face."""
    headers = answer.headers
    if "x-ratelimit-remaining" in headers:
        remaining, limit = (read_number(headers.get(f"x-ratelimit-{name}")) for name in ("remaining", "limit"))
        return _quota(remaining, limit, _end(answer))
    draft = dict(DRAFT.findall(headers.get("ratelimit", "") + headers.get("ratelimit-policy", "")))
    return _quota(read_number(draft.get("r")), read_number(draft.get("q")), _after(answer, read_number(draft.get("t"))))


def _end(answer: Answer) -> datetime | None:
    """Return when the limit begins anew by our clock; None where the answer does not say."""
    after = read_number(answer.headers.get("x-ratelimit-reset-after"))
    if after is None and (reset := read_stamp(answer.headers.get("x-ratelimit-reset"))):
        after = seconds_until(answer, reset)
    return _after(answer, after)


def _after(answer: Answer, after: float | None) -> datetime | None:
    """Return the moment so many seconds after an answer; None for one that no calendar has."""
    try:
        return answer.fetched_at + timedelta(seconds=after) if after is not None else None
    except OverflowError:
        return None


def _quota(remaining: float | None, limit: float | None, resets_at: datetime | None) -> Quota | None:
    if remaining is None or remaining < 0:
        return None
    return Quota(int(remaining), int(limit if limit is not None else remaining), resets_at)
