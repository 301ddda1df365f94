"""What lately was asked for past days and answered whole: a hole that stayed is not asked for again every night."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from catalog.past import ways_of
from collectors.past import Step
from flows.settings import Settings
from flows.stages.reading import reading
from warehouse.query import rows

AGAIN_AFTER = timedelta(days=6, hours=12)
WALKS = {"issues", "closes"}
"""Steps that go on from where they stood, and so never ask for the same twice."""
Asked = Mapping[tuple[str, str], set[datetime]]


def told(steps: Iterable[Step]) -> dict[str, Any]:
    """Return what a run keeps of the steps that were answered whole: subjects and days, by source and step."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for step in steps:
        if step.name not in WALKS:
            days = {f"{day:%Y-%m-%d}" for day in step.days}
            for subject in step.subjects:
                found[f"{step.source} {step.name}"][subject.id] |= days
    return {"answered": {key: {one: sorted(days) for one, days in told.items()} for key, told in found.items()}}


def asked_lately(settings: Settings, now: datetime) -> Asked:
    """Return the days that the healing of the last week asked for and was answered, by subject and metric."""
    found: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    if not settings.published.exists():
        return found
    with reading(settings) as connection:
        kept = rows(connection, "healed_lately", since=now - AGAIN_AFTER)
    for answered in (json.loads(row["detail_json"]).get("answered", {}) for row in kept):
        for key, by_subject in answered.items():
            source, _, step = key.partition(" ")
            metrics = [metric for way in ways_of(source) if way.step == step for metric in way.metrics]
            for subject, days in by_subject.items():
                for metric in metrics:
                    found[subject, metric] |= {datetime.fromisoformat(day) for day in days}
    return found
