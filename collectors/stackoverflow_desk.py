"""The Stack Exchange API's manners: the site, the key, the quota, the rests it asks for, the errors in its bodies."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import quote, urlsplit

from catalog.subject import Subject
from collectors.archive import Answer
from collectors.budget import Quota
from collectors.errors import ChangedError, GoneError, LimitError, SourceError
from collectors.http import count, each, need, parse
from collectors.source import Upstream

TAGS_PER_CALL = 100


class Desk:
    """Asks the API for the site Stack Overflow."""

    def __init__(self, upstream: Upstream) -> None:
        """Keep where to ask; nothing is asked yet."""
        self.upstream = upstream

    def ask(self, path: str, **params: Any) -> tuple[Any, Answer]:
        """Ask for one page; raise what its error body means, keep its answer when it asks for a rest."""
        key = {"key": self.upstream.token} if self.upstream.token else {}
        url = f"{self.upstream.base_url}/{path}"
        try:
            answer = self.upstream.http.get(url, **{"site": "stackoverflow", **params, **key})
        except ChangedError as error:
            raise _error_of(error) from error
        payload = parse(answer)
        if isinstance(payload, dict) and "error_id" in payload:
            raise _named(payload)
        if isinstance(payload, dict):
            self._heed(url, payload)
        return payload, answer

    def _heed(self, url: str, payload: Mapping[str, Any]) -> None:
        """Keep what an answer says beside its data: the rest it asks for, and what is left of the day's quota."""
        if backoff := payload.get("backoff"):
            self.upstream.http.pace.rest(urlsplit(url).netloc, float(backoff))
        left, most = payload.get("quota_remaining"), payload.get("quota_max")
        if isinstance(left, int) and isinstance(most, int):
            self.upstream.http.budget.hear(url, Quota(left, most))

    def total(self, tags: Sequence[str], **window: int) -> tuple[float, Answer]:
        """Count the questions that carry all the tags in a window; all questions of the site without tags."""
        tagged = {"tagged": ";".join(tags)} if tags else {}
        payload, answer = self.ask("questions", filter="total", **tagged, **window)
        return count(payload, "total"), answer

    def union(self, tags: Sequence[str], known: Mapping[str, float], **window: int) -> tuple[float, Answer | None]:
        """Count the questions with any of the tags: inclusion and exclusion, a call for each set that is not known."""
        found, answer = 0.0, None
        for size in range(1, len(tags) + 1):
            for some in combinations(tags, size):
                if size == 1 and some[0] in known:
                    number = known[some[0]]
                else:
                    number, answer = self.total(some, **window)
                found += number if size % 2 else -number
        return found, answer

    def synonyms(self, subjects: Sequence[Subject]) -> dict[str, list[str]]:
        """Give the synonyms of each tag of the subjects, a hundred a call; none where the server has no such list."""
        found: dict[str, list[str]] = {}
        tags = sorted({tag for subject in subjects for tag in subject.stackoverflow_tags})
        try:
            for names, _ in chunks(tags):
                payload, _ = self.ask(f"tags/{names}/synonyms", pagesize=TAGS_PER_CALL)
                for item in each(payload, "items"):
                    found.setdefault(str(need(item, "to_tag")), []).append(str(need(item, "from_tag")))
        except GoneError:
            return {}
        return found

    def counts(self, tags: Sequence[str]) -> tuple[dict[str, float], dict[str, Answer]]:
        """Give how many questions each tag has, and the answer that says so; an unknown tag is left out."""
        totals: dict[str, float] = {}
        answers: dict[str, Answer] = {}
        for names, some in chunks(tags):
            payload, answer = self.ask(f"tags/{names}/info", pagesize=TAGS_PER_CALL)
            read = read_tags(payload)
            totals |= read
            answers |= dict.fromkeys((*read, *some), answer)
        return totals, answers


def chunks(tags: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    """Give the tags by the hundred, as an address holds them and as they are."""
    parts = [tags[start : start + TAGS_PER_CALL] for start in range(0, len(tags), TAGS_PER_CALL)]
    return [(quote(";".join(part), safe=";"), part) for part in parts]


def read_tags(payload: Any) -> dict[str, float]:
    """Read how many questions each tag has."""
    return {str(need(item, "name")): count(item, "count") for item in each(payload, "items")}


def _named(payload: Any) -> SourceError:
    name, message = payload.get("error_name", ""), payload.get("error_message", "")
    if payload.get("error_id") == 502 or "throttle" in name:
        return LimitError(f"Stack Exchange throttles us: {message}")
    if payload.get("error_id") == 404:
        return GoneError(f"Stack Exchange: {name}: {message}")
    return ChangedError(f"Stack Exchange: {name}: {message}")


def _error_of(error: ChangedError) -> SourceError:
    notes = " ".join(getattr(error, "__notes__", []))
    if "no_method" in notes:
        return GoneError("Stack Exchange has no such method")
    return LimitError("Stack Exchange throttles us") if "throttle_violation" in notes else error
