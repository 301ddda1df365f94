"""Where a subject's people meet in the replica's world: questions, forums, chats, downloads, models."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from flows.replica.history import moment
from flows.replica.repository import utc

QUESTION_DAYS = 400
DOWNLOAD_DAYS = 180
SITE_OPENED = date(2008, 8, 1)
TAGS_OPENED = date(2012, 1, 1)
SYNONYMS = {"sklearn": "scikit-learn", "torch": "pytorch", "tf": "tensorflow"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the last 400 days."""

    id: int
    created_at: datetime
    tags: tuple[str, ...]
    answered_at: datetime | None
    is_accepted: bool
    answers: int
    score: int


@dataclass(frozen=True)
class StackOverflow:
    """The site: dated questions of the last 400 days, older ones as a number per tag, site-wide totals a day."""

    today: date
    older: Mapping[str, int]
    questions: tuple[Question, ...] = field(repr=False)
    site_days: tuple[int, ...] = field(repr=False)

    @property
    def window_start(self) -> date:
        """The first day of which single questions are known."""
        return self.today - timedelta(days=QUESTION_DAYS)

    def master(self, tag: str) -> str:
        """Return the tag that a synonym stands for."""
        master = SYNONYMS.get(tag, tag)
        return master if master in self.older else tag

    def tag_count(self, tag: str) -> int:
        """Questions ever asked under the tag."""
        return self.older[self.master(tag)] + len(self.matching([tag]))

    def matching(self, tags: Iterable[str], nottagged: Collection[str] = ()) -> list[Question]:
        """Return the dated questions that carry all of these tags and none of those."""
        wanted, unwanted = {self.master(t) for t in tags}, {self.master(t) for t in nottagged}
        return [q for q in self.questions if wanted.issubset(q.tags) and unwanted.isdisjoint(q.tags)]

    def questions_between(self, tags: Sequence[str], start: date | datetime, end: date | datetime) -> int:
        """Questions with all of the tags asked in [start, end); the older ones are shared out evenly."""
        since, until = utc(start), utc(end)
        dated = sum(since <= question.created_at < until for question in self.matching(tags))
        return dated + self._older_until(tags, until) - self._older_until(tags, since)

    def _older_until(self, tags: Sequence[str], moment_: datetime) -> int:
        counts = [self.older.get(self.master(tag), 0) for tag in tags]
        older = counts[0] if len(counts) == 1 else min(counts) // 20
        opened, closed = utc(TAGS_OPENED), utc(self.window_start)
        return int(older * min(1.0, max(0.0, (moment_ - opened) / (closed - opened))))

    def site_between(self, start: date | datetime, end: date | datetime) -> int:
        """All questions of the site in [start, end); a part of a day has its part of the day's total."""
        return self._site_until(utc(end)) - self._site_until(utc(start))

    def _site_until(self, moment_: datetime) -> int:
        days = (moment_ - utc(SITE_OPENED)) / timedelta(days=1)
        whole = min(max(int(days), 0), len(self.site_days))
        rest = self.site_days[whole] * (days - whole) if days >= 0 and whole < len(self.site_days) else 0
        return sum(self.site_days[:whole]) + int(rest)


@dataclass(frozen=True, slots=True)
class Forum:
    """A Discourse forum; an old one knows no activity and spells its users differently."""

    title: str
    users: int
    active_30d: int | None

    @property
    def is_old(self) -> bool:
        """Whether it runs a version from before active_users_30_days."""
        return self.active_30d is None


@dataclass(frozen=True, slots=True)
class Guild:
    """A Discord server."""

    id: str
    name: str
    members: int
    online: int


def grow_stack_overflow(
    subjects: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], now: datetime, seed: int
) -> StackOverflow:
    """Ask the questions of all subjects' tags; one in ten carries a second tag."""
    rng = Random(f"{seed}:stackoverflow")
    tags = {tag: profile for subject, profile in subjects for tag in subject.get("stackoverflow_tags", ())}
    start = utc(now.date() - timedelta(days=QUESTION_DAYS))
    drafts = [
        (moment(rng, start, now), (tag, rng.choice(list(tags))) if rng.random() < 0.1 else (tag,))
        for tag, profile in tags.items()
        for _ in range(max(1, round(profile["questions_day"] * QUESTION_DAYS)))
    ]
    questions = [_question(rng, 79_000_000 + 7 * n, at, some, now) for n, (at, some) in enumerate(sorted(drafts))]
    site = [_site_day(rng, SITE_OPENED + timedelta(days=n)) for n in range((now.date() - SITE_OPENED).days)]
    older = {tag: profile["questions"] for tag, profile in tags.items()}
    return StackOverflow(now.date(), older, tuple(questions), tuple(site))


def _question(rng: Random, number: int, at: datetime, tags: tuple[str, ...], now: datetime) -> Question:
    answered_at = at + timedelta(seconds=int(rng.lognormvariate(10.5, 2.0)))
    answers = rng.choice([1, 1, 1, 2, 3]) if answered_at < now and rng.random() < 0.62 else 0
    accepted = answers > 0 and rng.random() < 0.45
    first = answered_at if answers else None
    return Question(number, at, tuple(dict.fromkeys(tags)), first, accepted, answers, rng.randint(-1, 6))


def _site_day(rng: Random, day: date) -> int:
    """Draw a day of the site's rise to 2014, its plateau, and its fall after 2022."""
    year = day.year + day.month / 12
    level = 7000 * min(1.0, (year - 2008.5) / 5.5)
    fall = 0.55 ** max(0.0, year - 2021.5)
    return max(40, int(level * fall * rng.uniform(0.8, 1.2) * (0.6 if day.weekday() > 4 else 1.0)))


def grow_forum(subject: Mapping[str, Any], profile: Mapping[str, Any], seed: int, *, is_old: bool) -> Forum:
    """Open a forum with the profile's users."""
    rng = Random(f"{seed}:{subject['id']}:forum")
    active = int(profile["users"] * rng.uniform(0.015, 0.06))
    return Forum(f"{subject['id']} forum", profile["users"], None if is_old else active)


def grow_guild(subject: Mapping[str, Any], profile: Mapping[str, Any], seed: int) -> Guild:
    """Open a chat server; its id is the catalog's, or invented."""
    rng = Random(f"{seed}:{subject['id']}:guild")
    identity = subject.get("discord_guild_id") or str(rng.randrange(10**18, 13 * 10**17))
    members = profile["members"]
    return Guild(identity, f"{subject['id']} chat", members, int(members * rng.uniform(0.08, 0.2)))


def grow_downloads(subject: Mapping[str, Any], profile: Mapping[str, Any], today: date, seed: int) -> dict[date, int]:
    """Return the downloads without mirrors of the last 180 days until yesterday, fewer at week-ends."""
    rng = Random(f"{seed}:{subject['id']}:downloads")
    days = [today - timedelta(days=n) for n in range(DOWNLOAD_DAYS, 0, -1)]
    return {d: int(profile["downloads_day"] * rng.uniform(0.9, 1.1) * (0.6 if d.weekday() > 4 else 1.1)) for d in days}
