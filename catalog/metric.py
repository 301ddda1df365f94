"""The metrics that may be observed: name, unit, definition, and how long a value stays good."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from typing import Any

import tomli

from catalog.observation import Observation, Reason, Status

YEAR = re.compile(r"_(?:19|20)\d\d(_e[134]|_corrected|_bounds)?(_official)?$")
VARIANTS = ("e1", "e3", "e4", "official", "e1_official", "e3_official", "e4_official")
LEVELS = ("none", "limited", "fair", "good", "excellent")
VENUE_VARIANTS = ("e1", "e3", "e4", "corrected", "bounds")
WAYS = {
    "e1": "of papers with code, whatever it uses",
    "pwc.e3": "of papers that use PyTorch or TensorFlow alone",
    "papers.e3": "of papers that use it or its rival: PyTorch against TensorFlow, others against PyTorch",
    "pwc.e4": "of all papers of the venue: a lower bound",
    "papers.e4": "of all accepted papers: a lower bound",
    "official": "by official repositories alone",
    "corrected": "freed of the classifier's known errors",
    "bounds": "of all accepted papers, if none and if all without a known framework use it",
}
"""What the variants of a share count, in words; docs/method.md and docs/venues.md have the rules."""
COUNTED = {
    "accounts", "commits", "commits/week", "downloads", "identities", "issues", "models", "pushes", "questions",
    "repositories", "systems",
}  # fmt: skip
"""The units of counts."""
ALWAYS = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere; a fact about all time


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric of docs/method.md; `name` may end in a year where the family says so."""

    name: str
    unit: str
    meaning: str
    definition: str
    max_age_days: int
    monotone: bool = False
    gated: bool = True
    yearly: bool = False
    past: str = "snapshot"
    key: str | None = None

    @property
    def is_count(self) -> bool:
        """Whether it counts things, so that a small number of them moves by chance."""
        return self.unit in COUNTED

    @property
    def source(self) -> str:
        """The collector that owns the metric: what stands before the dot."""
        return self.name.partition(".")[0]

    def of(self, subject: str, valid_at: datetime, value: float, **more: Any) -> Observation:
        """Return a measured (or, with `status`, derived or curated) value."""
        return self._observe(subject, valid_at, value=float(value), **{"status": Status.MEASURED, **more})

    def missing(self, subject: str, valid_at: datetime, reason: Reason, **more: Any) -> Observation:
        """Say that there is no value, and why."""
        return self._observe(subject, valid_at, value=None, status=Status.MISSING, reason=reason, **more)

    def not_applicable(self, subject: str) -> Observation:
        """Say that the question makes no sense for this subject, at any time."""
        more = {"status": Status.NOT_APPLICABLE, "source": "catalog", "method": "catalog"}
        return self._observe(subject, ALWAYS, value=None, **more)

    def _observe(self, subject: str, valid_at: datetime, **more: Any) -> Observation:
        plain = {"method": "snapshot", "source": self.source, "definition": self.definition}
        return Observation(subject=subject, metric=self.name, unit=self.unit, valid_at=valid_at, **{**plain, **more})


class Metrics(Mapping[str, Metric]):
    """All metrics by full name; `pwc.share_icml_2023` answers through its family `pwc.share_icml`.

    A year may be followed by a variant of the definition: `pwc.share_icml_2023_e1_official`.
    """

    def __init__(self, by_name: Mapping[str, Metric]) -> None:
        self._by_name = dict(by_name)

    def __getitem__(self, name: str) -> Metric:
        """Return the metric, or raise KeyError with the name."""
        if name in self._by_name:
            return self._by_name[name]
        found = self._by_name.get(family(name))
        if found is None or not found.yearly or not YEAR.search(name):
            raise KeyError(name)
        return replace(found, name=name)

    def __iter__(self) -> Any:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def family(name: str) -> str:
    """Return the name without its year: what a rubric asks for."""
    return YEAR.sub(r"\1\2", name)


def _load() -> Metrics:
    text = files("catalog").joinpath("metrics.toml").read_text(encoding="utf-8")
    told = [Metric(name=name, **row) for name, row in tomli.loads(text).items()]
    return Metrics({one.name: one for metric in told for one in (metric, *_variants(metric))})


def _variants(metric: Metric) -> Iterator[Metric]:
    """Yield the other estimands of a yearly share, as docs/method.md tells them apart."""
    known = VENUE_VARIANTS if metric.source == "papers" else VARIANTS
    for variant in known if metric.yearly else ():
        estimand = variant if variant.startswith("e") else f"e2_{variant}"
        definition = metric.definition.replace("e2", estimand)
        meaning = f"As {metric.name}, but {_ways(metric.source, variant)}"
        yield replace(metric, name=f"{metric.name}_{variant}", definition=definition, meaning=meaning)


def _ways(source: str, variant: str) -> str:
    """Say in words in which ways a variant counts otherwise."""
    return ", ".join(WAYS.get(f"{source}.{part}") or WAYS[part] for part in variant.split("_"))


METRICS = _load()
KEYS: dict[str, frozenset[str]] = {
    source: frozenset(metric.key for metric in METRICS.values() if metric.source == source and metric.key)
    for source in {metric.source for metric in METRICS.values() if metric.key}
}
"""The entries of a subject of which each source needs one; some sources need none."""
