"""Models on the Hugging Face Hub that name a framework, and the owners of those that are downloaded.

The documented API pages through models by a cursor and tells no total; the list that the Hub's own pages read tells
it in one call (decision 8). The owners come from the models in the order of their downloads (docs/method.md).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit

from catalog.metric import METRICS, Metric
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, TooLargeError
from collectors.missing import Cell
from collectors.source import Address, Cost, Source, ask_each
from collectors.transport.archive import Answer
from collectors.transport.links import links_of
from collectors.transport.payload import count, each, text
from collectors.transport.turns import due
from collectors.upstream import Found, Memory, Upstream

MODELS, OWNERS = METRICS["huggingface.models"], METRICS["huggingface.model_owners"]
NIGHTS = 7
MODELS_A_PAGE = 1_000
MAX_PAGES = 50
LEAST_DOWNLOADS = 100  # in 30 days
PAGES_OF_OWNERS = 10  # about
Ask = Callable[[Subject, Upstream], tuple[float, Answer]]


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask for each subject's models, and for their owners, once in seven nights by turns."""
    for metric, ask in ((MODELS, _total), (OWNERS, _owners)):
        asked = due(subjects, upstream.memory.get(metric.name, {}), NIGHTS)

        def answer(subject: Subject, metric: Metric = metric, ask: Ask = ask) -> list[Observation]:
            number, found = ask(subject, upstream)
            return [metric.of(subject.id, found.fetched_at, number, url=found.url, raw_sha256=found.sha256)]

        yield from ask_each(asked, answer, [metric], upstream, valid_at)


def _total(subject: Subject, upstream: Upstream) -> tuple[float, Answer]:
    """Return how many models name the subject; where the Hub has no such list, count them page by page."""
    try:
        payload, answer = upstream.http.json(
            f"{upstream.base_url}/models-json", _headers(upstream), library=subject.huggingface_tag, sort="created"
        )
    except GoneError:
        return _walk(subject, upstream)
    return count(payload, "numTotalItems"), answer


def _walk(subject: Subject, upstream: Upstream) -> tuple[float, Answer]:
    """Count the models of every page, each once."""
    pages = list(_pages(subject, upstream, "createdAt"))
    models = {text(model, "id") for page, _ in pages for model in page}
    return len(models), pages[0][1]


def _owners(subject: Subject, upstream: Upstream) -> tuple[float, Answer]:
    """Count the owners of the models that were downloaded often enough in 30 days, each once."""
    pages = []
    for page, answer in _pages(subject, upstream, "downloads"):
        pages.append((page, answer))
        if page and count(page[-1], "downloads") < LEAST_DOWNLOADS:
            break
    models = [[(text(model, "id"), count(model, "downloads")) for model in page] for page, _ in pages]
    # Within a page alone: the list may move between two.
    if any(more > fewer for page in models for (_, fewer), (_, more) in pairwise(page)):
        raise ChangedError("the list of models does not come in the order of their downloads")
    if not any(models) and _total(subject, upstream)[0]:
        raise IncompleteError(f"the list of models of {subject.huggingface_tag} is empty, and the Hub counts some")
    told = chain.from_iterable(models)
    return len({model.partition("/")[0] for model, downloads in told if downloads >= LEAST_DOWNLOADS}), pages[0][1]


def _pages(subject: Subject, upstream: Upstream, sort: str) -> Iterator[tuple[Sequence[Any], Answer]]:
    """Yield the pages of models in an order, the highest first; raise TooLargeError beyond so many pages."""
    order = {"filter": subject.huggingface_tag, "limit": MODELS_A_PAGE, "sort": sort, "direction": -1}
    payload, answer = upstream.http.json(f"{upstream.base_url}/api/models", _headers(upstream), **order)
    for _ in range(MAX_PAGES):
        yield each(payload), answer
        following = _next(answer)
        if following is None:
            return
        payload, answer = upstream.http.json(following, _headers(upstream))
    raise TooLargeError(f"more than {MAX_PAGES * MODELS_A_PAGE:,} models of {subject.huggingface_tag} would be counted")


def _headers(upstream: Upstream) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {upstream.token}"} if upstream.token else {}


def _next(answer: Answer) -> str | None:
    """Return the address of the next page; raise ChangedError where it leads to another host, for it gets the token."""
    found = links_of(answer.headers).get("next")
    if found is None:
        return None
    following: str = urljoin(answer.url, found)
    if urlsplit(following)[:2] != urlsplit(answer.url)[:2]:
        raise ChangedError(f"the next page of models lies on another host, {urlsplit(following).netloc}")
    return following


def turns(subjects: Sequence[Subject], memory: Memory, _now: object) -> Iterator[Cell]:
    """Yield what is asked tonight: of a seventh of the subjects each."""
    for metric in (MODELS, OWNERS):
        yield from ((subject, metric) for subject in due(subjects, memory.get(metric.name, {}), NIGHTS))


def costs(subjects: Sequence[Subject], memory: Mapping[str, Mapping[str, Any]], _has_token: object) -> list[Cost]:
    """Take one call for the models of each subject whose turn it is, and a few pages for their owners."""
    turns = [len(due(subjects, memory.get(metric.name, {}), NIGHTS)) for metric in (MODELS, OWNERS)]
    return [Cost("hugging face", turns[0] + PAGES_OF_OWNERS * turns[1])]


source = Source(
    "huggingface",
    collect,
    (),
    costs,
    sometimes=(MODELS, OWNERS),
    address=Address("huggingface_url", "https://huggingface.co", "hf_token"),
    turns=turns,
)
