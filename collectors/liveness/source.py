"""Liveness: the state of every repository behind a role or a fact, once in seven nights.

See docs/method.md#how-alive-a-repository-is.

What rests on what stands in the catalog. The answers are kept as rows of `repository_state` and
`repository_commits`, so that the two years before a repository was first asked about are asked for once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from catalog.backing import Backing
from catalog.liveness import EPOCH, Signs, base_of, block_ends, hangs_on_pace, has_pace, state_of
from catalog.moments import midnight
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import IncompleteError, NoTokenError, ReusedNameError, SourceError
from collectors.github_api.client import GITHUB, connect
from collectors.github_api.identity import REPOSITORY_ID, event, is_renamed, renamed, reused_name
from collectors.liveness.repository_states import Question, Seen, Told, ask_states, batches
from collectors.liveness.roles import ROLES, State, observe, roles
from collectors.missing import Cell
from collectors.source import Cost, Source
from collectors.transport.turns import HALF_A_DAY, is_quiet
from collectors.upstream import Found, Memory, Upstream

MAIN = "main"
WEEK, LATE = timedelta(days=7), timedelta(days=9)
TOGETHER = timedelta(days=3)  # who was asked longer ago than this comes along in a week's turn
KEPT = timedelta(days=28)  # how long a state counts when its repository is not asked again
PASTS_A_NIGHT = 100  # repositories whose two years are asked for in one night, four a query
FEW_BLOCKS = 3
MANY = 500  # repositories: beyond, every night asks some, within two points of GitHub's limit
WINDOWS_OF_MANY, PASTS_OF_MANY = 200, 3
SEEN = (
    "github_id",
    "full_name",
    "is_archived",
    "is_disabled",
    "notice",
    "commits_90d",
    "created_at",
    "pushed_at",
    "last_commit_at",
    "last_release_at",
    "raw_sha256",
)
DERIVED = ("base_commits_90d", "base_windows", "state", "reason", "detail", "url")


NO_PACE = "few commits, and too little of the past is counted to tell whether that is usual"


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask about the repositories whose turn has come, and say what follows for the roles that rest on them."""
    behind = behind_of(subjects, upstream.memory)
    questions = tonight(behind, upstream.memory, valid_at)
    if not questions:
        return
    told = list(_ask(questions, upstream, valid_at))
    rows = {one.repository.lower(): _row(one, found, upstream, valid_at) for one, found in told}
    yield Rows("repository_state", tuple(rows.values()))
    yield Rows("repository_commits", tuple(_blocks(found for _, found in told)))
    yield from _noticed(told, behind, valid_at)
    errors = {one.repository.lower(): found for one, found in told if isinstance(found, SourceError)}
    new = {
        name: State(row["state"], row["url"], row["raw_sha256"], errors.get(name) or _without_state(row))
        for name, row in rows.items()
    }
    yield from observe(subjects, behind, {**_kept(upstream.memory, valid_at), **new}, valid_at)


def turns(subjects: Sequence[Subject], memory: Memory, now: datetime) -> Iterator[Cell]:
    """Yield the roles of which a repository is asked tonight."""
    behind = behind_of(subjects, memory)
    asked = {one.repository.lower() for one in tonight(behind, memory, now)}
    for subject in subjects:
        yield from ((subject, ROLES[role]) for role, names in roles(subject, behind).items() if asked & set(names))


def _ask(questions: Sequence[Question], upstream: Upstream, valid_at: datetime) -> Iterator[Told]:
    try:
        if upstream.auth is None:
            raise NoTokenError("GitHub counts commits by GraphQL only, which needs a token")
        client = connect(upstream)
    except SourceError as error:
        yield from ((one, error) for one in questions)
        return
    yield from ask_states(client, questions, valid_at)


def behind_of(subjects: Sequence[Subject], memory: Memory) -> list[Backing]:
    """Return every repository behind a role or a fact of the subjects, the main ones first."""
    named = memory.get("backing", {})
    mains = [Backing(one.id, MAIN, one.github, one.github_id) for one in subjects]
    return mains + [backing for one in subjects for backing in named.get(one.id, ())]


def tonight(behind: Sequence[Backing], memory: Memory, now: datetime) -> list[Question]:
    """Return whom to ask tonight, each once: those never asked; in a week's turn all that were not asked just now.

    So many pasts are asked for, first of those who have no state without.
    """
    is_many = len(behind) > MANY
    known, is_turn = memory.get("repositories", {}), is_many or _is_turn(memory, now)
    found: dict[str, Question] = {}
    for one in behind:
        name = one.repository.lower()
        last = known.get(name)
        if last is None:
            asked = found.get(name) or Question(one.repository, None, tuple(block_ends(midnight(now))))
            found[name] = replace(asked, github_id=one.github_id or asked.github_id)
        elif (is_turn and now - last["asked_at"] >= TOGETHER - HALF_A_DAY) or not (is_many or last["is_told"]):
            asked = found.get(name) or Question(one.repository, last["github_id"], _lacking(last, now))
            found[name] = replace(asked, github_id=one.github_id or asked.github_id)
    with_past = [name for name, one in found.items() if len(one.ends) > FEW_BLOCKS]
    with_past.sort(key=lambda name: name not in known or known[name]["is_told"])
    for name in with_past[PASTS_OF_MANY if is_many else PASTS_A_NIGHT :]:
        found[name] = replace(found[name], ends=())
    return _longest_unasked(found, known) if is_many else list(found.values())


