"""For whom a subject is the right one and for whom it is not: use cases by rule, each with its facts.

See docs/method.md#words.

An `avoid_if` compares by its own limit and names no peer.
"""

from collections.abc import Iterable

from catalog.liveness import DYING, STATES
from scoring.words.field import Item, mean
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import Phrase, UseCase, phrases


def best_for(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    """Return the phrase, False where the use case does not hold, None where a figure is not known."""
    asked = [(field.get(subject, one["of"]), one["least"]) for one in case.rule["require"]]
    known = [(item, least) for item, least in asked if item]
    if any(item.score < least for item, least in known):
        return False
    if len(known) < len(asked):
        return None
    rule = " and ".join(f"{item.key} >= {least:g}" for item, least in known)
    return Phrase(case.text, rule, tuple(item for item, _ in known))


def avoid_if(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    """Return the phrase, False where nothing speaks against the use, None where it cannot be told."""
    return _below(case, field, subject) if "value" in case.rule else _short(case, field, subject)


def ended(own: Iterable[Item]) -> list[Phrase]:
    """Warn of a project whose main repository is archived or retired."""
    said = {("github.is_archived", 1.0): "archived", ("liveness.main", float(STATES.index("retired"))): "retired"}
    found = [(item, said.get((item.key, item.value))) for item in own if item.value is not None]
    return [phrases().phrase(say, (item,)) for item, say in found if say]


def dying(own: Iterable[Item]) -> list[Phrase]:
    """Warn of every capability that is backed by repositories that are declining or retired."""
    states = [(item, STATES[round(item.backing)]) for item in own if item.backing is not None]
    return [
        phrases().phrase("dying", (item,), state=state) for item, state in states if state in DYING and item.score > 0
    ]


def _below(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    item = field.get(subject, case.rule["value"])
    if item is None or item.value is None:
        return None
    return item.value < case.rule["below"] and Phrase(case.text, f"{item.key} < {case.rule['below']:g}", (item,))


def _short(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    keys, short = case.rule["mean"], case.rule["short"]
    own = field.every(subject, keys)
    if own is None:
        return None
    ranked = field.ranked(tuple(keys), own[0].kind)
    if len(ranked) < phrases().limit.field:
        return None
    best = next(items for items in ranked if items[0].subject != subject)
    rule = f"mean of {' and '.join(keys)} < that of the best of {len(ranked) - 1} peers - {short:g}"
    return mean(own) < mean(best) - short and Phrase(case.text, rule, (*own, *best))
