"""The Quick Take: strengths, weaknesses, best for, avoid if; each phrase with the facts that fired it.

See docs/method.md#words.

Somebody is compared only in a field: at least three published subjects of a kind, the subject among them. Whoever is
said to be better or worse has an interval that does not overlap with the other's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.wording import many
from scoring.words.clauses import (
    Products,
    beside,
    clause,
    dying_state,
    middle,
    most_lack,
    no_products,
    others_of,
    told_value,
)
from scoring.words.field import DIMENSION, FIGURE, Item, Others
from scoring.words.lifecycle import ENDED, FLAG, MAIN, UNKNOWN, state_of
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import Phrase, phrases
from scoring.words.use_cases import avoid_if, best_for, dying, ended


@dataclass(frozen=True)
class QuickTake:
    """Everything that is said of a subject; `unjudged` are the uses of which a figure is not known.

    Of a project that has ended, or of which it is not known whether it has, there are no strengths and no uses: what
    would be its strengths is what is `left`. `peers` counts those that it was compared with in something.
    """

    strengths: tuple[Phrase, ...] = ()
    weaknesses: tuple[Phrase, ...] = ()
    best_for: tuple[Phrase, ...] = ()
    avoid_if: tuple[Phrase, ...] = ()
    unjudged: tuple[str, ...] = ()
    peers: int = 0
    left: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A phrase, and how many points of the Speed Score there are to it."""

    phrase: Phrase
    points: float


@dataclass(frozen=True)
class _Speaker:
    """What sentences need beside the items: the names of subjects, and of what stands behind a capability."""

    field: PeerComparison
    names: Mapping[str, str]
    products: Products

    def known(self, item: Item) -> Others:
        """Return the same item of its peers, where it is known."""
        return self.field.peers(item)


def quick_take(
    field: PeerComparison,
    subject: str,
    names: Mapping[str, str],
    products: Products = no_products,
    state: str | None = None,
) -> QuickTake:
    """Say what there is to say of a subject among the others of its kind; `names` are those of all subjects.

    `state` is that of the project's life; where it is not given it is told from the items.
    """
    speaker = _Speaker(field, names, products)
    rules, own = phrases(), [item for item in field.of(subject) if item.sort in {DIMENSION, FIGURE}]
    peers = {item.key: field.peers(item) for item in own}
    compared = [item for item in own if len(peers[item.key]) + 1 >= rules.limit.field]
    good = [found for item in own if (found := _strength(item, field.rivals(item), speaker))]
    praised = {found.phrase.facts[0].key for found in good}
    others = [item for item in own if item.key not in praised]
    bad = [found for item in others if (found := _weakness(item, peers[item.key], speaker))]
    life = state or _state(field, subject)
    is_doubtful = life in ENDED or (life == UNKNOWN and field.at_best is not None)
    uses = [(case, best_for(case, field, subject, products)) for case in rules.best_for if life not in ENDED]
    if is_doubtful:
        uses = [(case, None) for case, _ in uses]
    named_for = {found.use for _, found in uses if isinstance(found, Phrase)}
    risks = [(case, avoid_if(case, field, subject)) for case in rules.avoid_if if case.use not in named_for]
    return QuickTake(
        strengths=() if is_doubtful else _most(good),
        weaknesses=_most(bad),
        best_for=tuple(found for _, found in uses if isinstance(found, Phrase)),
        avoid_if=(*(found for _, found in risks if isinstance(found, Phrase)), *ended(own), *dying(own, products)),
        unjudged=tuple(case.text for case, found in (*uses, *risks) if found is None),
        peers=field.count_beside(subject, compared),
        left=_most(good) if is_doubtful else (),
    )


def _state(field: PeerComparison, subject: str) -> str:
    """Return the state of a project's life from its items."""
    signs = [field.get(subject, key) for key in (FLAG, MAIN)]
    return state_of(*(sign.value if sign else None for sign in signs))