def _longest_unasked(found: Mapping[str, Question], known: Mapping[str, Any]) -> list[Question]:
    """Return those never asked and then the longest unasked, as many as so many windows of commits allow."""
    queue = sorted(found, key=lambda name: known[name]["asked_at"] if name in known else EPOCH)
    taken = accumulate(found[name].windows for name in queue)
    return [found[name] for name, windows in zip(queue, taken, strict=True) if windows <= WINDOWS_OF_MANY]


def _is_turn(memory: Memory, now: datetime) -> bool:
    """Return whether a week has passed; the turn waits two nights at most for one without other rare questions."""
    known = memory.get("repositories", {})
    waited = max((now - row["asked_at"] for row in known.values()), default=timedelta())
    return bool(waited >= (WEEK if is_quiet(memory, now) else LATE) - HALF_A_DAY)


def _lacking(last: Mapping[str, Any], now: datetime) -> tuple[datetime, ...]:
    """Return the ends of the blocks that the base of a repository needs and that were never counted."""
    return tuple(end for end in block_ends(midnight(now), last["created_at"]) if end not in last["blocks"])


def _row(one: Question, found: Seen | SourceError, upstream: Upstream, valid_at: datetime) -> dict[str, Any]:
    """Return the row of `repository_state` for an answer: what was seen and the state, or the reason for none.

    What is slow has no state where it is not known whether it always was.
    """
    row: dict[str, Any] = {"repository": one.repository, "valid_at": valid_at} | dict.fromkeys((*SEEN, *DERIVED))
    if isinstance(found, SourceError):
        return row | {"reason": found.reason.value, "detail": str(found)}
    memory = upstream.memory
    known = memory.get("repositories", {}).get(one.repository.lower())
    blocks = {**(known["blocks"] if known else {}), **found.blocks}
    base, windows = base_of(blocks, found.created_at, midnight(valid_at))
    signs = Signs(
        commits_90d=found.commits_90d,
        last_commit_at=found.last_commit_at,
        base_90d=base,
        is_archived=found.is_archived or found.is_disabled,
        notice=found.notice,
        is_finished=one.repository.lower() in memory.get("finished", {}),
        was=known["state"] if known else None,
    )
    until, url = midnight(valid_at), f"{upstream.web_url}/{found.full_name}"
    derived = {"base_commits_90d": base, "base_windows": windows, "state": state_of(signs, until), "url": url}
    if base is None and has_pace(found.created_at, until) and hangs_on_pace(signs, until):
        derived |= {"state": None, "reason": IncompleteError.reason.value, "detail": NO_PACE}
    return row | {name: getattr(found, name) for name in SEEN} | derived


def _without_state(row: Mapping[str, Any]) -> SourceError | None:
    return IncompleteError(row["detail"]) if row["state"] is None else None


def _blocks(found: Iterable[Seen | SourceError]) -> Iterator[dict[str, Any]]:
    for one in found:
        if isinstance(one, Seen):
            yield from ({"github_id": one.github_id, "until": end, "commits": n} for end, n in one.blocks.items())


def _noticed(told: Iterable[Told], behind: Sequence[Backing], valid_at: datetime) -> Iterator[Rows]:
    """Yield an event for each backing of a repository that has another name, or whose name another one bears."""
    for one, found in told:
        if isinstance(found, ReusedNameError):
            finding = reused_name(found)
        elif isinstance(found, Seen) and is_renamed(one.repository, found.full_name):
            finding = renamed(one.repository, found.full_name)
        else:
            continue
        for backing in (some for some in behind if some.repository.lower() == one.repository.lower()):
            metric = ROLES[backing.role].name if backing.role in ROLES else REPOSITORY_ID.name
            yield event(backing.subject, metric, "liveness", valid_at, finding)


def _kept(memory: Memory, now: datetime) -> dict[str, State]:
    """Return the states that still count of the repositories that are not asked tonight."""
    known = memory.get("repositories", {})
    return {
        name: State(row["state"], row["url"], row["raw_sha256"], is_new=False)
        for name, row in known.items()
        if row["seen_at"] and now - row["seen_at"] <= KEPT
    }


def costs(subjects: Sequence[Subject], memory: Memory, has_token: bool) -> list[Cost]:  # noqa: FBT001
    """Take, on the night of its turn, a point for every hundred windows of commits."""
    newest = max((row["asked_at"] for row in memory.get("repositories", {}).values()), default=EPOCH)
    asked = tonight(behind_of(subjects, memory), memory, newest + LATE) if has_token else []
    return [Cost("github graphql, liveness", len(list(batches(asked))), 5_000, "hour")]


source = Source(
    "liveness", collect, (), costs, sometimes=tuple(ROLES.values()), address=GITHUB, asks_github=True, turns=turns
)
