"""Repositories behind capabilities, each with a fate: alive, slowing down, or at its end. All is invented."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zlib import crc32

from flows.replica.history import grow_releases
from flows.replica.repository import Account, Commit, Repo, utc

AGE = timedelta(days=1500)
DAY = timedelta(days=1)
RETIRED = "# ⚠️ Notice: Limited Maintenance\n\nDEMO: This project is no longer actively maintained.\n"
REPLACED = "# {name}\n\n**DEMO: {name} has been replaced by something else.**\n"
README = "# {name}\n\nDEMO: a repository of the local replica.\n\n## Changes\n\nThe old API is deprecated.\n"


@dataclass(frozen=True, slots=True)
class Fate:
    """How many commits fall into 90 days, in the past and in the last 90 days; and how it ended, if it did."""

    usual_90d: int
    now_90d: int
    silent: timedelta = timedelta()
    is_archived: bool = False
    readme: str = README


FATES = {
    "live": Fate(usual_90d=60, now_90d=55),
    "slow": Fate(usual_90d=8, now_90d=6),
    "watch": Fate(usual_90d=200, now_90d=30),
    "declining": Fate(usual_90d=100, now_90d=6),
    "silent": Fate(usual_90d=60, now_90d=0, silent=timedelta(days=200)),
    "archived": Fate(usual_90d=80, now_90d=0, silent=timedelta(days=200), is_archived=True, readme=RETIRED),
    "replaced": Fate(usual_90d=20, now_90d=1, readme=REPLACED),
}


def grow_backing(tables: Iterable[Mapping[str, Any]], now: datetime, seed: int) -> Iterator[Repo]:
    """Return each repository of the tables (github, fate) once."""
    named = {table["github"]: FATES[table["fate"]] for table in tables}
    return (_repository(name, fate, now, seed) for name, fate in named.items())


def _repository(full_name: str, fate: Fate, now: datetime, seed: int) -> Repo:
    rng = Random(f"{seed}:{full_name}")
    created, end = utc(now.date() - AGE), now - fate.silent
    commits = sorted(_commits(rng, fate, created, now), key=lambda one: one.committed_at, reverse=True)
    return Repo(
        subject=full_name,
        number=800_000_000 + crc32(full_name.encode()) % 90_000_000,
        full_name=full_name,
        former_names=(),
        created_at=created,
        pushed_at=commits[0].committed_at,
        is_archived=fate.is_archived,
        star_days={},
        stars_undated=100,
        forks=10,
        watchers=3,
        contributors=9,
        tickets=(),
        commits=tuple(commits),
        releases=grow_releases(rng, created.date(), end),
        readme=fate.readme.format(name=full_name.split("/")[1]),
    )


def _commits(rng: Random, fate: Fate, created: datetime, now: datetime) -> Iterator[Commit]:
    """Yield the commits at an even pace: the usual one up to 90 days ago, then today's, none while it is silent."""
    today = utc(now.date())
    for number in range(1, (today - created) // DAY):
        pace = fate.now_90d if number <= 90 else fate.usual_90d
        made = number * pace // 90 - (number - 1) * pace // 90
        at = today - number * DAY
        if now - at >= fate.silent:
            yield from (_commit(rng, at + timedelta(minutes=rng.randrange(1439), seconds=30)) for _ in range(made))


def _commit(rng: Random, at: datetime) -> Commit:
    sha, name = f"{rng.getrandbits(160):040x}", "Ada Axon"
    return Commit(sha, at, at, name, "ada-axon@example.org", Account("ada-axon"), is_merge=False)
