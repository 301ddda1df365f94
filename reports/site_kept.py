"""What stays in memory of subjects whose own pages are written: a line of the board, what moved, packed histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import polars as pl

from reports.card_facts import DIMENSIONS, NOTHING_TAKEN, CardFacts
from reports.site_changes import score_changes
from reports.site_facts import Frames, SiteFacts
from reports.site_subject import last_known

WHOLE = ("scores", "figures", "shares")
SAID = ("speed_score", "speed_raw", "coverage")


@dataclass
class KeptFacts:
    """Of the subjects seen so far: lines of the board, changes of scores, units of figures, histories as Parquet."""

    board: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    packed: dict[str, list[bytes]] = field(default_factory=lambda: {name: [] for name in WHOLE})
    with_scores: set[str] = field(default_factory=set)

    def add(self, site: SiteFacts) -> None:
        """Keep what the pages about everybody say of a block of subjects."""
        narrow = {card.subject: _narrow(card) for card in site.cards}
        self.board += [_line(site, card) for card in narrow.values()]
        self.changes += [row | {"card": narrow[row["card"].subject]} for row in score_changes(site)]
        self.units |= {row["metric"]: row["unit"] for card in site.cards for row in (*card.figures, *card.companions)}
        self.with_scores |= set(site.scores)
        for name in WHOLE:
            frames: Frames = getattr(site, name)
            if frames:
                self.packed[name].append(_packed(pl.concat([frames[subject] for subject in sorted(frames)])))

    @property
    def names(self) -> Mapping[str, str]:
        """The names of the subjects."""
        return {row["card"].subject: row["card"].name for row in self.board}

    @property
    def ranked(self) -> list[dict[str, Any]]:
        """The lines of the board, the best first."""
        return sorted(self.board, key=lambda row: _rank(row["card"]))

    @property
    def tables(self) -> Sequence[str]:
        """Which histories there are, and who is on the site where somebody is."""
        return ("subjects",) * bool(self.board) + tuple(name for name in WHOLE if self.packed[name])

    def parts(self, name: str) -> Iterator[pl.DataFrame]:
        """Yield a table of all subjects together, part by part."""
        if name == "subjects":
            yield self._subjects()
        else:
            yield from (pl.read_parquet(BytesIO(one)) for one in self.packed[name])

    def _subjects(self) -> pl.DataFrame:
        """Return a row a subject: subject, name, kind, state (live, declining, retired, archived, not known)."""
        told = [(one.subject, one.name, row["in_kind"], one.lifecycle["state"])
                for row in self.board for one in [row["card"]]]  # fmt: skip
        columns = dict.fromkeys(("subject", "name", "kind", "state"), pl.String)
        return pl.DataFrame(told, schema=columns, orient="row").sort("subject")


def _packed(frame: pl.DataFrame) -> bytes:
    kept = BytesIO()
    frame.write_parquet(kept, compression="zstd")
    return kept.getvalue()


def _narrow(card: CardFacts) -> CardFacts:
    """Return a card with what the pages about everybody say of it."""
    parts = {
        key: {name: card.dimensions[key][name] for name in ("score", "interval", "coverage")} for key in DIMENSIONS
    }
    is_known = any(month["speed_raw"] is not None for month in card.months)
    return replace(
        card, score={name: card.score[name] for name in SAID}, dimensions=parts, figures=(), ranks=(), change=None,
        months=card.months if is_known else (), take=NOTHING_TAKEN, companions=(), audit=None, waits_for=(), falls=(),
    )  # fmt: skip


def _line(site: SiteFacts, card: CardFacts) -> dict[str, Any]:
    """Return a row of the board; what is withheld shows its last known scores with their days."""
    old = last_known(site, card.subject)
    now = {key: card.dimensions[key]["score"] for key in DIMENSIONS}
    fallen = {key: old[key] for key, score in now.items() if score is None and key in old}
    return {
        "card": card,
        "kind": site.kinds.get(card.subject, "subject"),
        "in_kind": site.kinds.get(card.subject),
        "now": now,
        "old": fallen,
        "last": old.get("speed") if card.score["speed_score"] is None else None,
    }


def _rank(card: CardFacts) -> tuple[float, float, str]:
    """Best score first; without one, the best covered first."""
    score = card.score["speed_score"]
    return (-score if score is not None else 1.0, -card.score["coverage"], card.name)
