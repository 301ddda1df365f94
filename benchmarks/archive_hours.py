"""Hours of GH Archive that nobody recorded: events of the shapes and shares of real hours, with the true counts."""

import random
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson

# Shares and sizes lie between those of two real hours, of 2015 (2.3 KB a line) and of 2021 (3.7 KB).
SHARES = {
    "PushEvent": 0.545, "CreateEvent": 0.115, "WatchEvent": 0.078, "IssueCommentEvent": 0.065, "PullRequestEvent": 0.06,
    "PullRequestReviewEvent": 0.04, "IssuesEvent": 0.037, "DeleteEvent": 0.034, "ForkEvent": 0.026,
}  # fmt: skip
COUNTED = {"PushEvent": "pushes", "WatchEvent": "stars", "ForkEvent": "forks"}
ISSUES = {"opened": "issues_opened", "closed": "issues_closed", "reopened": None}
TEXT = """
the of and fix add update remove test build model layer tensor gradient array shape type error when with from
for this that into release version docs readme typo support cuda cpu gpu memory device kernel compile cache
batch training inference loss optimizer dataset loader worker thread process async await merge branch main
feature bug issue crash segfault warning deprecated refactor cleanup lint format bump dependency security config
option flag default expected actual traceback reproduce environment linux windows macos python driver runtime
stack question help please
"""
WORDS = TEXT.split()
API, AVATARS = "https://api.github.com", "https://avatars.githubusercontent.com/u"
REPO_URLS = (
    "forks", "keys", "collaborators", "teams", "hooks", "issue_events", "events", "assignees", "branches", "tags",
    "git_tags", "git_refs", "trees", "statuses", "languages", "stargazers", "contributors", "subscribers", "commits",
    "git_commits", "comments", "issue_comment", "contents", "compare", "merges", "archive", "downloads", "issues",
    "pulls", "milestones", "notifications", "labels", "releases", "deployments", "subscription",
)  # fmt: skip
USER_URLS = (
    "html",
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "organizations",
    "repos",
    "events",
    "received_events",
)
PULL_URLS = ("self", "html", "issue", "comments", "review_comments", "review_comment", "commits", "statuses", "diff")
COUNTS = ("size", "stargazers_count", "watchers_count", "forks_count", "open_issues_count")


class Repository(NamedTuple):
    """A repository as events name it."""

    id: int
    name: str


