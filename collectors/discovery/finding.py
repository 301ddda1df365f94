"""A finding: one identifier of a framework, where it was read, and how sure that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How sure a finding is; one of low confidence is shown, and not written."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Finding:
    """One identifier by its key in the catalog, with what it was read from."""

    key: str
    value: str
    confidence: Confidence
    evidence: str


@dataclass(frozen=True)
class Link:
    """A link as a page has it, and the page."""

    url: str
    page: str


def without_twins(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings, each key and value once, as the surest evidence has it."""
    order = list(Confidence)
    best: dict[tuple[str, str], Finding] = {}
    for one in found:
        known = best.get((one.key, one.value))
        if known is None or order.index(one.confidence) < order.index(known.confidence):
            best[one.key, one.value] = one
    return list(best.values())
