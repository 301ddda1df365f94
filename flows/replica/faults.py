"""What may go wrong between a route and the wire, on purpose and a counted number of times."""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from threading import Lock
from typing import Any

from flows.replica.answer import Answer, of_html, of_json

ON_THE_WIRE = {"reset", "timeout", "slow_drip", "truncated"}
FAILED = {"errors": [{"message": "Something went wrong."}], "error_id": 500, "error_name": "internal_error"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of answers below a path: `kind` is one of KINDS, ON_THE_WIRE, or status:<number>."""

    prefix: str
    kind: str
    times: float = 1
    containing: str = ""
    seconds: float = 0.05
    name: str = ""
    to: str = ""
    value: Any = None
    size: int = 0
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind that nobody knows."""
        if self.kind not in {*KINDS, *ON_THE_WIRE} and not self.kind.startswith("status:"):
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(sorted({*KINDS, *ON_THE_WIRE}))}")

    def meets(self, target: str, body: bytes) -> bool:
        """Whether a request is one of those that go wrong: by its path, and by a text in its query or body."""
        return target.startswith(self.prefix) and self.containing in target + body.decode("utf-8", "replace")

    def spoil(self, answer: Answer) -> Answer:
        """Return the answer as the fault leaves it; what happens on the wire leaves it as it is."""
        clean = {name: text for name, text in answer.headers.items() if name != "ETag"}
        if self.kind in ON_THE_WIRE:
            return answer
        if self.kind.startswith("status:"):
            return of_json({"message": "Injected fault"}, int(self.kind.partition(":")[2])).plus(self.headers)
        return KINDS[self.kind](self, replace(answer, headers=clean))


class Faults:
    """The faults that a server still has to commit, in the order in which they were given."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep each fault with the number of times that are left."""
        self._left = {number: (fault, fault.times) for number, fault in enumerate(faults)}
        self._lock = Lock()

    def take(self, target: str, body: bytes) -> Fault | None:
        """Return the first fault that this request meets, and count it."""
        with self._lock:
            for number, (fault, left) in self._left.items():
                if left > 0 and fault.meets(target, body):
                    self._left[number] = fault, left - 1
                    return fault
        return None


def rewrite(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Change every object of a JSON value, inner ones first."""
    if isinstance(value, list):
        return [rewrite(one, change) for one in value]
    if isinstance(value, dict):
        return change({name: rewrite(one, change) for name, one in value.items()})
    return value


def _body(answer: Answer, value: Any) -> Answer:
    return replace(answer, body=json.dumps(value).encode())


def _change(answer: Answer, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    return _body(answer, rewrite(json.loads(answer.body), change))


def _wrong_type(fault: Fault, answer: Answer) -> Answer:
    """Put the named field's value into a list; without a name the whole body."""
    if not fault.name:
        return _body(answer, [json.loads(answer.body)])
    return _change(answer, lambda row: {k: [v] if k == fault.name else v for k, v in row.items()})


def _missing_field(fault: Fault, answer: Answer) -> Answer:
    return _change(answer, lambda row: {k: v for k, v in row.items() if k != fault.name})


def _renamed_field(fault: Fault, answer: Answer) -> Answer:
    return _change(answer, lambda row: {fault.to if k == fault.name else k: v for k, v in row.items()})


def _changed_field(fault: Fault, answer: Answer) -> Answer:
    return _change(answer, lambda row: {k: fault.value if k == fault.name else v for k, v in row.items()})


def _bomb(fault: Fault, answer: Answer) -> Answer:
    """Return a small gzip body that grows to `size` bytes of JSON white space."""
    return Answer(200, _packed(fault.size), {**answer.headers, "Content-Encoding": "gzip"})


@cache
def _packed(size: int) -> bytes:
    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as stream:
        for _ in range(size // 65_536 + 1):
            stream.write(b" " * 65_536)
    return packed.getvalue()


KINDS: dict[str, Callable[[Fault, Answer], Answer]] = {
    "error_body_200": lambda fault, _: of_json(FAILED if fault.value is None else fault.value),
    "wrong_type": _wrong_type,
    "html": lambda *_: of_html("Please wait"),
    "malformed": lambda _, answer: replace(answer, body=answer.body[: len(answer.body) // 2]),
    "missing_field": _missing_field,
    "renamed_field": _renamed_field,
    "added_field": lambda fault, answer: _body(answer, json.loads(answer.body) | {fault.name: fault.value}),
    "changed_field": _changed_field,
    "bomb": _bomb,
    "redirect": lambda fault, _: Answer(302, b"", {"Location": fault.url}),
}
