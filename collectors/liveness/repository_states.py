"""The signs of life of many repositories in one GraphQL query: flags, README, releases, and commits by windows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from catalog.liveness import BLOCK, WINDOW
from catalog.moments import midnight, naive_utc
from collectors.errors import (
    ChangedError,
    NoAnswerError,
    ServerFaultError,
    SourceError,
)
from collectors.github_api.client import FINGERPRINT, Client
from collectors.github_api.graphql import ServerHealth, ask_graphql, errors_by_alias, head_of, whole_node_of
from collectors.github_api.identity import check_identity, name_of
from collectors.liveness.notice import notice
from collectors.reading import one_answer
from collectors.transport.payload import count, flag, need

WINDOWS_A_QUERY = 100
READMES = 6
SECOND = timedelta(seconds=1)
STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one repository: its signs today, and its commits in the blocks of 30 days with these ends."""

    repository: str
    github_id: int | None = None
    ends: tuple[datetime, ...] = ()

    @property
    def windows(self) -> int:
        """How many windows of commits it takes: what GitHub counts as connections."""
        return 1 + len(self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What GitHub says of one repository; times are naive UTC, `blocks` counts commits by the ends of 30 days."""

    repository: str
    github_id: int
    full_name: str
    is_archived: bool
    is_disabled: bool
    notice: str | None
    commits_90d: int
    created_at: datetime
    pushed_at: datetime | None
    last_commit_at: datetime
    last_release_at: datetime | None
    blocks: Mapping[datetime, int]
    raw_sha256: str


Told = tuple[Question, Seen | SourceError]


def ask_states(client: Client, questions: Sequence[Question], valid_at: datetime) -> Iterator[Told]:
    """Ask about every repository, many at once; one that cannot be had costs only itself and says why."""
    health = ServerHealth()
    for batch in batches(questions):
        yield from _batch(client, batch, midnight(valid_at), health)


def batches(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Yield the questions in queries of at most a hundred windows, a point of GitHub's limit each."""
    batch: list[Question] = []
    for one in questions:
        if batch and sum(other.windows for other in batch) + one.windows > WINDOWS_A_QUERY:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _batch(client: Client, questions: list[Question], until: datetime, health: ServerHealth) -> Iterator[Told]:
    """Ask for many at once; after a fault of the server for half of them, down to one and without its past."""
    try:
        if health.is_out:
            raise NoAnswerError("GitHub's GraphQL server fails at every question tonight")
        headers, payload = ask_graphql(client, states_query(questions), window_variables(until))
        with one_answer():
            errors = errors_by_alias(payload)
        health.answered = True
    except SourceError as error:
        smaller = _smaller(questions) if isinstance(error, ServerFaultError) else []
        for some in smaller:
            yield from _batch(client, some, until, health)
        if not smaller:
            health.failed_alone += isinstance(error, ServerFaultError)
            yield from ((one, error) for one in questions)
        return
    for number, one in enumerate(questions):
        try:
            with one_answer():
                node = whole_node_of(payload, f"r{number}", one.repository, errors)
                yield one, read_state(node, one, headers[FINGERPRINT])
        except SourceError as error:
            found = errors.get(f"r{number}", error) if isinstance(error, ChangedError) else error
            yield one, found


def _smaller(questions: list[Question]) -> list[list[Question]]:
    """Return the halves; of a single question that asks for its past, the same without it; of a bare one nothing."""
    half = len(questions) // 2
    if half:
        return [questions[:half], questions[half:]]
    return [[replace(questions[0], ends=())]] if questions[0].ends else []


def states_query(questions: Sequence[Question]) -> str:
    """Return one query: an alias per repository (r0, r1, ...), and below it one per past block (b0, b1, ...)."""
    fragment = files("collectors.liveness").joinpath("liveness.graphql").read_text(encoding="utf-8")
    aliases = "\n".join(f"  r{number}: {_repository(one)}" for number, one in enumerate(questions))
    return f"query liveness($until: GitTimestamp!, $since90: GitTimestamp!) {{\n{aliases}\n}}\n{fragment}"


def _repository(one: Question) -> str:
    owner, name = one.repository.split("/")
    blocks = " ".join(
        f'b{number}: history(since: "{end - BLOCK:{STAMP}}", until: "{end - SECOND:{STAMP}}") {{ totalCount }}'
        for number, end in enumerate(one.ends)
    )
    past = f" defaultBranchRef {{ target {{ ... on Commit {{ {blocks} }} }} }}" if blocks else ""
    return f'repository(owner: "{owner}", name: "{name}") {{ ...liveness{past} }}'


def window_variables(until: datetime) -> dict[str, str]:
    """Return the ends of the window of 90 days; GitHub counts both ends in, so the last second stays out."""
    return {"until": f"{until - SECOND:{STAMP}}", "since90": f"{until - WINDOW:{STAMP}}"}


def read_state(node: Mapping[str, Any], one: Question, raw_sha256: str) -> Seen:
    """Read one repository; refuse it where another one now bears the name.

    A commit is dated by the clock of who made it; it was there when somebody last pushed, whatever it says.
    """
    github_id = int(count(node, "databaseId"))
    check_identity(github_id, one.repository, one.github_id)
    head, release = head_of(node, one.repository), need(node, "latestRelease")
    committed_at, pushed_at = _moment(need(head, "committedDate")), need(node, "pushedAt")
    return Seen(
        repository=one.repository,
        github_id=github_id,
        full_name=name_of(node.get("nameWithOwner"), one.repository),
        is_archived=flag(node, "isArchived"),
        is_disabled=flag(node, "isDisabled"),
        notice=_notice(node),
        commits_90d=int(count(head, "days90", "totalCount")),
        created_at=_moment(need(node, "createdAt")),
        pushed_at=_moment(pushed_at) if pushed_at else None,
        last_commit_at=min(committed_at, _moment(pushed_at)) if pushed_at else committed_at,
        last_release_at=_moment(need(release, "publishedAt")) if release else None,
        blocks={end: int(count(head, f"b{number}", "totalCount")) for number, end in enumerate(one.ends)},
        raw_sha256=raw_sha256,
    )


def _notice(node: Mapping[str, Any]) -> str | None:
    """Return the notice of the first README that there is; a repository without one says nothing."""
    texts = [blob["text"] for number in range(READMES) if (blob := need(node, f"readme{number}")) and blob.get("text")]
    return notice(str(texts[0])) if texts else None


def _moment(text: Any) -> datetime:
    try:
        return naive_utc(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        raise ChangedError(f"a time was expected, not {text!r}") from None
