"""The static site: a leaderboard and a card for each subject; every page stands alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.card import SCHEMA, as_html, as_json, environment, schema
from reports.card_facts import CardFacts


def pages(cards: Sequence[CardFacts], as_of: datetime, status: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return every page of the site by its file name."""
    ranked = sorted(cards, key=_rank)
    index = environment().get_template("index.html.j2").render(cards=ranked, as_of=as_of, status=status)
    found = {"index.html": index, SCHEMA: schema()}
    for card in ranked:
        found[f"{card.subject}.html"] = as_html(card)
        found[f"{card.subject}.json"] = as_json(card)
    return found


def _rank(card: CardFacts) -> tuple[float, float, str]:
    """Best score first; without one, the best covered first."""
    score = card.score["speed_score"]
    return (-score if score is not None else 1.0, -card.score["coverage"], card.name)
