"""The level of a shipped fact about speed follows from the figure that it quotes, and from nothing else."""

import re
from itertools import permutations

import pytest

from catalog.level_rule import level_rules
from catalog.load import load_catalog

FACTS = [fact for fact in load_catalog().facts if fact.metric in level_rules() and fact.url]
FIGURE = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.subject}-{fact.metric}")
def test_a_level_is_what_the_rule_makes_of_its_figure(fact):
    assert level_rules()[fact.metric].allows(fact)


@pytest.mark.parametrize("fact", [one for one in FACTS if one.ratio], ids=lambda fact: f"{fact.subject}-{fact.metric}")
def test_a_ratio_is_the_quotient_of_two_quoted_figures(fact):
    quoted = [float(one) for one in FIGURE.findall(fact.quote)]

    assert any(fact.ratio == pytest.approx(one / other, abs=5e-4) for one, other in permutations(quoted, 2))


@pytest.mark.parametrize("metric", level_rules())
@pytest.mark.parametrize(
    ("ratio", "level"), [(1.751, "excellent"), (1.25, "excellent"), (1.0, "good"), (0.79, "fair"), (0.1, "limited")]
)
def test_a_faster_one_has_a_higher_level(metric, ratio, level):
    assert level_rules()[metric].level(ratio) == level
