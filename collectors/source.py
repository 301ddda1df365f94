"""What a source is: a name, its metrics, and the function that asks; found by convention."""

import importlib
import pkgutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from itertools import product
from types import ModuleType
from typing import TypeVar

from catalog.metric import METRICS, Metric
from catalog.subject import Subject
from collectors.errors import SourceError
from collectors.missing import Causes, Cell
from collectors.past import Past
from collectors.reading import Unread, one_answer
from collectors.upstream import Found, Memory, Upstream

AHEAD = 128
Answered = TypeVar("Answered")
Ask = Callable[[Sequence[Subject], Upstream, datetime], Iterable[Found]]


@dataclass(frozen=True)
class Cost:
    """How many calls of one limit a night takes at most, and how many the limit allows in its period."""

    resource: str
    calls: int
    limit: int | None = None
    period: str = ""


Turns = Callable[[Sequence[Subject], Memory, datetime], Iterable[Cell]]
Costs = Callable[[Sequence[Subject], Memory, bool], Iterable[Cost]]


@dataclass(frozen=True)
class Address:
    """Where a source is asked: the setting that holds its base address, what it is by default, its secret's setting."""

    setting: str
    default: str = ""
    secret: str | None = None


@dataclass(frozen=True)
class Source:
    """One upstream; `collect` yields what it says now, and says of what it could not get why.

    `metrics` are asked every night of every subject; those in `sometimes` when their turn comes, and `turns` says of
    which subjects that is tonight. `costs` takes the subjects, the run's memory, and whether a token is set, and asks
    nobody. `beside` are the addresses of hosts that are asked beside that of `address`, `recalls` names what this
    source alone wants to know of the warehouse. A source that `asks_github` is handed GitHub's credentials. One that
    is optional is asked only where somebody names it.
    """

    name: str
    collect: Ask
    metrics: tuple[Metric, ...]
    costs: Costs
    past: Past | None = None
    sometimes: tuple[Metric, ...] = ()
    address: Address | None = None
    beside: tuple[Address, ...] = ()
    asks_github: bool = False
    is_optional: bool = False
    recalls: tuple[str, ...] = ()
    turns: Turns = lambda _subjects, _memory, _now: ()

    def tonight(self, subjects: Sequence[Subject], memory: Memory, now: datetime) -> list[Cell]:
        """Return the cells that the source answers tonight; nobody is asked."""
        return [*product(subjects, self.metrics), *self.turns(subjects, memory, now)]


def one_each(resource: str) -> Costs:
    """Return the cost of a source that is asked once for each subject."""
    return lambda subjects, _memory, _has_token: [Cost(resource, len(subjects))]


def metrics_of(source: str, *names: str) -> tuple[Metric, ...]:
    """Return the metrics by their names after the dot."""
    return tuple(METRICS[f"{source}.{name}"] for name in names)


@cache
def sources() -> dict[str, Source]:
    """Return every source: `collectors/<name>.py`, or `source.py` in the folder of that name, defines `source`."""
    package = importlib.import_module("collectors")
    modules = (_module_of(found) for found in pkgutil.iter_modules(package.__path__))
    found = (getattr(module, "source", None) for module in modules)
    return {one.name: one for one in found if isinstance(one, Source)}


def _module_of(found: pkgutil.ModuleInfo) -> ModuleType | None:
    name = f"collectors.{found.name}"
    if not found.ispkg:
        return importlib.import_module(name)
    return importlib.import_module(f"{name}.source") if find_spec(f"{name}.source") else None


def ask_each(
    subjects: Sequence[Subject],
    ask: Callable[[Subject], Sequence[Found | Unread]],
    metrics: Sequence[Metric],
    upstream: Upstream,
    valid_at: datetime,
) -> Iterator[Found]:
    """Ask for each subject, several at once; one that fails, and a figure that is odd, cost only themselves."""

    def safely(subject: Subject) -> Sequence[Found | Unread] | SourceError:
        try:
            with one_answer():
                return list(ask(subject))
        except SourceError as error:
            return error

    causes = Causes()
    with ThreadPoolExecutor(upstream.max_concurrency) as pool:
        for subject, found in _in_order(pool, safely, subjects):
            if isinstance(found, SourceError):
                causes.add(found, product([subject], metrics))
            else:
                told: Iterator[Found] = causes.told(subject, found)
                yield from told
    yield from causes.missing(valid_at)


def begun(
    pool: ThreadPoolExecutor, ask: Callable[[], Iterable[Found]], subjects: Sequence[Subject]
) -> Callable[[], Iterable[Found]]:
    """Let a question begin now, beside what is asked meanwhile; return what gives its answers.

    About very many subjects it begins when its answers are wanted: they would wait in memory.
    """
    return ask if len(subjects) > AHEAD else pool.submit(lambda: list(ask())).result


def _in_order(
    pool: ThreadPoolExecutor, ask: Callable[[Subject], Answered], subjects: Iterable[Subject]
) -> Iterator[tuple[Subject, Answered]]:
    """Yield what was answered, in the order of the subjects; so many are asked ahead of the one that is waited for."""
    waiting: deque[tuple[Subject, Future[Answered]]] = deque()
    try:
        for subject in subjects:
            waiting.append((subject, pool.submit(ask, subject)))
            if len(waiting) > AHEAD:
                first, answer = waiting.popleft()
                yield first, answer.result()
        while waiting:
            first, answer = waiting.popleft()
            yield first, answer.result()
    finally:
        for _, answer in waiting:
            answer.cancel()