def clauses(field: PeerComparison, subject: str, dimension: str) -> tuple[Item | None, list[Item]]:
    """Return what a dimension is best at, and its gaps, the worst first."""
    limit, whole = phrases().limit, field.get(subject, dimension)
    own = [one for one in field.of(subject) if one.sort == FIGURE and one.dimension == dimension]
    best = max((one for one in own if one.score >= limit.best), key=lambda one: (one.score, one.weight), default=None)
    gaps = [one for one in own if one.score <= limit.gap] if whole and whole.score >= limit.gap_in else []
    return best, sorted(gaps, key=lambda one: one.score)


def _strength(item: Item, rivals: Others, speaker: _Speaker) -> _Found | None:
    rules, limit = phrases(), phrases().limit
    said: dict[str, Any] = {
        "clause": clause(item, speaker.products),
        "kind": rules.plural(item.kind),
        "count": len(rivals) + 1,
    }
    if len(rivals) + 1 < limit.field:
        is_strong = item.sort == DIMENSION and item.low >= limit.strong
        return _Found(rules.phrase("alone", (item,), **said), item.weight * item.low) if is_strong else None
    points, facts = item.weight * (item.low - rivals.middle_score), (item, *rivals.first(limit.told))
    first = item.p_first or 0.0
    if first >= limit.sure_first and item.low > rivals.highest:
        following = others_of(speaker.names, speaker.known(item).first(1))
        told = {"next": following, "share": 100 * first, "least_sure": 100 * limit.sure_first}
        return _Found(rules.phrase("first", facts, **said, **told), points)
    is_apart = item.low > rivals.middle_high
    if item.score >= limit.strong and item.low >= rivals.middle_score + limit.lead and is_apart:
        return _Found(_above(item, facts, len(rivals), str(said["clause"]), speaker), points)
    return None


def _above(item: Item, facts: tuple[Item, ...], count: int, said: str, speaker: _Speaker) -> Phrase:
    """Put the middle value of the peers beside what lies well above them, where it can be told from it."""
    known = speaker.known(item)
    between = middle(item, known)
    who = "peers" if len(known) == count else "peers of which it is known"
    phrase = phrases().phrase(
        "above", facts, clause=said, peers=len(known) if between else count, peer_word=who, middle=between
    )
    lack = "have none" if most_lack(item, known, count) else "are behind"
    return phrase if between else replace(phrase, text=f"{said}; most of its {many(count, 'peers')} {lack}")


def _weakness(item: Item, peers: Others, speaker: _Speaker) -> _Found | None:
    rules, limit = phrases(), phrases().limit
    [best] = peers.first(1) if len(peers) + 1 >= limit.field else [None]
    is_behind = best is not None and item.high <= best.score - limit.lag and item.high < best.low
    if not (is_behind or item.ceiling <= limit.weak):
        return None
    points = item.weight * (best.score if is_behind and best else limit.weak + limit.lag) - item.weight * item.score
    facts = (item, best) if is_behind and best else (item,)
    state = dying_state(item)
    if state:
        behind = ", ".join(speaker.products(item.subject, item.key)) or "a repository"
        return _Found(rules.phrase("backed", facts, behind=behind, state=state), points)
    said = clause(item, speaker.products)
    if is_behind and best:
        is_told = told_value(best) != told_value(item)
        other = f"; {beside(best, speaker.names[best.subject], speaker.products)}" if is_told else ""
        told = {"other": other, "peers": len(peers), "peer_word": "peers"}
        return _Found(rules.phrase("behind", facts, clause=said, **told), points)
    return _Found(rules.phrase("low", facts, clause=said), points)


def _most(found: Iterable[_Found]) -> tuple[Phrase, ...]:
    """Return the phrases with the most points to them, one of each dimension first."""
    ranked = [one.phrase for one in sorted(found, key=lambda one: -one.points)]
    firsts = {phrase.facts[0].dimension: phrase for phrase in reversed(ranked)}
    chosen = sorted(ranked, key=lambda phrase: firsts[phrase.facts[0].dimension] is not phrase)
    return tuple(chosen[: phrases().limit.most])
