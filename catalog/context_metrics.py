"""What cards show beside a score without weighing it: data."""

from functools import cache
from importlib.resources import files

import tomli


@cache
def context_metrics() -> dict[str, str]:
    """Return the dimension that each unweighed metric stands with, in the order in which cards show them."""
    table = tomli.loads(files("catalog").joinpath("context_metrics.toml").read_text(encoding="utf-8"))
    return {metric: dimension for dimension, row in table.items() if dimension != "schema" for metric in row["metrics"]}
