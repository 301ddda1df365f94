"""The Stack Exchange API's manners: the site, the key, the quota, and the rests it asks for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any
from urllib.parse import quote

from catalog.subject import Subject
from collectors.errors import GoneError, IncompleteError, LimitError, SourceError, SpentError, TooLargeError
from collectors.stackoverflow.errors import meant_by, read, seconds_of
from collectors.transport.archive import Answer
from collectors.transport.budget import Quota
from collectors.transport.payload import count, each, flag, need
from collectors.upstream import Upstream

TAGS_PER_CALL = PAGE = 100
MAX_PAGES = 25
LONGEST_REST_S = 60.0
LONGEST_CLOSED_S = 30 * 86_400.0
SLACK, LEAST_SLACK = 0.01, 10
"""How far two counts that were made at different moments may contradict each other: a part, and at least so many."""
CALLS_A_DAY = {False: 300, True: 10_000}


class Client:
    """Asks the API for the site Stack Overflow."""

    def __init__(self, upstream: Upstream) -> None:
        """Keep where to ask; nothing is asked yet."""
        self.upstream = upstream

    def ask(self, path: str, **params: Any) -> tuple[Any, Answer]:
        """Ask for one page; raise what its error body means, keep its answer when it asks for a rest.

        After a throttle nobody asks again before it ends: a short one is waited for, a long one ends the run's asking.
        """
        url = f"{self.upstream.base_url}/{path}"
        try:
            return self._page(url, params)
        except SpentError:
            raise
        except LimitError as error:
            seconds = seconds_of(error)
            self._close(url, seconds)
            if seconds is None or seconds > self.upstream.http.max_wait_s:
                raise
        return self._page(url, params)

    def _page(self, url: str, params: Mapping[str, Any]) -> tuple[Any, Answer]:
        key = {"key": self.upstream.token} if self.upstream.token else {}
        try:
            answer = self.upstream.http.get(url, **{"site": "stackoverflow", **params, **key})
        except SourceError as error:
            raise meant_by(" ".join(getattr(error, "__notes__", []))) or error from error
        payload = read(answer)
        if isinstance(payload, dict):
            self._heed(url, payload)
        return payload, answer

    def _heed(self, url: str, payload: Mapping[str, Any]) -> None:
        """Keep what an answer says beside its data: what is left of the day's quota, and the rest it asks for."""
        left, most = payload.get("quota_remaining"), payload.get("quota_max")
        if isinstance(left, int) and isinstance(most, int) and left >= 0:
            self.upstream.http.hear(url, Quota(left, most))
        backoff = payload.get("backoff")
        if not isinstance(backoff, int | float) or backoff <= 0:
            return
        if backoff <= max(LONGEST_REST_S, self.upstream.http.max_wait_s):
            self.upstream.http.rest(url, float(backoff))
        else:
            self._close(url, float(backoff))

    def _close(self, url: str, seconds: float | None) -> None:
        """Let nobody ask for so long, or for the rest of the run."""
        is_told = seconds is not None and seconds < LONGEST_CLOSED_S
        ends = self.upstream.http.now() + timedelta(seconds=seconds) if seconds and is_told else None
        self.upstream.http.hear(url, Quota(0, CALLS_A_DAY[self.upstream.token is not None], ends))

    def total(self, tags: Sequence[str], **window: int) -> tuple[float, Answer]:
        """Count the questions that carry all the tags in a window; all questions of the site without tags."""
        tagged = {"tagged": ";".join(tags)} if tags else {}
        payload, answer = self.ask("questions", filter="total", **tagged, **window)
        return count(payload, "total"), answer

    def union(self, tags: Sequence[str], known: Mapping[str, float], **window: int) -> tuple[float, Answer | None]:
        """Count the questions with any of the tags: inclusion and exclusion, a call for each set that is not known.

        Raise IncompleteError where more questions carry several tags than carry fewer of them.
        """
        counted: dict[Sequence[str], float] = {}
        answer = None
        for size in range(1, len(tags) + 1):
            for some in combinations(tags, size):
                if size == 1 and some[0] in known:
                    counted[some] = known[some[0]]
                else:
                    number, answer = self.total(some, **window)
                    counted[some] = _within(number, some, counted)
        return sum(number if len(some) % 2 else -number for some, number in counted.items()), answer

    def synonyms(self, subjects: Sequence[Subject]) -> dict[str, list[str]]:
        """Return the synonyms of each tag of the subjects, a hundred a call; none where the server has no such list."""
        found: dict[str, list[str]] = {}
        tags = sorted({tag for subject in subjects for tag in subject.stackoverflow_tags})
        try:
            for names, _ in chunks(tags):
                for item in self.pages(f"tags/{names}/synonyms"):
                    found.setdefault(str(need(item, "to_tag")), []).append(str(need(item, "from_tag")))
        except GoneError:
            return {}
        return found

    def pages(self, path: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        """Yield every item, a hundred a call; the API gives no page beyond the 25th without a key."""
        for page in range(1, MAX_PAGES + 1):
            payload, _ = self.ask(path, page=page, pagesize=PAGE, **params)
            items = each(payload, "items")
            yield from items
            if not _has_more(payload, len(items)):
                return
            if not items:
                raise IncompleteError(f"page {page} of {path.partition('/')[0]} is empty, and more are said to follow")
        raise TooLargeError(f"{path.partition('/')[0]} has more than {MAX_PAGES} pages")

    def counts(self, tags: Sequence[str]) -> tuple[dict[str, float], dict[str, Answer]]:
        """Return how many questions each tag has, and the answer that says so; an unknown tag is left out."""
        totals: dict[str, float] = {}
        answers: dict[str, Answer] = {}
        for names, some in chunks(tags):
            payload, answer = self.ask(f"tags/{names}/info", pagesize=TAGS_PER_CALL)
            read = read_tags(payload)
            totals |= read
            answers |= dict.fromkeys((*read, *some), answer)
        return totals, answers


def _within(number: float, tags: Sequence[str], counted: Mapping[Sequence[str], float]) -> float:
    """Return how many questions carry all of some tags: never more than carry all but one of them."""
    most = min((counted[fewer] for fewer in combinations(tags, len(tags) - 1) if fewer), default=number)
    if number > most + max(SLACK * most, LEAST_SLACK):
        raise IncompleteError(
            f"Stack Overflow counts {number:,.0f} questions with {' and '.join(tags)}, of {most:,.0f}"
        )
    return min(number, most)


def _has_more(payload: Mapping[str, Any], items: int) -> bool:
    """Return whether a page follows; a full page that does not say so may be a part only, and raises ChangedError."""
    return False if payload.get("has_more") is None and items < PAGE else flag(payload, "has_more")


def chunks(tags: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    """Return the tags by the hundred, as an address holds them and as they are."""
    parts = [tags[start : start + TAGS_PER_CALL] for start in range(0, len(tags), TAGS_PER_CALL)]
    return [(quote(";".join(part), safe=";"), part) for part in parts]


def read_tags(payload: Any) -> dict[str, float]:
    """Read how many questions each tag has."""
    return {str(need(item, "name")): count(item, "count") for item in each(payload, "items")}
