"""What cheap tricks buy: each is played alone, on what was measured, and the score is computed again."""

import math

import pytest

from catalog.metric import METRICS
from scoring.backtests.tricks import gains, tricks
from scoring.backtests.weights import effective_weights, redundant
from scoring.rubric_files import load
from scoring.score import score
from tests.scoring.builders import MAY_DAY, answer, card, days, evidence, not_applicable, subjects, worth

RUBRIC = load("2026.2")
NAMES = ("a", "b", "c", "d", "e")


def played(*rows: dict, names: tuple[str, ...] = ("alpha",)) -> dict[tuple[str, str], float]:
    found = gains(evidence(rows), subjects(*names), days(MAY_DAY), RUBRIC)
    return {(row["trick"], row["subject"]): row["moved"] for row in found.to_dicts()}


def test_every_trick_touches_figures_that_the_rubric_weighs():
    weighed = {one.metric for one in RUBRIC.criteria}

    assert len(tricks()) >= 10
    for trick in tricks():
        assert {*trick.add, *trick.set} <= weighed
        assert {*trick.add, *trick.set} <= set(METRICS)
        assert 0 <= trick.usd <= 100


def test_what_a_trick_moves_is_its_weight_times_the_marks_that_it_buys():
    rows = card(5, rubric=RUBRIC)
    forks = worth(5, "github.forks", RUBRIC)

    moved = 10 * math.log((forks + 500) / forks) / math.log(1000)
    assert played(*rows)["create 500 forks by script", "alpha"] == pytest.approx(0.08 * moved / 5)


def test_nothing_is_bought_where_nothing_is_counted():
    rows = [row for row in card(5, rubric=RUBRIC) if not row["metric"].startswith("huggingface.")]
    unknown = played(*rows)
    no_notion = played(*rows, not_applicable("huggingface.model_owners"))

    assert unknown["upload 10,000 models by script and download each 100 times", "alpha"] == 0
    assert no_notion["upload 10,000 models by script and download each 100 times", "alpha"] == 0


def test_of_whom_nothing_is_known_nothing_is_told_and_not_that_nothing_moves():
    assert {subject for _, subject in played(*card(5, rubric=RUBRIC), names=("alpha", "omega"))} == {"alpha"}


def test_effective_weights_sum_to_one_and_belong_to_what_differs():
    rows = [row for place, name in enumerate(NAMES) for row in card(5, subject=name, rubric=RUBRIC,
            but=["github.forks", "github.stars"])]  # fmt: skip
    rows += [
        answer("github.forks", worth(2 * place, "github.forks", RUBRIC), subject=name)
        for place, name in enumerate(NAMES)
    ]
    rows += [
        answer("github.stars", worth(place, "github.stars", RUBRIC), subject=name) for place, name in enumerate(NAMES)
    ]
    scored = score(evidence(rows), subjects(*NAMES), days(MAY_DAY), RUBRIC)
    found = {row["metric"]: row for row in effective_weights(scored).to_dicts()}

    assert sum(row["effective"] for row in found.values()) == pytest.approx(1)
    parts = 0.08 * 2, 0.22 * 0.4
    assert found["github.forks"]["effective"] == pytest.approx(parts[0] / sum(parts))
    assert found["github.forks"]["nominal"] == pytest.approx(0.08 / 5)
    assert redundant(scored).select("metric", "metric_other").rows() == [("github.forks", "github.stars")]


def test_four_subjects_tell_no_effective_weights():
    rows = [row for name in NAMES[:4] for row in card(5, subject=name, rubric=RUBRIC)]
    scored = score(evidence(rows), subjects(*NAMES[:4]), days(MAY_DAY), RUBRIC)

    assert effective_weights(scored).is_empty()
