"""What pages say of the facts that quote them: while the words stand, the day of review moves on.

See docs/facts.md#facts-re-read-themselves.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from catalog.fact import Fact, Key
from catalog.volatility import periods_d, review_day


def confirmed(facts: Iterable[Fact], last_stood_on: Mapping[Key, date]) -> tuple[Fact, ...]:
    """Return the facts with their last confirmation, by key; a review day never comes earlier."""
    return tuple(_confirmed(fact, last_stood_on.get(fact.key)) for fact in facts)


def _confirmed(fact: Fact, day: date | None) -> Fact:
    known = fact.confirmed_on or fact.valid_from
    if day is None or day <= known:
        return fact
    is_ours = fact.metric in periods_d()
    review_by = review_day(fact.subject, fact.metric, day) if is_ours else day + (fact.review_by - known)
    return fact.model_copy(update={"confirmed_on": day, "review_by": max(fact.review_by, review_by)})
