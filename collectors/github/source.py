"""GitHub: what to ask tonight, and asking it; the most valuable calls first, within the hour's limit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.subject import Subject
from collectors.errors import IncompleteError, LimitError, NoAnswerError, NoTokenError, SourceError
from collectors.git.clone import OtherHistoryError
from collectors.git.commit_windows import WINDOWS
from collectors.git.log import CLONE, observe, read_log
from collectors.git.patience import Patience
from collectors.git.topics import AUTHORS, COMMITS
from collectors.github.identities import Identities, to_fetch
from collectors.github.issue_closes import ISSUES_A_QUERY, ask_closes
from collectors.github.issue_comments import IDS_A_QUERY, ask_comments, changes_field, changes_fields, with_comments
from collectors.github.issue_pages import PAGE_SIZES, Ask, Connection, first_page_field, issue_fields
from collectors.github.issue_questions import Questions
from collectors.github.issue_walk import WALKED, walk_issues
from collectors.github.past import past
from collectors.github.repositories import BATCH, More, ask_batches
from collectors.github.repository import GRAPHQL_METRICS
from collectors.github.rest import CONTRIBUTORS, REST_METRICS, ask_contributors, ask_repository
from collectors.github.stars import GAINED, START, TODAY, history, known_history
from collectors.github_api.client import GITHUB, Client, connect
from collectors.github_api.graphql import ask_graphql
from collectors.github_api.identity import event
from collectors.github_api.rest import ask_rest
from collectors.missing import missing
from collectors.reading import Unread
from collectors.source import Cost, Source, ask_each, begun
from collectors.transport.turns import Allowance, due, oldest_first
from collectors.upstream import Found, Upstream

CALLS_WITH_TOKEN = 4_500
CALLS_WITHOUT = 55
NIGHTS_FOR_CONTRIBUTORS = 7
OLDER_PAGES_A_NIGHT = 20
ISSUE_PAGES_A_NIGHT = 4_000
COMMENTED = timedelta(days=120)
COMMENTED_ISSUES_A_NIGHT = 200
ISSUES_ASKED_A_NIGHT = {False: 2_000, True: 100}
CONNECTIONS = len(WINDOWS) + 3
CLONE_PATIENCE_S = 900.0
CLONES_PATIENCE_S = 3_600.0
FROM_CLONE = (
    METRICS["github.commits_total"],
    METRICS["github.commits_week"],
    METRICS["github.contributors_active_365d"],
    METRICS["github.contributors_new_365d"],
    METRICS["github.absence_factor"],
    *COMMITS.values(),
    AUTHORS,
)
NEED_TOKEN = tuple(metric for metric in GRAPHQL_METRICS if metric not in REST_METRICS)


_first_pages = {False: (first_page_field, issue_fields), True: (changes_field, changes_fields)}


@dataclass(frozen=True)
class Plan:
    """What one night asks of GitHub: whom for counters, contributors and star history, and how many calls it takes."""

    has_token: bool
    counted: tuple[Subject, ...]
    left_out: tuple[Subject, ...]
    contributors: tuple[Subject, ...]
    stars: tuple[Subject, ...]
    older_pages: Mapping[str, int]

    @property
    def is_large(self) -> bool:
        """Whether there are more repositories than one query holds: then issues come without comments first."""
        return len(self.counted) > BATCH

    @property
    def graphql_points(self) -> int:
        """Points of the GraphQL limit for counters, first pages of issues, their comments and closes, at most."""
        if not self.has_token:
            return 0
        connections = CONNECTIONS + (1 if self.is_large else 1 + PAGE_SIZES[0])
        sizes = [len(self.counted[start : start + BATCH]) for start in range(0, len(self.counted), BATCH)]
        comments = COMMENTED_ISSUES_A_NIGHT // IDS_A_QUERY if self.is_large else 0
        closes = ISSUES_ASKED_A_NIGHT[self.is_large] // ISSUES_A_QUERY
        return sum(max(1, round(size * connections / 100)) for size in sizes) + comments + closes

    @property
    def core_calls(self) -> int:
        """Requests of the REST limit, at most; unchanged answers cost nothing."""
        repositories = 0 if self.has_token else len(self.counted)
        return repositories + len(self.contributors) + len(self.stars) + sum(self.older_pages.values())


def plan(subjects: Sequence[Subject], memory: Mapping[str, Mapping[str, Any]], *, has_token: bool) -> Plan:
    """Share the calls of a night out: counters, then contributors, then the newest stars, then older ones.

    Contributors are asked of everybody once, then of a seventh of the subjects a night, the longest unasked first.
    Where the calls do not reach for everybody, each question goes to those whom it was put to longest ago: all come
    round over the nights.
    """
    left = CALLS_WITH_TOKEN if has_token else CALLS_WITHOUT
    counted = list(subjects) if has_token else oldest_first(subjects, memory.get("github.stars", {}), left)
    left -= 0 if has_token else len(counted)
    share = max(left - len(subjects), left // 2)
    contributors = due(subjects, memory.get(CONTRIBUTORS.name, {}), NIGHTS_FOR_CONTRIBUTORS)[:share]
    stars = oldest_first(subjects, memory.get(GAINED.name, {}), left - len(contributors))
    left = min(OLDER_PAGES_A_NIGHT, left - len(contributors) - len(stars))
    older = _older_pages(stars, memory.get("stars", {}), max(0, left))
    asked = {one.id for one in counted}
    left_out = tuple(one for one in subjects if one.id not in asked)
    return Plan(has_token, tuple(counted), left_out, tuple(contributors), tuple(stars), older)


def _older_pages(subjects: Sequence[Subject], known: Mapping[str, Any], left: int) -> dict[str, int]:
    """Share older pages of star histories out: one to each new subject, which makes its year whole, then the rest."""
    new = [one.id for one in subjects if one.id not in known][:left]
    begun = [one.id for one in subjects if one.id in known and not _is_whole(one, known)]
    older = dict.fromkeys(new, 1)
    for place, one in enumerate(begun):
        share, more = divmod(left - len(new), len(begun))
        older[one] = share + (place < more)
    return older


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask for tonight's counters, which tell who is who, and by the names that they tell for everything else."""
    tonight = plan(subjects, upstream.memory, has_token=upstream.auth is not None)
    client, who = connect(upstream), Identities()
    if tonight.has_token:
        yield from _with_token(client, tonight, upstream, valid_at, who)
    else:
        yield from _without_token(client, tonight, upstream, valid_at, who)
    yield from who.events(tonight.counted, valid_at)
    commits = partial(ask_each, tonight.counted, _commits(upstream, valid_at, who), FROM_CLONE, upstream, valid_at)
    with ThreadPoolExecutor(1) as pool:
        from_clones = begun(pool, commits, tonight.counted)
        yield from ask_each(tonight.contributors, _contributors(client, who), [CONTRIBUTORS], upstream, valid_at)
        yield from ask_each(tonight.stars, _stars(client, tonight, upstream, who), [GAINED], upstream, valid_at)
        yield from from_clones()


