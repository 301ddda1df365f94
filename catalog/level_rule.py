"""How the level of a fact follows from the figure that it quotes (docs/facts.md#levels): data."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import tomli

from catalog.fact import Fact
from catalog.metric import LEVELS


@dataclass(frozen=True)
class LevelRule:
    """The least ratio of each level, the best first; and the highest level that words alone may earn."""

    least_ratios: dict[str, float]
    most_without_table: str

    def level(self, ratio: float) -> str:
        """Return the level of a quoted ratio of times, reference by own."""
        return next(level for level, least in self.least_ratios.items() if ratio >= least)

    def allows(self, fact: Fact) -> bool:
        """Return whether the level of a fact is the one of its ratio, or, without one, not above what words earn."""
        if fact.ratio is not None:
            return fact.value == self.level(fact.ratio)
        return fact.number <= LEVELS.index(self.most_without_table)


@cache
def level_rules() -> dict[str, LevelRule]:
    """Return the rule of each metric that has one."""
    table = tomli.loads(files("catalog").joinpath("level_rules.toml").read_text(encoding="utf-8"))
    return {
        metric: LevelRule(row["least_ratios"], row["most_without_table"])
        for metric, row in table.items()
        if metric != "schema"
    }
