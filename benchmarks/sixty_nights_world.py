"""The replica's world as it stood on an earlier day, its truths, and what is out of order on a night."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from flows.replica import Fault, World
from flows.replica.demo import demo_subjects
from flows.replica.repository import Repo, Ticket, utc

DAY = timedelta(days=1)
UPSTREAMS = {
    "github": "/github",
    "stackoverflow": "/stackexchange",
    "discord": "/discord",
    "discourse": "/forum",
    "pypi": "/pypistats",
    "huggingface": "/huggingface",
    "papers": "/papers",
}
KINDS = ("status:500", "status:503", "reset", "malformed", "html", "error_body_200")
OUT, ALL_OUT = 0.12, 0.05
"""How often an upstream is out of order on a night, and how often all of them are."""


def world_on(last: World, day: date) -> World:
    """Return the world of an earlier day: what came later has not happened yet."""
    now, left = utc(day) + timedelta(hours=1), (last.today - day).days
    site = last.stack_overflow
    return replace(
        last,
        today=day,
        repositories=tuple(_repository_on(one, now, left) for one in last.repositories),
        stack_overflow=replace(
            site,
            today=day,
            questions=tuple(
                one if one.answered_at is None or one.answered_at < now else _unanswered(one)
                for one in site.questions
                if one.created_at < now
            ),
            site_days=site.site_days[: len(site.site_days) - left],
        ),
        forums={name: replace(one, users=one.users - 2 * left) for name, one in last.forums.items()},
        guilds={name: replace(one, members=one.members - 3 * left) for name, one in last.guilds.items()},
        downloads={name: {on: n for on, n in days.items() if on < day} for name, days in last.downloads.items()},
        models={name: n - min(left, n // 2) for name, n in last.models.items()},
    )


def _unanswered(question: Any) -> Any:
    return replace(question, answered_at=None, is_accepted=False, answers=0)


def _repository_on(repo: Repo, now: datetime, left: int) -> Repo:
    commits = tuple(one for one in repo.commits if one.committed_at < now)
    return replace(
        repo,
        pushed_at=commits[0].committed_at if commits else repo.created_at,
        star_days={on: n for on, n in repo.star_days.items() if on < now.date()} | {now.date(): 0},
        forks=repo.forks - left,
        contributors=repo.contributors - left // 7,
        tickets=tuple(_ticket_on(one, now) for one in repo.tickets if one.created_at < now),
        commits=commits,
        releases=tuple(one for one in repo.releases if one.published_at < now),
    )


def _ticket_on(ticket: Ticket, now: datetime) -> Ticket:
    comments = tuple(one for one in ticket.comments if one.created_at < now)
    if ticket.closed_at is None or ticket.closed_at < now:
        return replace(ticket, comments=comments)
    return replace(ticket, comments=comments, closed_at=None, state_reason=None, is_merged=False)


def set_heads(world: World, folder: Path) -> None:
    """Let each repository end with the last commit of the world's day."""
    for repo in world.repositories:
        place = folder / f"{repo.full_name}.git"
        marks = _marks(place)
        if repo.commits:
            subprocess.run(
                ["git", "-C", str(place), "update-ref", "refs/heads/main", marks[len(repo.commits) - 1]],  # noqa: S607
                check=True,
            )


@cache
def _marks(place: Path) -> tuple[str, ...]:
    """Return the commits of a repository, oldest first, as they were written at first."""
    told = ["git", "-C", str(place), "rev-list", "--first-parent", "--reverse", "main"]
    return tuple(subprocess.run(told, capture_output=True, text=True, check=True).stdout.split())


def outages(chance: Random) -> dict[str, Fault]:
    """Draw which upstreams are out of order tonight, and how."""
    is_all = chance.random() < ALL_OUT
    return {
        name: Fault(prefix=prefix, kind="reset" if is_all else chance.choice(KINDS), times=float("inf"))
        for name, prefix in UPSTREAMS.items()
        if is_all or chance.random() < OUT
    }


def prefix_of(metric: str) -> str:
    """Return the upstream that a metric is asked of."""
    return metric.partition(".")[0]


def truths(world: World) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield what is true of each subject on the world's day, by subject and metric."""
    invites = {one["id"]: one for one in demo_subjects()}
    for repo in world.repositories:
        name, subject = repo.subject, invites[repo.subject]
        midnight = utc(world.today)
        yield (name, "github.stars"), repo.stars()
        yield (name, "github.forks"), repo.forks
        yield (name, "github.open_issues"), repo.issues_open()
        yield (name, "github.issues_closed_ever"), repo.issues_closed()
        yield (name, "github.commits_28d"), repo.commits_between(midnight - 28 * DAY, midnight)
        yield (name, "github.commits_total"), repo.commits_between(midnight - 9999 * DAY, midnight)
        yield (name, "stackoverflow.questions"), world.tag_count(subject["stackoverflow_tags"][0])
        yield (name, "discord.members"), world.guilds[subject["discord_invite"]].members
        yield (name, "discourse.users"), world.forums[name].users
        yield (
            (name, "pypi.downloads_30d"),
            world.downloads_between(subject["pypi"], world.today - 30 * DAY, world.today),
        )
        yield (name, "huggingface.models"), world.models[subject["huggingface_tag"]]
