"""Grow a repository from its profile and a seed: the same seed grows the same repository."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from zlib import crc32

from flows.replica.repository import Account, Comment, Commit, Release, Repo, Ticket, utc

WINDOW = timedelta(days=730)
FIRST = ("Ada", "Alan", "Barbara", "Edsger", "Frances", "Grace", "John", "Katherine", "Radia", "Tony")
LAST = ("Axon", "Batch", "Conv", "Dropout", "Epoch", "Fuse", "Grad", "Hess", "Kernel", "Layer", "Norm", "Tensor")
DEPENDABOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", Account("dependabot", "Bot"))
TRIAGE = Account("triage-robot", "Bot")
Writer = tuple[str, str, Account | None]


def grow(subject: Mapping[str, Any], profile: Mapping[str, Any], now: datetime, seed: int) -> Repo:
    """Return the repository of a subject as it stands at `now`."""
    name = subject["id"]
    created = min(profile["created"], now.date() - timedelta(days=30))
    ended = profile.get("ended")
    end = utc(ended) if ended and ended < now.date() else now
    number = subject.get("github_id") or 900_000_000 + crc32(subject["github"].encode()) % 90_000_000
    commits = grow_commits(Random(f"{seed}:{name}:commits"), profile, created, end)
    stars = grow_stars(Random(f"{seed}:{name}:stars"), profile["stars"], created, now.date())
    return Repo(
        subject=name,
        number=number,
        full_name=subject["github"],
        former_names=tuple(subject.get("github_former", ())),
        created_at=utc(created),
        pushed_at=commits[0].committed_at if commits else utc(created),
        is_archived=end < now,
        star_days=stars,
        stars_undated=profile["stars"] // 5000,
        forks=profile["forks"],
        watchers=profile["stars"] // 55,
        contributors=profile["contributors"],
        tickets=grow_tickets(Random(f"{seed}:{name}:tickets"), profile, number, created, end),
        commits=commits,
        releases=grow_releases(Random(f"{seed}:{name}:releases"), created, end),
    )


def grow_stars(rng: Random, total: int, created: date, today: date) -> dict[date, int]:
    """Share the stars out over the days until yesterday, more to later ones, fewer to week-ends; today has none yet."""
    days = [created + timedelta(days=n) for n in range((today - created).days)]
    slope = [0.4 + n / len(days) for n in range(len(days))]
    noise = [rng.lognormvariate(0, 0.3) * (0.7 if day.weekday() > 4 else 1.0) for day in days]
    given = spread(total, [s * n for s, n in zip(slope, noise, strict=True)])
    return {**dict(zip(days, given, strict=True)), today: 0}


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to the weights that sum to exactly `total`."""
    whole = sum(weights)
    ends = [round(total * part / whole) for part in accumulate(weights)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def grow_commits(rng: Random, profile: Mapping[str, Any], created: date, end: datetime) -> tuple[Commit, ...]:
    """Return the commits of the last two years, newest first; none falls on a whole minute."""
    start = max(utc(created), end - WINDOW)
    writers, weights = _writers(profile)
    chosen = rng.choices(writers, cum_weights=list(accumulate(weights)), k=profile["commits"])
    commits = [_commit(rng, writer, moment(rng, start, end)) for writer in chosen]
    return tuple(sorted(commits, key=lambda commit: commit.committed_at, reverse=True))


def _writers(profile: Mapping[str, Any]) -> tuple[list[Writer], list[float]]:
    people = min(profile["contributors"] // 2, 8 * math.isqrt(profile["commits"]))
    writers: list[Writer] = [_person(n) for n in range(people)]
    weights = [1.0 / (n + 2) ** 0.9 for n in range(people)]
    writers.append(DEPENDABOT)
    weights.append(0.04 * sum(weights))
    if "proxy" in profile:
        name, _, email = profile["proxy"].rstrip(">").partition(" <")
        writers.append((name, email, None))
        weights.append(0.1 * sum(weights))
    return writers, weights


def _person(n: int) -> Writer:
    name = f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}" + (f" {n // 120 + 1}" if n >= 120 else "")
    login = name.lower().replace(" ", "-")
    return name, f"{login}@example.org", Account(login) if n % 7 else None


def _commit(rng: Random, writer: Writer, committed_at: datetime) -> Commit:
    name, email, account = writer
    if account and account.kind == "User" and rng.random() < 0.08:
        email = f"{account.login}@users.noreply.github.com"
    return Commit(
        sha=f"{rng.getrandbits(160):040x}",
        authored_at=committed_at - timedelta(seconds=int(rng.expovariate(1 / 40_000))),
        committed_at=committed_at,
        author_name=name,
        author_email=email,
        author=account,
        is_merge=account != DEPENDABOT[2] and rng.random() < 0.12,
    )


def moment(rng: Random, start: datetime, end: datetime) -> datetime:
    """Return a moment strictly between two others that lies on no whole minute."""
    minutes = max(1, int((end - start).total_seconds() // 60))
    whole = start.replace(second=0, microsecond=0) + timedelta(minutes=rng.randrange(minutes))
    return whole + timedelta(seconds=rng.randint(1, 59))


def grow_tickets(
    rng: Random, profile: Mapping[str, Any], repository: int, created: date, end: datetime
) -> tuple[Ticket, ...]:
    """Return issues and pull requests in one sequence: seven in eight from the last two years."""
    start = max(utc(created), end - WINDOW)
    older = max(utc(created), end - 3 * WINDOW)
    births = [
        (moment(rng, older if rng.random() < 0.125 else start, end), kind >= profile["issues"])
        for kind in range(int(profile["issues"] * 1.6))
    ]
    tickets = [_ticket(rng, profile, at, end, is_pull=is_pull) for at, is_pull in sorted(births)]
    first = repository % 200_000 * 10_000
    return tuple(replace(ticket, id=first + n, number=n) for n, ticket in enumerate(tickets, 1))


def _ticket(rng: Random, profile: Mapping[str, Any], born: datetime, end: datetime, *, is_pull: bool) -> Ticket:
    """Return one ticket that has no number yet."""
    author = _author(rng, profile)
    days = rng.lognormvariate(math.log(profile["close_days"]), 1.7)
    gone = born + timedelta(seconds=int(days * 86_400))
    closed_at = gone if gone < end and rng.random() < profile["closes"] else None
    reason = rng.choices(["COMPLETED", "NOT_PLANNED", "DUPLICATE"], [82, 14, 4])[0] if closed_at else None
    return Ticket(
        id=0,
        number=0,
        created_at=born,
        closed_at=closed_at,
        state_reason=None if is_pull else reason,
        author=author,
        association=rng.choices(["NONE", "CONTRIBUTOR", "MEMBER"], [70, 20, 10])[0],
        comments=_comments(rng, profile["response_h"], born, author, end),
        is_pull=is_pull,
        is_merged=is_pull and closed_at is not None and rng.random() < 0.75,
    )


def _author(rng: Random, profile: Mapping[str, Any]) -> Account | None:
    draw = rng.random()
    if draw < 0.01:
        return None
    return TRIAGE if draw < 0.07 else Account(f"user-{rng.randrange(20 * profile['issues'])}")


def _comments(
    rng: Random, response_h: float, born: datetime, author: Account | None, end: datetime
) -> tuple[Comment, ...]:
    """Up to four comments: bots answer at once, authors add something, people answer in their own time."""
    comments, at = [], born
    for _ in range(rng.choices([0, 1, 2, 3, 4], [12, 30, 28, 20, 10])[0]):
        who = rng.choices([TRIAGE, author, Account(f"maintainer-{rng.randrange(30)}")], [15, 15, 70])[0]
        hours = 0.02 if who is TRIAGE else rng.lognormvariate(math.log(response_h), 1.5)
        at += timedelta(seconds=int(hours * 3600) + 1)
        if at < end:
            comments.append(Comment(at, who))
    return tuple(comments)


def grow_releases(rng: Random, created: date, end: datetime) -> tuple[Release, ...]:
    """Return a release about every ten weeks, each after its candidate, newest first."""
    at = datetime.combine(created, time(15, 30, 7), UTC) + timedelta(days=20)
    releases: list[Release] = []
    for minor in range(200):
        at += timedelta(days=rng.randint(50, 90))
        tag = f"v{minor // 20}.{minor % 20}.0"
        releases += [Release(f"{tag}-rc1", at - timedelta(days=8), True), Release(tag, at, False)]
    return tuple(release for release in reversed(releases) if release.published_at < end)
