"""Pages of a GraphQL connection, and what GitHub refuses about them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

Node = dict[str, Any]
T = TypeVar("T")


class RefusedError(Exception):
    """GitHub refuses a field; `kind` is the type in the errors of the answer."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep the kind beside the message."""
        super().__init__(message)
        self.kind = kind


def connection(items: Sequence[T], render: Callable[[T], Node], first: int | None, after: str | None) -> Node:
    """Return one page of a connection; its cursors are places in the list."""
    if first is not None and not 1 <= first <= 100:
        raise RefusedError("EXCESSIVE_PAGINATION", f"`first` is {first}; it must lie between 1 and 100.")
    start = int(after.removeprefix("cursor:")) if after else 0
    end = min(start + (first or 0), len(items))
    info = {"hasNextPage": end < len(items), "hasPreviousPage": start > 0}
    cursors = {"startCursor": f"cursor:{start}", "endCursor": f"cursor:{end}" if end > start else None}
    nodes = partial(_nodes, items[start:end], render, is_bounded=first is not None)
    return {"totalCount": len(items), "pageInfo": info | cursors, "nodes": nodes}


def _nodes(items: Sequence[T], render: Callable[[T], Node], _: Any, *, is_bounded: bool) -> list[Node]:
    if not is_bounded:
        raise RefusedError("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value.")
    return [render(item) for item in items]
