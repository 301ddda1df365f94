"""GitHub's past: commits from the clone, stars from their history, issues from one walk through all of them."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.observation import Observation
from catalog.past import ways_of
from catalog.rows import Rows
from catalog.subject import Subject
from catalog.wording import many
from collectors.errors import ChangedError, IncompleteError, NoTokenError, SourceError
from collectors.git.clone import fetch
from collectors.git.log import observe, read_log
from collectors.github.bookmark import Bookmark
from collectors.github.commit_days import ask_days
from collectors.github.identities import Identities, to_fetch
from collectors.github.issue_closes import ISSUES_A_QUERY, ask_closes
from collectors.github.issue_pages import PAGE_SIZES, Ask, issue_rows, pages
from collectors.github.issue_walk import WALKED
from collectors.github.rest import ask_repository
from collectors.github.stars import GAINED, WEEKS_A_PAGE, ZONE, past_pages
from collectors.github_api.client import Client, connect
from collectors.github_api.graphql import ask_graphql
from collectors.github_api.rest import ask_rest
from collectors.past import Lacking, Past, Step
from collectors.reading import Unread
from collectors.upstream import Found, Memory, Upstream

log = logging.getLogger(__name__)

CLONE_PATIENCE_S = 900.0
STARS = METRICS["github.stars"].name
NEAR = timedelta(hours=1)
DAYS_A_PAGE = WEEKS_A_PAGE * 7


def steps(subjects: Sequence[Subject], lacking: Lacking, memory: Memory, now: datetime) -> Iterator[Step]:
    """Yield what would bring the lacking days: of all subjects first what is cheap, the walks through issues last."""
    calls = {"commits": _clones, "stars": _star_pages, "issues": _issue_pages, "closes": _close_queries}
    resources = {"commits": "git", "stars": "github core"}
    for name, count_calls in calls.items():
        for subject in subjects:
            if days := _days(subject, lacking, memory, name, now):
                number = count_calls(subject, days, memory, now)
                yield Step("github", name, (subject,), days, resources.get(name, "github graphql"), number)


def ask(step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    """Return what a step brings, page by page; raise SourceError where it breaks off.

    What tells nothing of who answers is asked for once it is known who bears the name.
    """
    client = connect(upstream)
    if step.name in ANSWER_WITH_ID:
        yield from ANSWER_WITH_ID[step.name](client, step, upstream)
        return
    who = Identities()
    who.ask_rest_of(client, step.subjects)
    if noticed := list(who.events(step.subjects, upstream.http.now())):
        yield noticed
    by_name = {"commits": _commits, "stars": _stars}
    yield from by_name[step.name](client, step, upstream, who)


past = Past(steps, ask)


def _days(subject: Subject, lacking: Lacking, memory: Memory, step: str, now: datetime) -> tuple[datetime, ...]:
    """Return the days of which a step would tell something new."""
    if step == "stars":
        return _star_days(subject, lacking, memory, now)
    told = "issues" if step == "closes" else step
    metrics = [metric for way in ways_of("github") if way.step == told for metric in way.metrics]
    return tuple(sorted({day for metric in metrics for day in lacking.get((subject.id, metric), ())}))


def _star_days(subject: Subject, lacking: Lacking, memory: Memory, now: datetime) -> tuple[datetime, ...]:
    """Return the days without their stars, and yesterday where no count is known from which to go back.

    Where the days do not sum to the count, all of them are asked for again.
    """
    if subject.id in memory.get("stars_disputed", {}):
        return _every_day(subject, memory, now)
    gained, counts = lacking.get((subject.id, GAINED.name), ()), lacking.get((subject.id, STARS), ())
    newest = () if not counts or _has_count(subject, counts, memory) else (midnight(now) - timedelta(days=2),)
    return tuple(sorted({*gained, *newest}))


def _every_day(subject: Subject, memory: Memory, now: datetime) -> tuple[datetime, ...]:
    """Return every day of a star history that does not sum to the count: which of its pages changed nobody knows."""
    oldest, newest = memory["stars"][subject.id]["oldest"], midnight(now) - timedelta(days=2)
    return tuple(newest - timedelta(days=back) for back in range((newest.date() - oldest).days, -1, -1))


# --- what each step costs, at most ---


def _clones(_subject: Subject, _days: Sequence[datetime], _memory: Memory, _now: datetime) -> int:
    return 1


def _star_pages(subject: Subject, days: Sequence[datetime], memory: Memory, now: datetime) -> int:
    pages = {(now - day).days // DAYS_A_PAGE for day in days}
    return len(pages) + 2 + (0 if _has_count(subject, days, memory) else 1)


def _issue_pages(subject: Subject, days: Sequence[datetime], memory: Memory, _now: datetime) -> int | None:
    if _is_walked(subject, days, memory):
        return 0
    total = memory.get("issues_told", {}).get(subject.id)
    stored = memory.get("issues_stored", {}).get(subject.id, 0)
    return None if total is None else -(-max(1, int(total) - stored) // PAGE_SIZES[0])


def _close_queries(subject: Subject, days: Sequence[datetime], memory: Memory, _now: datetime) -> int | None:
    if not _is_walked(subject, days, memory):
        return None
    return -(-len(memory.get("issues_without_closes", {}).get(subject.id, ())) // ISSUES_A_QUERY)


# --- asking ---


def _commits(client: Client, step: Step, upstream: Upstream, who: Identities) -> Iterator[Sequence[Found]]:
    """Count all days in the clone; where it cannot be had, ask GitHub for the windows."""
    subject = step.subjects[0]
    try:
        if upstream.folder is None:
            raise IncompleteError("there is no folder for clones")
        named = to_fetch(subject, who, upstream.folder)
        place = fetch(named.github, upstream.folder, CLONE_PATIENCE_S, named.github_id, upstream.web_url)
        commits = read_log(place)
    except SourceError as error:
        if upstream.auth is None:
            raise
        log.warning("github: %s: no clone, GitHub is asked for the windows instead: %s", subject.id, error)
        yield from ask_days(_asked(client, upstream), subject, step.days)
    else:
        yield list(observe(commits, named, step.days, upstream.web_url))


def _stars(client: Client, step: Step, upstream: Upstream, who: Identities) -> Iterator[Sequence[Found]]:
    """Ask for the count, where no night has it beside the stars of its day, then for the pages of the days."""
    subject, now = who.named(step.subjects[0]), upstream.http.now()
    days = {day.date() for day in step.days}
    if not _has_count(subject, step.days, upstream.memory):
        newest = upstream.memory.get(STARS, {}).get(subject.id)
        if newest is None or now - newest > NEAR:
            yield _counters(client, subject, who)
        days.add(_today(now) - timedelta(days=1))
    yield from past_pages(partial(ask_rest, client), subject, days, _today(now))
    if disputed_at := upstream.memory.get("stars_disputed", {}).get(subject.id):
        yield [Rows("refetched", ({"subject": subject.id, "metric": STARS, "disputed_at": disputed_at},))]


def _counters(client: Client, subject: Subject, who: Identities) -> list[Observation]:
    """Ask for the counters of a repository; raise why the stars cannot be read, of which the days are counted back."""
    found = ask_repository(client, subject, who)
    for one in found:
        if isinstance(one, Unread) and one.metric.name == STARS:
            raise one.error
    return [one for one in found if not isinstance(one, Unread)]


def _issues(client: Client, step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    """Walk from where the last walk stood; at its end say that all issues are known."""
    subject = step.subjects[0]
    if _is_walked(subject, step.days, upstream.memory):
        return
    mark = Bookmark.of(subject, upstream.memory)
    try:
        for page in pages(_asked(client, upstream), subject, mark.since, walk=mark):
            yield [issue_rows(subject, page), mark.row(subject, page)]
    except ChangedError:
        if not mark.is_resumed:
            raise
        mark = Bookmark(upstream.memory.get("issues", {}).get(subject.id), None, mark.issues)
        for page in pages(_asked(client, upstream), subject, mark.since, walk=mark):
            yield [issue_rows(subject, page), mark.row(subject, page)]
    url = f"{upstream.web_url}/{subject.github}/issues"
    yield [WALKED.of(subject.id, upstream.http.now(), mark.issues, url=url)]


def _closes(client: Client, step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    """Ask for the closes of the issues that the rates of these days look at, a hundred a page."""
    subject = step.subjects[0]
    numbers = upstream.memory.get("issues_without_closes", {}).get(subject.id, [])
    for start in range(0, len(numbers), ISSUES_A_QUERY):
        wanted = [(subject, number) for number in numbers[start : start + ISSUES_A_QUERY]]
        found = list(ask_closes(_asked(client, upstream), wanted))
        if not found:
            raise IncompleteError(
                f"the closes of {many(len(numbers) - start, 'issues')} of {subject.github} did not come"
            )
        yield found


ANSWER_WITH_ID = {"issues": _issues, "closes": _closes}


def _asked(client: Client, upstream: Upstream) -> Ask:
    if upstream.auth is None:
        raise NoTokenError("GraphQL needs a token")
    return partial(ask_graphql, client)


def _is_walked(subject: Subject, days: Sequence[datetime], memory: Memory) -> bool:
    walked = memory.get(WALKED.name, {}).get(subject.id)
    return walked is not None and walked >= max(days)


def _has_count(subject: Subject, days: Sequence[datetime], memory: Memory) -> bool:
    """Return whether a count of stars and the stars of its day are known, of a day after these."""
    counted = memory.get("stars_counted", {}).get(subject.id)
    return counted is not None and counted > max(days)


def _today(now: datetime) -> date:
    return now.replace(tzinfo=UTC).astimezone(ZONE).date()
