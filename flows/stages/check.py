"""One thing that health looks at, and how bad it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is: `fail` wants somebody now, `warn` within days."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One thing looked at: its verdict, a figure in its unit where it has one, and a sentence with the next step."""

    name: str
    verdict: Verdict
    detail: str
    value: float | None = None
    unit: str | None = None


def worst(checks: Iterable[Check]) -> Verdict:
    """Return the worst verdict."""
    order = list(Verdict)
    return max((one.verdict for one in checks), key=order.index, default=Verdict.OK)
