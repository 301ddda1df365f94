"""What the states of repositories say of the roles that rest on them: a role is as alive as its best repository."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.backing import Backing
from catalog.liveness import STATES
from catalog.metric import METRICS, Metric
from catalog.observation import Observation, Status
from catalog.subject import Subject
from collectors.errors import IncompleteError, SourceError
from collectors.missing import missing_cells

ROLES = {name.removeprefix("liveness."): metric for name, metric in METRICS.items() if metric.source == "liveness"}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a repository: its state with the evidence, or why there is none; `is_new` says tonight."""

    state: str | None = None
    url: str | None = None
    raw_sha256: str | None = None
    error: SourceError | None = None
    is_new: bool = True


def observe(
    subjects: Sequence[Subject], behind: Sequence[Backing], states: Mapping[str, State], valid_at: datetime
) -> Iterator[Observation]:
    """Yield the state of each role of which a repository was asked tonight, or why it is unknown.

    `states` come by full name in lower case. Where one behind a role is unknown, the others tell its state only if
    one of them is live: it could be no better.
    """
    lost: dict[str, tuple[SourceError, list[tuple[Subject, Metric]]]] = {}
    for subject in subjects:
        for role, names in roles(subject, behind).items():
            some = [states.get(name, State(is_new=False)) for name in names]
            if not any(one.is_new for one in some):
                continue
            best = max(some, key=lambda one: STATES.index(one.state) if one.state else -1)
            if best.state == STATES[-1] or all(one.state for one in some):
                yield _of(subject, role, best, len(some), valid_at)
            else:
                error = _first_error(some)
                lost.setdefault(str(error), (error, []))[1].append((subject, ROLES[role]))
    for error, cells in lost.values():
        yield from missing_cells(cells, valid_at, error)


def roles(subject: Subject, behind: Sequence[Backing]) -> dict[str, list[str]]:
    """Return the repositories behind each role of a subject, by full name in lower case."""
    found: dict[str, list[str]] = {}
    for one in behind:
        if one.subject == subject.id and one.role is not None:
            found.setdefault(one.role, []).append(one.repository.lower())
    return found


def _of(subject: Subject, role: str, best: State, repositories: int, valid_at: datetime) -> Observation:
    value, evidence = float(STATES.index(str(best.state))), {"url": best.url, "raw_sha256": best.raw_sha256}
    return ROLES[role].of(subject.id, valid_at, value, status=Status.DERIVED, n=repositories, **evidence)


def _first_error(some: Sequence[State]) -> SourceError:
    given = [one.error for one in some if one.error]
    return given[0] if given else IncompleteError("a repository behind the role has not been seen for long")
