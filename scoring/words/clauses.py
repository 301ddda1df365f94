"""Sentences about a figure or a dimension with its value in its unit, and how another's value is put beside it."""

from collections.abc import Callable, Mapping, Sequence

from catalog.liveness import DYING, STATES
from catalog.metric import COUNTED, METRICS
from catalog.wording import bare, in_words
from scoring.words.field import DIMENSION, Item, Others
from scoring.words.phrases import phrases

Products = Callable[[str, str], Sequence[str]]
"""From subject and metric to the names of what stands behind it."""
NOUNS = COUNTED | {"owners", "clouds of 3", "ppm"}
"""The units whose noun stands in the sentence."""
FLAG, RATED, STATE = "0 or 1", "level 0-4", "state 0-4"


def no_products(_subject: str, _metric: str) -> Sequence[str]:
    """Name nothing."""
    return ()


def unit_of(item: Item) -> str:
    """Return the unit of a figure; of a dimension none."""
    return "" if item.sort == DIMENSION else METRICS[item.key].unit


def told_value(item: Item, value: float | None = None) -> str:
    """Return what an item is worth in words: a dimension's score, a figure's value in its unit."""
    if item.sort == DIMENSION:
        return f"{item.score if value is None else value:.1f}"
    number, unit = item.value if value is None else value, unit_of(item)
    return bare(number) if unit in NOUNS and number is not None else in_words(number, unit)


def at_least(item: Item) -> str:
    """Return "at least " before a dimension's score that something open could still raise."""
    return "at least " if item.sort == DIMENSION and item.ceiling > item.score else ""


def clause(item: Item, products: Products = no_products) -> str:
    """Say what an item is, as the first half of a sentence."""
    rules = phrases()
    if item.sort == DIMENSION:
        return f"{rules.title(item.key)} is {at_least(item)}{item.score:.1f} of 10"
    of_one = rules.clauses_of_one.get(item.key) if item.value == 1 else None
    template = of_one or rules.clauses.get(item.key, f"{rules.title(item.key)}: {{v}}")
    text = template if isinstance(template, str) else template[bool(item.value)]
    worst = unit_of(item) == RATED and item.value == 0
    text = text.replace("{v}", "lowest (\u201cnone\u201d)" if worst else told_value(item))
    return f"{text[:1].upper()}{text[1:]}{named(item, products)}"


def named(item: Item, products: Products) -> str:
    """Name what stands behind a capability that is there, in brackets."""
    found = products(item.subject, item.key) if item.value else ()
    return f" ({listed(found)})" if found else ""


def beside(peer: Item, name: str, products: Products = no_products) -> str:
    """Put another's value beside a clause: `MLX 1.5 weeks`, `TensorFlow's is excellent`, `Keras has one`."""
    unit = unit_of(peer)
    if unit == FLAG:
        return f"{name} has {f'one{named(peer, products)}' if peer.value else 'none'}"
    if unit in {RATED, STATE}:
        return f"{name}'{'' if name.endswith('s') else 's'} is {told_value(peer)}{named(peer, products)}"
    return f"{name} {at_least(peer)}{told_value(peer)}"


def middle(item: Item, others: Others) -> str | None:
    """Return the middle value of others in words; None where it reads as the item's own."""
    told = told_value(item, others.middle_told) if len(others) else None
    return None if told == told_value(item) or unit_of(item) in {FLAG, RATED, STATE} else told


def most_lack(item: Item, others: Others, count: int) -> bool:
    """Tell whether more than half of `count` others are known to lack an item that is absent or present."""
    return unit_of(item) == FLAG and 2 * others.absent > count


def dying_state(item: Item) -> str | None:
    """Return the state of what stands behind a capability that is there, if that is declining or retired."""
    state = None if item.backing is None or item.value == 0 else STATES[round(item.backing)]
    return state if state in DYING else None


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def others_of(names: Mapping[str, str], peers: Sequence[Item]) -> str:
    """Say who comes next; nothing where nobody is known."""
    if not peers or unit_of(peers[0]) == FLAG or not (peers[0].value or peers[0].sort == DIMENSION):
        return ""
    return f"; next is {names[peers[0].subject]} with {at_least(peers[0])}{told_value(peers[0])}"