def _with_token(
    client: Client, tonight: Plan, upstream: Upstream, valid_at: datetime, who: Identities
) -> Iterator[Found]:
    """Ask for counters with the first page of issues, then walk the issues that are left."""
    asked = partial(ask_graphql, client)
    field, fields = _first_pages[tonight.is_large]
    more = More(lambda one: field(upstream.memory.get("issues", {}).get(one.id)), fields(), who=who)
    wanted = Questions(tonight.counted, upstream.memory, midnight(valid_at))
    yield from wanted.passing(ask_batches(client, tonight.counted, valid_at, more))
    who.ask_rest_of(client, tonight.counted)
    comments: Mapping[str, Connection] = {}
    if tonight.is_large:
        comments = ask_comments(asked, more.found, midnight(valid_at) - COMMENTED, COMMENTED_ISSUES_A_NIGHT)
    walk = _issues(asked, upstream, more, comments, valid_at)
    yield from wanted.passing(ask_each(tonight.counted, walk, [WALKED], upstream, valid_at))
    yield from ask_closes(asked, wanted.asked(ISSUES_ASKED_A_NIGHT[tonight.is_large]))


def _issues(
    asked: Ask, upstream: Upstream, more: More, comments: Mapping[str, Connection], valid_at: datetime
) -> Callable[[Subject], list[Found]]:
    allowance = Allowance(ISSUE_PAGES_A_NIGHT, "pages of issues")

    def ask_within(query: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, str], Any]:
        allowance.take()
        return asked(query, variables)

    def ask(subject: Subject) -> list[Found]:
        page = more.found.pop(subject.id)
        if page is None:
            raise more.who.lost.get(subject.id) or IncompleteError("the first page of issues did not come")
        return walk_issues(ask_within, subject, upstream, with_comments(page, comments), valid_at)

    return ask


