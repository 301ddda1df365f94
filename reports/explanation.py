"""Which change moved a score, by how much: Markdown, JSON and rows from the same facts; the points sum exactly."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from catalog.wording import FLAGS, WORDS, in_words
from reports.card import environment, plain
from reports.card_facts import DIMENSIONS
from reports.legible import escaped

STEPS = {
    "rubric": "another rubric",
    "revision": "corrections of what was known then",
    "news": "news since then",
}
COVERAGE, LIVENESS, SLOPES = "coverage", "liveness", "/year"
CAME = {(True, False): "came", (False, True): "went", (True, True): "as before"}
PHRASES = 5
HALF_BAR = 5
COLUMNS = ("points", "", "metric", "change", "step")


@dataclass(frozen=True)
class Line:
    """One change: in which step of the path, of what, from what to what, and the points of the Speed Score it moved."""

    step: str
    dimension: str
    metric: str
    kind: str
    before: float | None
    after: float | None
    points: float | None


@dataclass(frozen=True)
class ExplanationFacts:
    """Everything an explanation says: the two score rows, their dimensions before rounding, and the changes."""

    subject: str
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    raws: tuple[Mapping[str, float | None], Mapping[str, float | None]]
    lines: Sequence[Line]
    half_width: float | None
    units: Mapping[str, tuple[str, str]]
    label: str | None = None

    @property
    def ranked(self) -> list[Line]:
        """The changes, the largest first; those that cannot be told in points last."""
        return sorted(self.lines, key=lambda line: (line.points is None, -abs(line.points or 0.0), line.metric))

    @property
    def total(self) -> float:
        """What all changes moved together."""
        return fsum(line.points for line in self.lines if line.points is not None)

    @property
    def difference(self) -> float | None:
        """The difference of the two Speed Scores before rounding; None where one of them is withheld."""
        before, after = self.before.get("speed_raw"), self.after.get("speed_raw")
        return None if before is None or after is None else after - before

    @property
    def steps(self) -> dict[str, float]:
        """What each step of the path moved, of those that were taken."""
        taken = {line.step for line in self.lines}
        return {
            step: fsum(line.points or 0.0 for line in self.lines if line.step == step)
            for step in STEPS
            if step in taken
        }

    @property
    def knowledge(self) -> dict[str, float]:
        """What answers moved that came or went, apart from what moved on the figures that both days have."""
        known = [line for line in self.lines if line.kind == COVERAGE or self.change(line) in {"came", "went"}]
        if not known:
            return {}
        came = fsum(line.points or 0.0 for line in known if self.change(line) == "came")
        went = fsum(line.points or 0.0 for line in known if self.change(line) != "came")
        return {"newly seen": came, "no longer fresh": went, "on figures that both days have": self.total - came - went}

    @property
    def is_material(self) -> bool | None:
        """Whether the difference is larger than half of the later interval; None where it cannot be told."""
        if self.difference is None or self.half_width is None:
            return None
        return abs(self.difference) >= self.half_width

    @property
    def phrases(self) -> list[str]:
        """The largest changes in words."""
        return [self.phrase(line) for line in self.ranked[:PHRASES] if line.points]

    @property
    def summary(self) -> list[str]:
        """Both ends, the difference and the largest changes, a sentence each."""
        ends = [_end(self.before), _end(self.after)]
        if self.difference is None:
            return [
                *ends,
                (
                    "without two Speed Scores, this tells of the dimensions of which something is known at both ends, "
                    "be it too little for a score"
                ),
                *self.apart,
                *self.phrases,
            ]
        steps = ", ".join(f"{STEPS[step]} {points:+.4f}" for step, points in self.steps.items())
        moved = f"moved by {self.difference:+.4f}" + (f": {steps}" if steps else "")
        if self.is_material is False:
            moved += f"; no material change, for half of the interval is {self.half_width:.2f}"
        return [*ends, moved, *self.apart, *self.phrases]

    @property
    def apart(self) -> list[str]:
        """Say in a sentence what was newly seen, so that nobody takes it for news; nothing where both know the same."""
        told = "; ".join(f"{name}: {points:+.4f}" for name, points in self.knowledge.items())
        return [told] if told else []

    def title(self, line: Line) -> str:
        """Name what changed as people do."""
        if line.metric in DIMENSIONS:
            return f"{DIMENSIONS[line.metric]} as a whole"
        return ", ".join(self.units[name][0] if name in self.units else name for name in line.metric.split(", "))

    def told(self, line: Line) -> str:
        """Say from what to what one thing changed, and how."""
        change = self.change(line)
        how = "" if change == "value" else f" ({change})"
        return f"{self.was(line)} -> {self.became(line)}{how}"

    def was(self, line: Line) -> str:
        """Write what there was."""
        return self._shown(line, line.before, self.before)

    def became(self, line: Line) -> str:
        """Write what there is."""
        return self._shown(line, line.after, self.after)

    def _shown(self, line: Line, value: float | None, end: Mapping[str, Any]) -> str:
        """Write a value in the words of its unit; no score of a dimension that is withheld."""
        if line.metric in DIMENSIONS:
            is_withheld = line.kind == COVERAGE and end.get(line.metric) is None
            return "not known" if value is None else "withheld" if is_withheld else f"{value:.2f}"
        if value is None:
            return "several" if ", " in line.metric else "nothing fresh"
        words = FLAGS.get(line.metric)
        return words[int(value)] if words and value in {0, 1} else in_words(value, self._unit(line))

    def _unit(self, line: Line) -> str:
        return self.units.get(line.metric, ("", ""))[1]

    def change(self, line: Line) -> str:
        """Write a change as a percentage where it has one, as no level, state or slope has, else what came or went."""
        unit = self._unit(line)
        is_amount = line.metric not in DIMENSIONS and not WORDS.get(unit) and not unit.endswith(SLOPES)
        if is_amount and line.kind == "value" and line.before and line.after and line.before > 0:
            return f"{100 * (line.after / line.before - 1):+.0f}%"
        if line.kind not in {COVERAGE, LIVENESS}:
            return line.kind
        if ", " in line.metric:
            return "came or went"
        return CAME.get((line.before is None, line.after is None), line.kind)

    def phrase(self, line: Line) -> str:
        """Say one change in a sentence."""
        change = self.change(line)
        way = f"{line.metric} ({self.was(line)} -> {self.became(line)})"
        what = f"{change} {line.metric}" if change.endswith("%") else way
        moved = "moved the score" if self.difference is not None else "would move a Speed Score"
        return f"{what} {moved} by {line.points:+.3f}"


def explanation_rows(facts: ExplanationFacts) -> list[dict[str, Any]]:
    """Return the table: one row per change with a bar for its size, and the sum; steps only where there are several."""
    longest = max((abs(line.points) for line in facts.lines if line.points), default=1.0)
    rows = [
        {
            "points": "n/a" if line.points is None else f"{line.points:+.4f}",
            "": _bar(line.points, longest),
            "metric": line.metric,
            "change": facts.told(line),
            "step": line.step,
        }
        for line in facts.ranked
    ]
    rows.append(dict.fromkeys(COLUMNS, "") | {"points": f"{facts.total:+.4f}", "metric": "sum"})
    return rows if len(facts.steps) > 1 else [{name: row[name] for name in COLUMNS[:-1]} for row in rows]


def _bar(points: float | None, longest: float) -> str:
    """Draw a change: to the left of the middle what was lost, to the right what was won."""
    length = round(HALF_BAR * abs(points or 0.0) / longest)
    lost, won = ("-" * length, "") if (points or 0.0) < 0 else ("", "+" * length)
    return f"{lost:>{HALF_BAR}}|{won:<{HALF_BAR}}"


def explanation_markdown(facts: ExplanationFacts) -> str:
    """Return the explanation as Markdown."""
    return environment().get_template("explanation.md.j2").render(facts=facts, steps=STEPS, titles=DIMENSIONS)


def explanation_json(facts: ExplanationFacts) -> str:
    """Return the explanation for machines: times as ISO 8601 UTC, absent values as null."""
    told = {
        "subject": facts.subject,
        "name": facts.name,
        "label": facts.label,
        "from": {**facts.before, "dimensions_raw": facts.raws[0]},
        "to": {**facts.after, "dimensions_raw": facts.raws[1]},
        "difference": facts.difference,
        "explained": facts.total,
        "half_width": facts.half_width,
        "is_material": facts.is_material,
        "steps": facts.steps,
        "knowledge": facts.knowledge,
        "moves": [vars(line) | {"text": facts.phrase(line) if line.points else None} for line in facts.ranked],
    }
    return escaped(json.dumps(told, default=plain, indent=2))


def _end(end: Mapping[str, Any]) -> str:
    raw, shown = end["speed_raw"], end["speed_score"]
    score = f"no Speed Score, {end['reason']}" if raw is None else f"{raw:.4f} before rounding, shown as {shown:.1f}"
    return f"as of {end['as_of']:%Y-%m-%d}, rubric {end['rubric']}: {score}"