class Hours:
    """Makes events one after the other; what it made of the repositories it was given, it counts."""

    def __init__(self, followed: Sequence[Repository], *, seed: int, followed_share: float = 0.005) -> None:
        self.followed, self.share = followed, followed_share
        self.random = random.Random(seed)
        self.truth: Counter[tuple[int, str]] = Counter()
        self._number = 20_000_000_000 + seed * 10_000_000
        self._others = [Repository(self.random.randrange(10**6, 10**9), self._name()) for _ in range(20_000)]

    def lines(self, at: datetime) -> Iterator[bytes]:
        """Yield the lines of an hour, without end."""
        kinds = self.random.choices(list(SHARES), list(SHARES.values()), k=4_096)
        while True:
            for kind in kinds:
                at += timedelta(milliseconds=20)
                is_followed = self.random.random() < self.share
                repository = self.random.choice(self.followed if is_followed else self._others)
                yield self.event(kind, repository, at)

    def event(self, kind: str, repository: Repository, at: datetime, **payload: Any) -> bytes:
        """Return the line of one event, and count it where its repository is followed."""
        self._number += self.random.randrange(1, 9)
        payload = payload or self._payload(kind, repository)
        if repository in self.followed and (counted := COUNTED.get(kind) or ISSUES.get(payload.get("action", ""))):
            self.truth[repository.id, counted] += kind in COUNTED or kind == "IssuesEvent"
        actor = self._user()
        shown = {name: actor[name] for name in ("id", "login", "gravatar_id", "url", "avatar_url")}
        found = {
            "id": str(self._number),
            "type": kind,
            "actor": {**shown, "display_login": actor["login"]},
            "repo": {"id": repository.id, "name": repository.name, "url": f"{API}/repos/{repository.name}"},
            "payload": payload,
            "public": True,
            "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        }
        return orjson.dumps(found) + b"\n"

    def _payload(self, kind: str, repository: Repository) -> dict[str, Any]:
        if kind == "ForkEvent":
            return {"forkee": self._repository(Repository(self._id(), self._name()))}
        made = {"PushEvent": self._push, "IssuesEvent": self._issues, "IssueCommentEvent": self._comment}
        made |= dict.fromkeys(("PullRequestEvent", "PullRequestReviewEvent"), self._pull)
        if kind in made:
            return made[kind](repository)
        return {"action": "started"} if kind == "WatchEvent" else {"ref": self._words(1), "ref_type": "branch"}

    def _push(self, repository: Repository) -> dict[str, Any]:
        sha = self._sha()
        commit = {
            "sha": sha,
            "author": {"email": f"{self._sha()}@users.noreply.github.com", "name": self._words(2)},
            "message": self._words(self.random.randrange(3, 60)),
            "distinct": True,
            "url": f"{API}/repos/{repository.name}/commits/{sha}",
        }
        told = {"push_id": self._id(), "size": 1, "distinct_size": 1, "ref": "refs/heads/main", "head": sha}
        return {**told, "before": self._sha(), "commits": [commit]}

    def _issues(self, repository: Repository) -> dict[str, Any]:
        return {"action": self.random.choice(list(ISSUES)), "issue": self._issue(repository)}

    def _comment(self, repository: Repository) -> dict[str, Any]:
        return {"action": "created", "issue": self._issue(repository), "comment": self._issue(repository)}

    def _issue(self, repository: Repository) -> dict[str, Any]:
        url = f"{API}/repos/{repository.name}/issues/{self._id() % 9_999}"
        urls = {f"{what}_url": f"{url}/{what}" for what in ("labels", "comments", "events", "html")}
        told = {"id": self._id(), "title": self._words(8), "user": self._user(), "labels": [], "state": "open"}
        return {"url": url, **urls, **told, "body": self._words(self.random.randrange(10, 200))}

    def _pull(self, repository: Repository) -> dict[str, Any]:
        ends = {
            end: {
                "label": self._words(1),
                "sha": self._sha(),
                "user": self._user(),
                "repo": self._repository(repository),
            }
            for end in ("head", "base")
        }
        people = {what: self._user() for what in ("assignee", "merged_by", "requested_reviewer")}
        url = f"{API}/repos/{repository.name}/pulls/{self._id() % 9_999}"
        links = {what: {"href": f"{url}/{what}"} for what in PULL_URLS}
        told = {
            **self._issue(repository),
            **people,
            **ends,
            "_links": links,
            "commits": 3,
            "additions": 120,
            "deletions": 7,
        }
        return {"action": "opened", "number": self._id() % 9_999, "pull_request": told}

    def _repository(self, repository: Repository) -> dict[str, Any]:
        url = f"{API}/repos/{repository.name}"
        urls = {f"{what}_url": f"{url}/{what}{{/sha}}" for what in REPO_URLS}
        numbers = {name: self.random.randrange(9_999) for name in COUNTS}
        told = {"id": repository.id, "full_name": repository.name, "private": False, "owner": self._user()}
        return {**told, "description": self._words(9), **urls, **numbers, "default_branch": "main"}

    def _user(self) -> dict[str, Any]:
        number, login = self._id(), self._words(2).replace(" ", "-")
        told = {
            "login": login,
            "id": number,
            "node_id": f"MDQ6VXNlcn{number:010}",
            "gravatar_id": "",
            "avatar_url": f"{AVATARS}/{number}?",
        }
        urls = {f"{what}_url": f"{API}/users/{login}/{what}" for what in USER_URLS}
        return {**told, "url": f"{API}/users/{login}", **urls, "type": "User", "site_admin": False}

    def _id(self) -> int:
        return self.random.randrange(10**5, 10**8)

    def _sha(self) -> str:
        return f"{self.random.getrandbits(160):040x}"

    def _name(self) -> str:
        return f"{self._words(1)}{self._id() % 9_999}/{self._words(1)}-{self._words(1)}"

    def _words(self, number: int) -> str:
        return " ".join(self.random.choices(WORDS, k=number))


def write_hour(path: Path, hours: Hours, at: datetime, size_bytes: int) -> int:
    """Write a gzip file of at least so many bytes, compressed as the archive is; give how many it has inflated."""
    packer, written, inflated = zlib.compressobj(6, wbits=31), 0, 0
    with path.open("wb") as file:
        for line in hours.lines(at):
            inflated += len(line)
            written += file.write(packer.compress(line))
            if written >= size_bytes:
                break
        file.write(packer.flush())
    return inflated
