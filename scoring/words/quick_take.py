"""The Quick Take: strengths, weaknesses, best for, avoid if; each phrase with the facts that fired it.

See docs/method.md#words.

Somebody is compared only in a field: at least three published subjects of a kind, the subject among them. Whoever is
said to be better or worse has an interval that does not overlap with the other's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.words.field import DIMENSION, FIGURE, Item, Others
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import Phrase, phrases
from scoring.words.use_cases import avoid_if, best_for, dying, ended


@dataclass(frozen=True)
class QuickTake:
    """Everything that is said of a subject; `unjudged` are the uses of which a figure is not known.

    `peers` counts those that it was compared with in something.
    """

    strengths: tuple[Phrase, ...] = ()
    weaknesses: tuple[Phrase, ...] = ()
    best_for: tuple[Phrase, ...] = ()
    avoid_if: tuple[Phrase, ...] = ()
    unjudged: tuple[str, ...] = ()
    peers: int = 0


@dataclass(frozen=True)
class _Found:
    """A phrase, and how many points of the Speed Score there are to it."""

    phrase: Phrase
    points: float


def quick_take(field: PeerComparison, subject: str, names: Mapping[str, str]) -> QuickTake:
    """Say what there is to say of a subject among the others of its kind; `names` are those of all subjects."""
    rules, own = phrases(), [item for item in field.of(subject) if item.sort in {DIMENSION, FIGURE}]
    peers = {item.key: field.peers(item) for item in own}
    compared = [found for found in peers.values() if len(found) + 1 >= rules.limit.field]
    good = [found for item in own if (found := _strength(item, field.rivals(item)))]
    praised = {found.phrase.facts[0].key for found in good}
    others = [item for item in own if item.key not in praised]
    bad = [found for item in others if (found := _weakness(item, peers[item.key], names))]
    uses = [(case, best_for(case, field, subject)) for case in rules.best_for]
    risks = [(case, avoid_if(case, field, subject)) for case in rules.avoid_if]
    return QuickTake(
        strengths=_most(good),
        weaknesses=_most(bad),
        best_for=tuple(found for _, found in uses if isinstance(found, Phrase)),
        avoid_if=(*(found for _, found in risks if isinstance(found, Phrase)), *ended(own), *dying(own)),
        unjudged=tuple(case.text for case, found in (*uses, *risks) if found is None),
        peers=len(frozenset().union(*(found.field.subjects for found in compared)) - {subject}),
    )


def clauses(field: PeerComparison, subject: str, dimension: str) -> tuple[Item | None, list[Item]]:
    """Return what a dimension is best at, and its gaps, the worst first."""
    limit, whole = phrases().limit, field.get(subject, dimension)
    own = [one for one in field.of(subject) if one.sort == FIGURE and one.dimension == dimension]
    best = max((one for one in own if one.score >= limit.best), key=lambda one: (one.score, one.weight), default=None)
    gaps = [one for one in own if one.score <= limit.gap] if whole and whole.score >= limit.gap_in else []
    return best, sorted(gaps, key=lambda one: one.score)


def _strength(item: Item, peers: Others) -> _Found | None:
    rules, limit = phrases(), phrases().limit
    if len(peers) + 1 < limit.field:
        is_strong = item.sort == DIMENSION and item.low >= limit.strong
        return _Found(rules.phrase("alone", (item,)), item.weight * item.low) if is_strong else None
    middle, first = peers.middle_score, item.p_first or 0.0
    points, facts = item.weight * (item.low - middle), (item, *peers.first(limit.told))
    told = {"count": len(peers) + 1, "peers": len(peers), "median": middle, "share": 100 * first}
    if first >= limit.sure_first and item.low > peers.highest:
        return _Found(rules.phrase("first", facts, **told), points)
    is_apart = item.low > peers.middle_high
    if item.score >= limit.strong and item.low >= middle + limit.lead and is_apart:
        return _Found(rules.phrase("above", facts, **told), points)
    return None


def _weakness(item: Item, peers: Others, names: Mapping[str, str]) -> _Found | None:
    rules, limit = phrases(), phrases().limit
    [best] = peers.first(1) if len(peers) + 1 >= limit.field else [None]
    if best and item.high <= best.score - limit.lag and item.high < best.low:
        told = {
            "behind": rules.behind.get(item.key, "behind"),
            "peer": names[best.subject],
            "other": best.score,
            "peers": len(peers),
        }
        return _Found(rules.phrase("behind", (item, best), **told), item.weight * (best.score - item.score))
    if item.ceiling <= limit.weak:
        return _Found(rules.phrase("low", (item,)), item.weight * (limit.weak + limit.lag - item.score))
    return None


def _most(found: Iterable[_Found]) -> tuple[Phrase, ...]:
    """Return the phrases with the most points to them, one of each dimension first."""
    ranked = [one.phrase for one in sorted(found, key=lambda one: -one.points)]
    firsts = {phrase.facts[0].dimension: phrase for phrase in reversed(ranked)}
    chosen = sorted(ranked, key=lambda phrase: firsts[phrase.facts[0].dimension] is not phrase)
    return tuple(chosen[: phrases().limit.most])
