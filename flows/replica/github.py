"""GitHub's REST API: the repository, its lists with Link headers, the star history of 2026."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flows.replica import contents, files
from flows.replica.answer import Answer, Request, of_json, stamp
from flows.replica.repository import Account, Commit, Release, Repo, Ticket, utc
from flows.replica.world import World

TOO_LARGE = "The history or contributor list is too large to list contributors for this repository via the API."
NAMED = re.compile(r"/repos/([^/]+/[^/]+)(/.*)?")
TREE = re.compile(r"/repos/([^/]+/[^/]+)/git/trees/HEAD")
OF_ORGANISATION = re.compile(r"/orgs/([^/]+)/repos")
NUMBERED = re.compile(r"/repositories/(\d+)(/.*)?")


def answer(world: World, request: Request) -> Answer:
    """Answer a GET below /github; a former name is moved permanently."""
    if request.path == "/rate_limit":
        return _rate_limit(request)
    if found := _of_files(request.path):
        return found
    if match := NAMED.fullmatch(request.path):
        name, rest = match[1].lower(), match[2] or ""
        if moved := world.by_former_name.get(name):
            to = request.at(f"/github/repositories/{moved.number}{rest}")
            return of_json({"message": "Moved Permanently", "url": to}, 301, {"Location": to})
        return _about(world, world.by_name.get(name), rest, request)
    if match := NUMBERED.fullmatch(request.path):
        return _about(world, world.by_number.get(int(match[1])), match[2] or "", request)
    return _search(world, request) if request.path == "/search/repositories" else not_found()


def _search(world: World, request: Request) -> Answer:
    """List the repositories whose names hold the words, the one with the most stars first."""
    words = [word for word in request.query.get("q", "").split() if ":" not in word]
    found = [one for one in world.repositories if all(word in one.full_name.split("/")[1].lower() for word in words)]
    found.sort(key=Repo.stars, reverse=True)
    items = [{"id": one.number, "full_name": one.full_name} for one in found[: request.number("per_page", 30, 100)]]
    return of_json({"total_count": len(found), "incomplete_results": False, "items": items})


def _of_files(path: str) -> Answer | None:
    """Answer what is asked of repositories of which only files are known."""
    if match := OF_ORGANISATION.fullmatch(path):
        return of_json(files.of_organisation(match[1]))
    match = TREE.fullmatch(path)
    found = files.REPOSITORIES.get(match[1].lower()) if match else None
    if found is None:
        return None
    return of_json({"sha": "0" * 40, "truncated": False, "tree": [{"path": one, "type": "blob"} for one in found]})


def not_found() -> Answer:
    """Say that there is no such thing, or none that the asker may see."""
    return of_json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}, 404)


def _about(world: World, repo: Repo | None, rest: str, request: Request) -> Answer:
    if repo and (rest == "/readme" or rest.startswith("/contents")):
        return contents.answer(world, repo, rest, request)
    if repo and not rest:
        return _repository(world, repo, request)
    route = ROUTES.get(rest)
    return route(repo, request) if repo and route else not_found()


def _rate_limit(request: Request) -> Answer:
    quota = request.quota
    used = quota.limit - quota.remaining
    core = {"limit": quota.limit, "remaining": quota.remaining, "reset": quota.reset, "used": used}
    return of_json({"resources": {"core": core, "graphql": core}, "rate": core})


def _repository(world: World, repo: Repo, request: Request) -> Answer:
    owner, name = repo.full_name.split("/")
    return of_json(
        {
            "id": repo.number,
            "node_id": f"R_{repo.number}",
            "name": name,
            "full_name": repo.full_name,
            "owner": _user(Account(owner, "Organization")),
            "private": False,
            "html_url": f"https://github.com/{repo.full_name}",
            "url": f"{request.base}/github/repos/{repo.full_name}",
            "created_at": stamp(repo.created_at),
            "pushed_at": stamp(repo.pushed_at),
            "updated_at": stamp(repo.pushed_at),
            "archived": repo.is_archived,
            "default_branch": "main",
            "stargazers_count": repo.stars(),
            "watchers_count": repo.stars(),
            "forks_count": repo.forks,
            "subscribers_count": repo.watchers,
            "open_issues_count": repo.issues_open() + repo.pulls_open(),
            **contents.card_of(world, repo, request.base),
        }
    )


def _user(account: Account | None) -> dict[str, Any] | None:
    if account is None:
        return None
    suffix = "[bot]" if account.kind == "Bot" else ""
    return {"login": account.login + suffix, "id": sum(account.login.encode()) * 97, "type": account.kind}


def _page(repo: Repo, request: Request, rest: str, total: int, render: Callable[[slice], Iterable[Any]]) -> Answer:
    """Return one page of a list; Link names the numeric path, as upstream does after a first page."""
    size = request.number("per_page", 30, 30 if rest == "/stargazers/history" else 100)
    page, last = request.number("page", 1, 10**9), max(1, -(-total // size))
    to = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    named = [rel for rel in to if (page > 1 if rel in {"prev", "first"} else page < last)]
    path = f"/github/repositories/{repo.number}{rest}"
    links = ", ".join(f'<{request.at(path, page=to[rel])}>; rel="{rel}"' for rel in named)
    items = list(render(slice((page - 1) * size, page * size)))
    return of_json(items, headers={"Link": links} if links else {})


def _contributors(repo: Repo, request: Request) -> Answer:
    if repo.history_too_large:
        return of_json({"message": TOO_LARGE, "status": "403"}, 403)
    anonymous = request.query.get("anon") in {"1", "true"}
    total = repo.contributors if anonymous else min(repo.contributors, 500 - repo.contributors // 100)
    return _page(repo, request, "/contributors", total, lambda part: map(_contributor, range(total)[part]))


def _contributor(rank: int) -> dict[str, Any]:
    if rank % 7 == 6:
        return {"type": "Anonymous", "name": f"Person {rank}", "email": f"{rank}@example.org", "contributions": 1}
    return {**(_user(Account(f"person-{rank}")) or {}), "contributions": max(1, 2000 // (rank + 1))}


def _commits(repo: Repo, request: Request) -> Answer:
    since, until = (_moment(request.query.get(end)) for end in ("since", "until"))
    some = commits_within(repo.commits, since, until)
    return _page(repo, request, "/commits", len(some), lambda part: map(_commit, some[part]))


def commits_within(commits: Iterable[Commit], since: datetime | None, until: datetime | None) -> list[Commit]:
    """Return the commits whose committer date lies between the two, both ends included, as git counts."""
    low, high = since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)
    return [commit for commit in commits if low <= commit.committed_at <= high]


def _moment(text: str | None) -> datetime | None:
    return utc(datetime.fromisoformat(text)) if text else None


def _commit(commit: Commit) -> dict[str, Any]:
    author = {"name": commit.author_name, "email": commit.author_email, "date": stamp(commit.authored_at)}
    parents = [{"sha": f"{int(commit.sha, 16) ^ n:040x}"} for n in range(1, 3 if commit.is_merge else 2)]
    committer = {**author, "date": stamp(commit.committed_at)}
    inner = {"author": author, "committer": committer, "message": "Change something"}
    return {"sha": commit.sha, "commit": inner, "author": _user(commit.author), "parents": parents}


def _issues(repo: Repo, request: Request) -> Answer:
    """Issues and pull requests mixed, open ones unless asked otherwise, newest first."""
    state, since = request.query.get("state", "open"), _moment(request.query.get("since"))
    some = [t for t in repo.tickets if state == "all" or t.is_open == (state == "open")]
    some = [t for t in some if since is None or t.updated_at >= since]
    field = {"updated": "updated_at"}.get(request.query.get("sort", ""), "created_at")
    some.sort(key=lambda t: (getattr(t, field), t.number), reverse=request.query.get("direction", "desc") == "desc")
    return _page(repo, request, "/issues", len(some), lambda part: map(_ticket, some[part]))


def _ticket(ticket: Ticket) -> dict[str, Any]:
    of_pull = {"pull_request": {"merged_at": stamp(ticket.closed_at) if ticket.is_merged else None}}
    return {
        "id": ticket.id,
        "number": ticket.number,
        "title": f"Ticket {ticket.number}",
        "state": "open" if ticket.is_open else "closed",
        "state_reason": ticket.state_reason.lower() if ticket.state_reason else None,
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
        "closed_at": stamp(ticket.closed_at),
        "user": _user(ticket.author),
        "author_association": ticket.association,
        "comments": len(ticket.comments),
        **(of_pull if ticket.is_pull else {}),
    }


def _star_history(repo: Repo, request: Request) -> Answer:
    """Weeks from Sunday 00:00 UTC, newest first, back to the week of creation."""
    weeks = star_weeks(repo)
    path = "/stargazers/history"
    return _page(repo, request, path, len(weeks), lambda part: (_week(repo, day) for day in weeks[part]))


def star_weeks(repo: Repo) -> Sequence[date]:
    """Return the Sundays of the weeks that have days, newest first."""
    oldest, newest = (day - timedelta(days=day.isoweekday() % 7) for day in (min(repo.star_days), max(repo.star_days)))
    return [newest - timedelta(weeks=n) for n in range((newest - oldest).days // 7 + 1)]


def _week(repo: Repo, sunday: date) -> dict[str, Any]:
    days = [repo.stars_on(sunday + timedelta(days=n)) for n in range(7)]
    return {"week": int(utc(sunday).timestamp()), "total": sum(days), "days": days}


def _release(release: Release) -> dict[str, Any]:
    at = stamp(release.published_at)
    kind = {"prerelease": release.is_prerelease, "draft": False}
    return {"tag_name": release.tag, "published_at": at, "created_at": at, **kind}


def _latest_release(repo: Repo, _: Request) -> Answer:
    return of_json(_release(repo.latest_release)) if repo.latest_release else not_found()


def _releases(repo: Repo, request: Request) -> Answer:
    some = repo.releases
    return _page(repo, request, "/releases", len(some), lambda part: map(_release, some[part]))


ROUTES: dict[str, Callable[[Repo, Request], Answer]] = {
    "/contributors": _contributors,
    "/commits": _commits,
    "/issues": _issues,
    "/stargazers/history": _star_history,
    "/stargazers/count": lambda repo, _: of_json({"count": repo.stars()}),
    "/releases": _releases,
    "/releases/latest": _latest_release,
}
