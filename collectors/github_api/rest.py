"""Ask GitHub's REST API: every failure is a SourceError, and a list asked one a page is counted by its last page."""

from collections.abc import Callable, Mapping
from typing import Any

from collectors.errors import ChangedError, IncompleteError
from collectors.github_api.client import STATUS, Client, rest
from collectors.reading import one_answer
from collectors.transport.links import links_of, page_of
from collectors.transport.payload import count

NO_CONTENT = "204"


def ask_rest(client: Client, path: str) -> tuple[Mapping[str, str], Any]:
    """Ask for a REST path; every failure is a SourceError."""
    return plainly(lambda: rest(client, path))


def plainly(ask: Callable[[], tuple[Mapping[str, str], Any]]) -> tuple[Mapping[str, str], Any]:
    """Turn what PyGithub raises of its own into what is wrong with the answer."""
    from github import GithubException

    with one_answer():
        try:
            return ask()
        except GithubException as error:
            raise ChangedError(f"GitHub: {error.message or error}") from error
        except ValueError as error:
            raise ChangedError(f"GitHub sent no JSON: {error}") from error


def read_last_page(headers: Mapping[str, str], payload: Any) -> float:
    """Return the number of items of a list asked one a page: the number of its last page.

    An empty repository has no list (204), and so no items; any other answer without a list raises ChangedError. A list
    that is there and empty tells of nothing, and one of several a page would be counted by its pages.
    """
    if payload is None and headers.get(STATUS) == NO_CONTENT:
        return 0.0
    if not isinstance(payload, list) or not all(isinstance(one, Mapping) for one in payload):
        raise ChangedError("a list of objects was expected")
    links = links_of(headers)
    last = page_of(links.get("last"))
    if last is None and "next" in links:
        raise IncompleteError("the list goes on, and does not say to which page")
    if not payload:
        raise IncompleteError("the list is empty; of an empty repository there would be none")
    if last is not None and len(payload) > 1:
        raise ChangedError(f"the list comes {len(payload)} a page, though one was asked for")
    return float(len(payload)) if last is None else count(last)
