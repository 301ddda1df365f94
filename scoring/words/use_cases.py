"""For whom a subject is the right one and for whom it is not: use cases by rule, each with its facts.

See docs/method.md#words.

An `avoid_if` compares by its own limit and names no peer.
"""

from collections.abc import Iterable
from itertools import groupby

from catalog.liveness import STATES
from catalog.wording import many
from scoring.words.clauses import Products, dying_state, listed, named, no_products
from scoring.words.field import Item, mean
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import Phrase, UseCase, phrases


def best_for(
    case: UseCase, field: PeerComparison, subject: str, products: Products = no_products
) -> Phrase | bool | None:
    """Return the phrase, False where the use case does not hold, None where a figure is not known."""
    asked = [(field.get(subject, one["of"]), one["least"]) for one in case.rule["require"]]
    known = [(item, least) for item, least in asked if item]
    if any(item.score < least or dying_state(item) for item, least in known):
        return False
    if len(known) < len(asked):
        return None
    rule = f"asked for: {listed([f'{_called(item)} at {least:g} of 10 or more' for item, least in known])}"
    alive = [item for key in case.rule.get("named", ()) if (item := field.get(subject, key)) and not dying_state(item)]
    names = tuple(dict.fromkeys(name for item in alive if item.value for name in products(subject, item.key)))
    text = f"{case.text} ({listed(names)})" if names else case.text
    return Phrase(text, rule, tuple(item for item, _ in known), case.use)


def avoid_if(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    """Return the phrase, False where nothing speaks against the use, None where it cannot be told."""
    return _below(case, field, subject) if "value" in case.rule else _short(case, field, subject)


def ended(own: Iterable[Item]) -> list[Phrase]:
    """Warn of a project whose main repository is archived or retired."""
    said = {("github.is_archived", 1.0): "archived", ("liveness.main", float(STATES.index("retired"))): "retired"}
    found = [(item, said.get((item.key, item.value))) for item in own if item.value is not None]
    return [phrases().phrase(say, (item,)) for item, say in found if say]


def dying(own: Iterable[Item], products: Products = no_products) -> list[Phrase]:
    """Warn of every capability that rests on repositories that are declining or retired: one sentence a state."""
    hit = [(state, item) for item in own if item.score > 0 and (state := dying_state(item))]
    rules, found = phrases(), []
    for state, pairs in groupby(sorted(hit, key=lambda one: one[0]), key=lambda one: one[0]):
        items = tuple(item for _, item in pairs)
        if len(items) == 1:
            found.append(rules.phrase("dying", items, state=state, behind=named(items[0], products)))
        else:
            names = listed([rules.name(item.key) for item in items])
            found.append(rules.phrase("dying_many", items, state=state, names=names))
    return found


def _below(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    item = field.get(subject, case.rule["value"])
    if item is None or item.value is None:
        return None
    rule = f"said where {phrases().name(item.key)} is below {case.rule['below']:g}"
    return item.value < case.rule["below"] and Phrase(case.text, rule, (item,), case.use)


def _short(case: UseCase, field: PeerComparison, subject: str) -> Phrase | bool | None:
    keys, short = case.rule["mean"], case.rule["short"]
    own = field.every(subject, keys)
    if own is None:
        return None
    ranked = field.ranked(tuple(keys), own[0].kind)
    if len(ranked) < phrases().limit.field:
        return None
    best = next(items for items in ranked if items[0].subject != subject)
    told = listed([phrases().name(key) for key in keys])
    rule = f"said where {told} lies {short:g} of 10 or more below that of the best of {many(len(ranked) - 1, 'peers')}"
    return mean(own) < mean(best) - short and Phrase(case.text, rule, (*own, *best), case.use)


def _called(item: Item) -> str:
    """Call an item as a rule does; a group after its own name."""
    dimension, _, group = item.key.partition(".")
    rules = phrases()
    return f"{group} in {rules.name(dimension)}" if dimension in rules.dimensions and group else rules.name(item.key)
