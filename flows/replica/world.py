"""The replica's world: one seeded truth that all upstreams answer from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli

from flows.replica.archive import Archive, grow_archive
from flows.replica.backing import grow_backing
from flows.replica.community import (
    Forum,
    Guild,
    StackOverflow,
    grow_downloads,
    grow_forum,
    grow_guild,
    grow_stack_overflow,
)
from flows.replica.history import grow
from flows.replica.repository import Repo, Ticket, utc

PROFILES: dict[str, dict[str, Any]] = tomli.loads(Path(__file__).with_name("profiles.toml").read_text("utf-8"))
OLD_FORUM = "fastai"


@dataclass(frozen=True)
class World:
    """Everything that the upstreams of one day know; nothing in it is later than 01:00 UTC of that day."""

    seed: int
    today: date
    repositories: tuple[Repo, ...] = field(repr=False)
    stack_overflow: StackOverflow = field(repr=False)
    forums: Mapping[str, Forum]
    guilds: Mapping[str, Guild]
    downloads: Mapping[str, Mapping[date, int]] = field(repr=False)
    models: Mapping[str, int]
    archive: Archive = field(repr=False)
    backing: tuple[Repo, ...] = field(default=(), repr=False)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def now(self) -> datetime:
        """The moment at which the world stands still."""
        return utc(self.today) + timedelta(hours=1)

    def __getitem__(self, subject: str) -> Repo:
        """Return the repository of a subject."""
        return next(repo for repo in self.repositories if repo.subject == subject)

    @cached_property
    def by_number(self) -> dict[int, Repo]:
        """Repositories by their numeric id."""
        return {repo.number: repo for repo in self.repositories}

    @cached_property
    def by_name(self) -> dict[str, Repo]:
        """Repositories by today's full name in lower case."""
        return {repo.full_name.lower(): repo for repo in (*self.backing, *self.repositories)}

    @cached_property
    def by_former_name(self) -> dict[str, Repo]:
        """Repositories by each name that they have given up."""
        return {name.lower(): repo for repo in self.repositories for name in repo.former_names}

    @cached_property
    def issues(self) -> dict[str, Ticket]:
        """Issues by their global id of GraphQL."""
        return {f"I_{issue.id}": issue for repo in self.repositories for issue in repo.issues}

    def tag_count(self, tag: str) -> int:
        """Questions ever asked under a Stack Overflow tag."""
        return self.stack_overflow.tag_count(tag)

    def questions_between(self, tag: str, start: date | datetime, end: date | datetime) -> int:
        """Questions asked under a tag in [start, end)."""
        return self.stack_overflow.questions_between([tag], start, end)

    def site_between(self, start: date | datetime, end: date | datetime) -> int:
        """All questions of Stack Overflow in [start, end)."""
        return self.stack_overflow.site_between(start, end)

    def downloads_between(self, package: str, start: date, end: date) -> int:
        """Count the downloads of a package without mirrors on the days of [start, end)."""
        return sum(count for day, count in self.downloads[package].items() if start <= day < end)

    def share(self, framework: str, venue: str, year: int, estimand: str = "E2") -> float:
        """Return a framework's share of the papers of a venue's year."""
        return self.archive.share(framework, venue, year, estimand)


def build_world(
    subjects: Sequence[Mapping[str, Any]],
    today: date,
    seed: int = 2026,
    too_large: Collection[str] = (),
    backing: Iterable[Mapping[str, Any]] = (),
) -> World:
    """Grow the world of these catalog tables; the contributor lists of `too_large` subjects answer 403.

    `backing` names the repositories behind capabilities (github), each with its fate.
    """
    now = utc(today) + timedelta(hours=1)
    pairs = [(subject, profile_of(subject["id"])) for subject in subjects]
    repositories = (grow(subject, profile, now, seed) for subject, profile in pairs)
    return World(
        seed=seed,
        today=today,
        repositories=tuple(replace(repo, history_too_large=repo.subject in too_large) for repo in repositories),
        stack_overflow=grow_stack_overflow(pairs, now, seed),
        forums={s["id"]: grow_forum(s, p, seed, is_old=s["id"] == OLD_FORUM) for s, p in pairs},
        guilds={s["discord_invite"]: grow_guild(s, p, seed) for s, p in having(pairs, "discord_invite")},
        downloads={s["pypi"]: grow_downloads(s, p, today, seed) for s, p in having(pairs, "pypi")},
        models={s["huggingface_tag"]: p["models"] for s, p in having(pairs, "huggingface_tag")},
        archive=grow_archive(today.year, seed),
        backing=tuple(grow_backing(backing, now, seed)),
        tables={subject["id"]: subject for subject in subjects},
    )


def profile_of(subject: str) -> dict[str, Any]:
    """Return the scale of a subject; one that nobody drew is of middling size."""
    return PROFILES["default"] | PROFILES.get(subject, {})


def having(pairs: Iterable[tuple[Any, Any]], key: str) -> list[tuple[Any, Any]]:
    """Return the pairs whose subject has the key."""
    return [pair for pair in pairs if pair[0].get(key)]
