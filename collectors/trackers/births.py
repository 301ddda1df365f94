"""Which rows of trackers are about another repository under the same name: those that say it was created elsewhen."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from collectors.trackers.tracker import Told


def births(told: Iterable[Told]) -> dict[str, datetime]:
    """Return when the repository of each subject was created, where more than half of the rows that say it agree."""
    said: dict[str, Counter[datetime]] = defaultdict(Counter)
    for subject, created_at in (one.birth for one in told if one.birth):
        said[subject][created_at] += 1
    most = {subject: moments.most_common(1)[0] for subject, moments in said.items()}
    return {subject: moment for subject, (moment, rows) in most.items() if 2 * rows > said[subject].total()}


def stranger(one: Told, born: Mapping[str, datetime]) -> str | None:
    """Return why a row is about another repository than its subject's, as `births` knows it; None where it is not."""
    if one.birth is None:
        return None
    subject, created_at = one.birth
    known = born.get(subject, created_at)
    if created_at == known:
        return None
    return f"{subject}: another repository under its name, created on {created_at:%Y-%m-%d}, not on {known:%Y-%m-%d}"