def _commits(upstream: Upstream, valid_at: datetime, who: Identities) -> Callable[[Subject], list[Found]]:
    """Count commits and people in the bare clone."""
    patience = Patience(CLONE_PATIENCE_S, CLONES_PATIENCE_S, upstream.web_url)

    def ask(subject: Subject) -> list[Found]:
        if upstream.folder is None or upstream.http.is_replay:
            raise NoAnswerError("there is no folder for clones, or a kept run is replayed")
        named = to_fetch(subject, who, upstream.folder)
        try:
            commits = read_log(patience.fetch(named.github, upstream.folder, named.github_id))
        except OtherHistoryError as error:
            noticed = {"kind": "reused_name", "detail": str(error)}
            lost = missing([subject], FROM_CLONE, valid_at, error)
            return [event(subject.id, FROM_CLONE[0].name, CLONE, valid_at, noticed), *lost]
        return list(observe(commits, named, [midnight(valid_at)], upstream.web_url))

    return ask


def _contributors(client: Client, who: Identities) -> Callable[[Subject], list[Found]]:
    return lambda subject: [ask_contributors(client, who.named(subject))]


def _stars(
    client: Client, tonight: Plan, upstream: Upstream, who: Identities
) -> Callable[[Subject], list[Found | Unread]]:
    def ask(subject: Subject) -> list[Found | Unread]:
        known = known_history(upstream.memory.get("stars", {}), subject)
        older = tonight.older_pages.get(subject.id, 0)
        return list(history(lambda path: ask_rest(client, path), who.named(subject), known, older))

    return ask


def _without_token(
    client: Client, tonight: Plan, upstream: Upstream, valid_at: datetime, who: Identities
) -> Iterator[Found]:
    """One REST call a repository; what only GraphQL counts is missing for want of a token."""
    yield from ask_each(
        tonight.counted, lambda subject: ask_repository(client, subject, who), REST_METRICS, upstream, valid_at
    )
    why: SourceError = NoTokenError("GraphQL needs a token")
    yield from missing(tonight.counted, NEED_TOKEN, valid_at, why)
    if tonight.left_out:
        why = LimitError(f"without a token GitHub answers {CALLS_WITHOUT} calls an hour")
        yield from missing(tonight.left_out, GRAPHQL_METRICS, valid_at, why)


def _is_whole(subject: Subject, memory: Mapping[str, Any]) -> bool:
    known = known_history(memory, subject)
    return known is not None and known.is_whole


def costs(
    subjects: Sequence[Subject],
    memory: Mapping[str, Mapping[str, Any]],
    has_token: bool,  # noqa: FBT001
) -> list[Cost]:
    """Return what tonight's plan takes of either limit, and how many pages of issues may come on top."""
    tonight = plan(subjects, memory, has_token=has_token)
    known = memory.get("issues", {})
    pages = ISSUE_PAGES_A_NIGHT if has_token and any(one.id not in known for one in subjects) else 0
    return [
        Cost("github core", tonight.core_calls, 5_000 if has_token else 60, "hour"),
        Cost("github graphql", tonight.graphql_points, 5_000 if has_token else 0, "hour"),
        Cost("github graphql, issue history", pages, ISSUE_PAGES_A_NIGHT, "night"),
    ]


source = Source(
    "github",
    collect,
    GRAPHQL_METRICS,
    costs,
    past,
    sometimes=(CONTRIBUTORS, GAINED, TODAY, START, WALKED, *FROM_CLONE),
    address=GITHUB,
    asks_github=True,
)
