"""Models on the Hugging Face Hub that name a framework: the total of the Hub's own list, else the list walked.

The documented API pages through models by a cursor and tells no total; the list that the Hub's own pages read tells
it in one call (decision 8).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, TooLargeError
from collectors.source import Address, Cost, Source, ask_each
from collectors.transport.archive import Answer
from collectors.transport.payload import count, each, need
from collectors.transport.turns import due
from collectors.upstream import Found, Upstream

MODELS = METRICS["huggingface.models"]
NIGHTS = 7
MODELS_A_PAGE = 1_000
MAX_PAGES = 50
NEXT = re.compile(r'<([^>]+)>;\s*rel="?next"?')


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterable[Found]:
    """Ask for each subject's models once in seven nights, by turns."""
    asked = due(subjects, upstream.memory.get(MODELS.name, {}), NIGHTS)

    def ask(subject: Subject) -> list[Observation]:
        models, answer = _total(subject, upstream)
        return [MODELS.of(subject.id, answer.fetched_at, models, url=answer.url, raw_sha256=answer.sha256)]

    return ask_each(asked, ask, [MODELS], upstream, valid_at)


def _total(subject: Subject, upstream: Upstream) -> tuple[float, Answer]:
    """Return how many models name the subject; where the Hub has no such list, count them page by page."""
    headers = {"Authorization": f"Bearer {upstream.token}"} if upstream.token else {}
    try:
        payload, answer = upstream.http.json(
            f"{upstream.base_url}/models-json", headers, library=subject.huggingface_tag, sort="created"
        )
    except GoneError:
        return _walk(subject, upstream, headers)
    return count(payload, "numTotalItems"), answer


def _walk(subject: Subject, upstream: Upstream, headers: Mapping[str, str]) -> tuple[float, Answer]:
    """Count the models of every page, each once; raise TooLargeError beyond so many pages."""
    tag, models = subject.huggingface_tag, set[str]()
    payload, answer = upstream.http.json(
        f"{upstream.base_url}/api/models", headers, filter=tag, limit=MODELS_A_PAGE, sort="createdAt", direction=-1
    )
    first = answer
    for _ in range(MAX_PAGES):
        models |= {str(need(model, "id")) for model in each(payload)}
        following = _next(answer)
        if following is None:
            return len(models), first
        payload, answer = upstream.http.json(following, headers)
    raise TooLargeError(f"more than {MAX_PAGES * MODELS_A_PAGE:,} models name {tag}, and the Hub tells no total")


def _next(answer: Answer) -> str | None:
    """Return the address of the next page; raise ChangedError where it leads to another host, for it gets the token."""
    found = NEXT.search(answer.headers.get("link", ""))
    if found is None:
        return None
    following: str = urljoin(answer.url, found[1])
    if urlsplit(following)[:2] != urlsplit(answer.url)[:2]:
        raise ChangedError(f"the next page of models lies on another host, {urlsplit(following).netloc}")
    return following


def costs(subjects: Sequence[Subject], memory: Mapping[str, Mapping[str, Any]], _has_token: object) -> list[Cost]:
    """Take one call for each subject whose turn it is."""
    return [Cost("hugging face", len(due(subjects, memory.get(MODELS.name, {}), NIGHTS)))]


source = Source(
    "huggingface",
    collect,
    (),
    costs,
    sometimes=(MODELS,),
    address=Address("huggingface_url", "https://huggingface.co", "hf_token"),
)
