"""What clients may ask: tokens, and quotas that are counted down as upstream counts them."""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from threading import Lock

from flows.replica.answer import Answer, Quota, of_json
from flows.replica.stackexchange import refuse

GITHUB = {"core": 5000, "anonymous": 60, "graphql": 5000}
LIMITS = {**GITHUB, "stackexchange": 300, "stackexchange_key": 10_000, "free": 10**9}
HOUR_S = 3600


class Limits:
    """The counters of one server; the hour of GitHub's begins when the server does."""

    def __init__(self, tokens: Collection[str], limits: Mapping[str, int]) -> None:
        """Keep the tokens that are good (any is, when none is named) and the sizes that differ from upstream's."""
        self._tokens = set(tokens)
        self._limits = {**LIMITS, **limits}
        self._spent: Counter[str] = Counter()
        self._reset = int(time.time()) + HOUR_S
        self._lock = Lock()

    def spend(self, resource: str, points: int = 1) -> Quota:
        """Count a request; a negative `remaining` says that it was one too many."""
        with self._lock:
            if time.time() >= self._reset:
                self._spent.clear()
                self._reset += HOUR_S
            self._spent[resource] += points
            limit = self._limits[resource]
            return Quota(limit, limit - self._spent[resource], self._reset, resource)

    def spent(self, resource: str) -> int:
        """Return the points that were spent of a counter in this hour."""
        with self._lock:
            return self._spent[resource]

    def resource(self, upstream: str, headers: Mapping[str, str], query: Mapping[str, str]) -> str:
        """Name the counter that a request belongs to."""
        if upstream == "/stackexchange":
            return "stackexchange_key" if query.get("key") else "stackexchange"
        if upstream == "/github/graphql":
            return "graphql"
        if upstream == "/github":
            return "core" if headers.get("authorization") else "anonymous"
        return "free"

    def refuse(self, quota: Quota, headers: Mapping[str, str]) -> Answer | None:
        """Return the refusal that a request has earned, if any."""
        if quota.resource in {"core", "graphql"}:
            token = headers.get("authorization", "").partition(" ")[2]
            if not token or (self._tokens and token not in self._tokens):
                message = "Bad credentials" if token else "Requires authentication"
                return of_json({"message": message, "status": "401"}, 401)
        if not quota.is_spent:
            return None
        if quota.resource.startswith("stackexchange"):
            wait = "too many requests from this IP, more requests available in 46472 seconds"
            return refuse(502, "throttle_violation", wait)
        if quota.resource == "graphql":
            return of_json({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]})
        return of_json({"message": "API rate limit exceeded for 127.0.0.1."}, 403)


def github_headers(quota: Quota) -> dict[str, str]:
    """Return the quota as GitHub's headers."""
    left = max(quota.remaining, 0)
    resource = "graphql" if quota.resource == "graphql" else "core"
    numbers = {"limit": quota.limit, "remaining": left, "used": quota.limit - left, "reset": quota.reset}
    return {"x-ratelimit-resource": resource} | {f"x-ratelimit-{name}": str(n) for name, n in numbers.items()}
