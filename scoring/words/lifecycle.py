"""In which part of its life a project is: live, declining, retired, archived, or not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from catalog.liveness import STATES

ARCHIVED, RETIRED, DECLINING, LIVE, UNKNOWN = "archived", "retired", "declining", "live", "not known"
ENDED = {ARCHIVED, RETIRED}
FLAG, MAIN, PUSH, RELEASE = "github.is_archived", "liveness.main", "github.last_push_age_d", "github.last_release_age_d"
SIGNS = (FLAG, MAIN, PUSH, RELEASE)
WHY = {
    ARCHIVED: "its owner has archived the repository, so nothing is mended any more",
    RETIRED: "nobody works on its main repository any more",
    DECLINING: "its main repository sees less than a commit a week",
}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Lifecycle:
    """The state, since when (the last push, where the project has ended), and the reason in one sentence."""

    state: str
    since: date | None
    sentence: str

    @property
    def is_ended(self) -> bool:
        """Whether it is retired or archived."""
        return self.state in ENDED

    @property
    def headline(self) -> str:
        """The state as the first line of a card has it."""
        if self.state == UNKNOWN:
            return "state not known"
        return f"{self.state} since {self.since}" if self.since and self.state == RETIRED else self.state


def lifecycle(fresh: Mapping[str, Row], old: Mapping[str, Row]) -> Lifecycle:
    """Return the state from fresh answers; `old` has those past their age, which only tell what was last seen.

    Each row has `value` and `valid_at`. A project is live only where its repository's flag and state are both known.
    """
    state = state_of(*(fresh[name]["value"] if name in fresh else None for name in (FLAG, MAIN)))
    pushed = _day(fresh.get(PUSH) or old.get(PUSH))
    if state == UNKNOWN:
        seen = f"; the last push that was seen is of {pushed}" if pushed else ""
        return Lifecycle(state, None, f"Whether it is still maintained is not known{seen}.")
    told = f"last push on {pushed}" if pushed else ""
    if state not in ENDED and RELEASE in fresh:
        told += f"{', ' if told else ''}last release on {_day(fresh[RELEASE])}"
    reasons = [WHY.get(state, ""), _pace(state, fresh), told]
    sentence = "; ".join(filter(None, reasons)) or "its main repository is worked on"
    return Lifecycle(state, pushed if state in ENDED else None, f"{sentence[:1].upper()}{sentence[1:]}.")


def state_of(is_archived: float | None, main: float | None) -> str:
    """Return the state from the two answers that tell it (main from 0, as STATES has it)."""
    if is_archived == 1:
        return ARCHIVED
    word = None if main is None else STATES[round(main)]
    if word in {RETIRED, DECLINING}:
        return str(word)
    return UNKNOWN if is_archived is None or word is None else LIVE


def _pace(state: str, fresh: Mapping[str, Row]) -> str:
    is_watched = state == LIVE and STATES[round(fresh[MAIN]["value"])] == "watch"
    return "it has fallen below a fifth of its usual pace" if is_watched else ""


def _day(row: Row | None) -> date | None:
    """Return the day of which an answer tells the age."""
    if row is None or row["value"] is None:
        return None
    at: datetime = row["valid_at"]
    return (at - timedelta(days=row["value"])).date()
