"""The rule of docs/method.md, written anew in plain Python from the page alone, gives the scores of rubric 2026.2."""

import math
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rubric_files import load
from scoring.score import score
from tests.scoring.builders import MAY_DAY, Answer, days, evidence, not_applicable, subjects
from tests.scoring.test_every_rubric import world

BOOK = tomllib.loads(files("scoring").joinpath("rubrics/2026.2.toml").read_text(encoding="utf-8"))
STATES = ("retired", "declining", "watch", "stable", "live")
LEVELS = ("none", "limited", "fair", "good", "excellent")
worlds = st.integers(0, 2**32 - 1).map(Random)


def newest(rows: list[Answer], metric: str, max_age_days: float) -> tuple[str, Answer | None]:
    """Return the state of a metric, and the value that counts: the newest of what was true before the day."""
    own = [row for row in rows if row["metric"] == metric]
    known = [row for row in own if row["value"] is not None and row["valid_at"] < MAY_DAY]
    if known:
        last = max(known, key=lambda row: row["valid_at"])
        ends = last["valid_until"] or last["valid_at"] + timedelta(days=max_age_days)
        return ("fresh" if ends >= MAY_DAY else "stale"), last
    return ("not applicable" if any(row["status"] == "not_applicable" for row in own) else "unseen"), None


def mark(row: Mapping[str, Any], value: float) -> float:
    if row["norm"] == "ordinal":
        return float(BOOK["ordinal"][LEVELS[round(min(4, max(0, value)))]])
    lo, hi = row["lo"], row["hi"]
    if row["norm"] == "log":
        value, lo, hi = (math.log(one) if one > 0 else -math.inf for one in (value, lo, hi))
    return 10 * min(1.0, max(0.0, (value - lo) / (hi - lo)))


def factor(rows: list[Answer], metric: str, row: Mapping[str, Any]) -> tuple[float, float]:
    """Return the factor of what stands behind a capability, and how much of it is certain."""
    if not row.get("liveness"):
        return 1.0, 1.0
    state, found = newest(rows, metric.replace("curated.", "liveness."), BOOK["liveness"]["max_age_days"])
    if state == "fresh" and found:
        return BOOK["liveness"]["capability"][STATES[round(min(4, max(0, found["value"])))]], 1.0
    return (1.0, 1.0) if state == "not applicable" else (0.25, 0.25)


def dimension(rows: list[Answer], table: Mapping[str, Any]) -> tuple[float, float, int]:
    """Return mark, coverage and known figures of a dimension by the formulas of the page."""
    points, weights, covered, known = 0.0, 0.0, 0.0, 0
    for group in table["group"].values():
        is_top = group.get("combine") == "top2"
        members = []
        for metric, row in group["metrics"].items():
            state, found = newest(rows, metric, row["max_age_days"])
            if state == "not applicable":
                continue
            by, certain = factor(rows, metric, row)
            own = mark(row, found["value"]) * by if found else 0.0
            is_late = found and found["status"] == "curated" and found["valid_until"] + timedelta(days=90) >= MAY_DAY
            cover = certain if state == "fresh" else 0.5 if state == "stale" and is_late else 0.0
            known += state in {"fresh", "stale"}
            members.append((1.0 if is_top else row.get("weight", 1), own, state, cover))
        if not members:
            continue
        whole = sum(w for w, *_ in members)
        mean = sum(w * own for w, own, *_ in members) / whole
        counts = [(w, {"fresh": own, "stale": min(own, mean), "unseen": 0.0}[state]) for w, own, state, _ in members]
        best = sorted((count for _, count in counts), reverse=True)[:2]
        result = sum(best) / len(best) if is_top else sum(w * count for w, count in counts) / whole
        points += group["weight"] * result
        covered += group["weight"] * sum(w * cover for w, _, _, cover in members) / whole
        weights += group["weight"]
    return (points / weights, covered / weights, known) if weights else (0.0, 0.0, 0)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_the_page_tells_how_a_score_with_stale_and_unseen_answers_comes_about(chance):
    rows = world(chance, load("2026.2"))
    silent = {row["metric"] for row in rows if chance.random() < 0.05}
    rows = [row for row in rows if row["metric"] not in silent] + [not_applicable(metric) for metric in silent]

    found = score(evidence(rows), subjects("alpha"), days(MAY_DAY), load("2026.2"))

    told = {name: dimension(rows, table) for name, table in BOOK["dimension"].items()}
    for row in found.dimensions.to_dicts():
        points, coverage, known = told[row["dimension"]]
        assert (row["raw"] or 0.0) == pytest.approx(points, abs=1e-9)
        assert row["coverage"] == pytest.approx(coverage, abs=1e-9)
        assert (row["score"] is None) is (coverage < 0.6 - 1e-9 or known < 2)
    if all(coverage >= 0.6 and known > 1 for _, coverage, known in told.values()):
        halves = [math.floor(points * 10 + 0.5 + 1e-9) / 10 for points, *_ in told.values()]
        assert found.scores["speed_mean"].item() == pytest.approx(sum(halves) / 5, abs=1e-2)
