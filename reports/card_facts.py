"""Everything that a card says, and the sentences that only put it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.share import COMPLETE
from reports import card_sentences as told

DIMENSIONS = {
    "ecosystem": "Ecosystem health",
    "production": "Production maturity",
    "research": "Research adoption",
    "learning": "Learning curve",
    "performance": "Performance",
}
Row = Mapping[str, Any]
TAKE = {
    "strengths": "Strengths",
    "left": "What is left of use",
    "weaknesses": "Weaknesses",
    "best_for": "Best for",
    "avoid_if": "Avoid if",
}
UNSURE = "In its favour, if it is still maintained"
PLURALS = {"library": "libraries"}
NOT_TOLD: Row = {
    "state": "not known",
    "since": None,
    "headline": "state not known",
    "sentence": "Whether it is still maintained is not known.",
}
NO_SCORE = "n/a"
NOTHING_TAKEN: Row = {**dict.fromkeys(TAKE, ()), "unjudged": (), "peers": 0}


@dataclass(frozen=True)
class CardFacts:
    """A score row with its dimension rows and figures, and what the draws, the months and the rules say of them.

    A dimension row has also sentence, trend and interval; a figure also name, meaning, unit, evidence and beside
    (what was measured where a curated value counts). Whatever is not known is None.
    """

    subject: str
    name: str
    score: Row
    dimensions: Mapping[str, Row]
    figures: Sequence[Row]
    word: str = "Not rated"
    interval: Row | None = None
    ranks: Sequence[Row] = ()
    trend: Row | None = None
    change: Row | None = None
    months: Sequence[Row] = ()
    take: Row = field(default_factory=lambda: NOTHING_TAKEN)
    companions: Sequence[Row] = ()
    audit: Row | None = None
    label: str | None = None
    is_floor: bool = False
    waits_for: Sequence[str] = ()
    falls: Sequence[Row] = ()
    kind: str = "framework"
    lifecycle: Row = field(default_factory=lambda: NOT_TOLD)

    @property
    def headline(self) -> str:
        """The Speed Score as it is said: "at least" where something that could raise it was not seen."""
        score = self.score["speed_score"]
        return NO_SCORE if score is None else f"{self._at_least(self.score['coverage'])}{score:.1f}"

    @property
    def waiting(self) -> str | None:
        """What could still raise the score."""
        if not self.waits_for:
            return None
        return told.some(self.waits_for)

    @property
    def first_line(self) -> str:
        """The score, its range and the state of the project, as they are said first."""
        score = self.score["speed_score"]
        parts = ["No Speed Score" if score is None else f"Speed Score {self.headline} of 10"]
        if self.interval:
            parts.append(f"range {self.interval['lo']:.1f} to {self.interval['hi']:.1f}")
        return " \N{MIDDLE DOT} ".join([*parts, str(self.lifecycle["headline"])])

    @property
    def why(self) -> str:
        """Why the score is what it is, in one sentence."""
        said = {name: self.said(name) for name in DIMENSIONS}
        return told.why(self.dimensions, DIMENSIONS, said, is_withheld=self.score["speed_score"] is None)

    @property
    def range_note(self) -> str | None:
        """What the score and its range are; None where no range was drawn."""
        is_whole = self.score["coverage"] >= COMPLETE
        return told.range_note(is_floor=self.is_floor, is_whole=is_whole) if self.interval else None

    @property
    def notices(self) -> Mapping[str, str]:
        """What is missing, what ages, what is lost soon: a sentence each, where there is something to say."""
        said = {
            "missing": told.missing(self.waits_for, self.figures),
            "not_fresh": told.ageing(self.stale, is_floor=self.is_floor),
            "ahead": told.ahead(self.falls, DIMENSIONS),
        }
        return {name: text for name, text in said.items() if text}

    @property
    def plural(self) -> str:
        """What several of its kind are called."""
        return PLURALS.get(self.kind, f"{self.kind}s")

    @property
    def scale(self) -> str:
        """What the words and bars are measured by."""
        return told.scale(self.kind, self.plural)

    @property
    def sides(self) -> Mapping[str, str]:
        """The lists of the Quick Take with their headings: those of an ended project are others."""
        if not self.take.get("left"):
            return {name: title for name, title in TAKE.items() if name != "left"}
        is_ended = self.lifecycle["state"] in {"archived", "retired"}
        left = TAKE["left"] if is_ended else UNSURE
        return {"left": left} | {name: TAKE[name] for name in ("weaknesses", "avoid_if")}

    @property
    def is_mute(self) -> bool:
        """Whether there is no score, and nothing to say in any list of the Quick Take."""
        return self.score["speed_score"] is None and not any(self.take[side] for side in TAKE if side in self.take)

    @property
    def compared(self) -> str:
        """With whom it was compared, and what could not be judged."""
        peers, open_uses = self.take["peers"], self.take["unjudged"]
        who = f"Compared with {peers} other {self.plural}." if peers else self._alone
        return f"{who} Not judged, because something is not known: {'; '.join(open_uses)}." if open_uses else who

    @property
    def _alone(self) -> str:
        return f"Compared with nobody: that takes two other {self.plural} with a score."

    def said(self, dimension: str) -> str:
        """Return the score of a dimension as it is said."""
        row = self.dimensions[dimension]
        return NO_SCORE if row["score"] is None else f"{self._at_least(row['coverage'])}{row['score']:.1f}"

    @property
    def said_beside(self) -> Mapping[str, str]:
        """Return the Speed Score ("speed") and each dimension as they are said beside others, with their ranges."""
        known = {name: (self.said(name), self.dimensions[name]["interval"]) for name in DIMENSIONS}
        return {name: _with_range(*one) for name, one in ({"speed": (self.headline, self.interval)} | known).items()}

    def _at_least(self, coverage: float) -> str:
        return "at least " if self.is_floor and coverage < COMPLETE else ""

    @property
    def calculation(self) -> str:
        """The calculation line, so that a reader can do it again."""
        published = [self.dimensions[dimension]["score"] for dimension in DIMENSIONS]
        if any(score is None for score in published):
            return f"withheld: {self.score['reason']}"
        summed = " + ".join(f"{score:.1f}" for score in published)
        return f"({summed}) / 5 = {self.score['speed_mean']:.2f} -> {self.score['speed_score']:.1f}"

    @property
    def provenance(self) -> str:
        """What the answered weight rests on, in one line."""
        shares = {"measured": 0.0, "derived": 0.0, "curated": 0.0}
        fresh = [row for row in self.figures if row["state"] == "fresh"]
        for row in fresh:
            shares[row["status"]] += row["weight"]
        total = sum(shares.values())
        if not total:
            return "nothing is known"
        parts = [f"{kind} {100 * share / total:.0f}%" for kind, share in shares.items()]
        oldest = min((row["valid_at"] for row in fresh if row["status"] == "curated"), default=None)
        expired = sum(row["state"] == "stale" and row["status"] == "curated" for row in self.figures)
        more = [f"oldest {oldest:%Y-%m-%d}" if oldest else "", f"{expired} expired" if expired else ""]
        told = ", ".join(filter(None, more))
        return " | ".join(parts) + (f" ({told})" if told else "")

    @property
    def stale(self) -> list[Row]:
        """The figures that are past their age, the oldest first."""
        return sorted((row for row in self.figures if row["state"] == "stale"), key=lambda row: row["valid_at"])

    @property
    def standing(self) -> str | None:
        """The likeliest rank among the published subjects of its kind."""
        return told.standing(self.ranks, self.plural)

    @property
    def last_month(self) -> str | None:
        """What changed since a month ago."""
        if self.change is None:
            return None
        moved = f"{self.change['difference']:+.2f} since {self.months[-2]['as_of']:%Y-%m-%d}"
        return moved if self.change["is_material"] else f"no material change ({moved})"

    @property
    def course(self) -> str | None:
        """Which way the score goes, in words."""
        if self.trend is None or self.trend["word"] is None:
            return None
        return f"{self.trend['word']}, {self.trend['slope']:+.2f} a year over {self.trend['points']} months"

    def beside(self, dimension: str) -> list[Row]:
        """Return what is shown with a dimension and not weighed."""
        return [row for row in self.companions if row["dimension"] == dimension]

    def lines(self, dimension: str) -> list[Row]:
        """Return the figures behind a dimension, in the order of the rubric's groups."""
        return [row for row in self.figures if row["dimension"] == dimension]


def _with_range(said: str, interval: Row | None) -> str:
    if said == NO_SCORE:
        return "withheld"
    return f"{said} ({interval['lo']:.1f} to {interval['hi']:.1f})" if interval else said
