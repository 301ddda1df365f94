"""An observation: a value, or the reason why there is none."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What kind of answer an observation is (docs/method.md#from-an-answer-to-a-score)."""

    MEASURED = "measured"
    DERIVED = "derived"
    CURATED = "curated"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class Reason(StrEnum):
    """Why a value is missing (docs/method.md#what-is-missing)."""

    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    RESTRICTED = "restricted"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    PENDING_202 = "pending_202"
    INCOMPLETE = "incomplete"
    INVITE_EXPIRED = "invite_expired"
    SCHEMA_CHANGED = "schema_changed"
    STALE = "stale"
    QUARANTINED = "quarantined"
    RETRACTED = "retracted"
    NOT_SUPPORTED = "not_supported"
    NO_TOKEN = "no_token"  # noqa: S105 - a reason, not a password

    @property
    def told(self) -> str:
        """The reason as a sentence, as the view `why_missing` tells it."""
        return _TOLD[self]


_TOLD = {
    Reason.RATE_LIMITED: "The source allows no more requests for now",
    Reason.UNREACHABLE: "The source did not answer",
    Reason.RESTRICTED: "The source does not let us read it",
    Reason.NOT_FOUND: "The source does not know it any more",
    Reason.TOO_LARGE: "The answer is larger than is read",
    Reason.PENDING_202: "The source is still computing it",
    Reason.INCOMPLETE: "The source gave only a part",
    Reason.INVITE_EXPIRED: "The invitation has run out",
    Reason.SCHEMA_CHANGED: "The answer has another form than before",
    Reason.STALE: "What is known is too old",
    Reason.QUARANTINED: "What was read is implausible and is held back",
    Reason.RETRACTED: "What was said was taken back",
    Reason.NOT_SUPPORTED: "The source does not tell it",
    Reason.NO_TOKEN: "It takes a token that is not set",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One measurement of one metric of one subject, true at `valid_at` (naive UTC)."""

    subject: str
    metric: str
    method: str
    source: str
    valid_at: datetime
    value: float | None
    status: Status
    definition: str
    unit: str
    reason: Reason | None = None
    lo: float | None = None
    hi: float | None = None
    n: int | None = None
    valid_until: datetime | None = None
    url: str | None = None
    raw_sha256: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is neither a value nor a reasoned absence."""
        if self.valid_at.tzinfo is not None:
            raise ValueError(f"{self.metric} of {self.subject}: valid_at must be naive UTC")
        if any(x is not None and not math.isfinite(x) for x in (self.value, self.lo, self.hi)):
            raise ValueError(f"{self.metric} of {self.subject}: {self.value!r} is not a finite number")
        if (self.value is None) is self.has_value:
            raise ValueError(f"{self.metric} of {self.subject}: {self.status} goes not with {self.value!r}")
        if (self.status is Status.MISSING) is (self.reason is None):
            raise ValueError(f"{self.metric} of {self.subject}: a missing value, and only it, has a reason")

    @property
    def has_value(self) -> bool:
        """Whether a number stands here; zero is one."""
        return self.status in {Status.MEASURED, Status.DERIVED, Status.CURATED}
