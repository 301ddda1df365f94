"""The names of what stands behind a capability, as the evidence of its fact has them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import tomli


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    return tomli.loads(files("scoring.words").joinpath("products.toml").read_text(encoding="utf-8"))


def products(metric: str, source: str | None, quote: str | None) -> tuple[str, ...]:
    """Return the products that a fact names, in the order in which its source or its words name them."""
    names = _known()["of"].get(metric.partition(".")[2], ())
    for text in (source or "", quote or ""):
        found = sorted((text.index(name), name) for name in names if name in text)
        if found:
            return tuple(dict.fromkeys(_known()["called"].get(name, name) for _, name in found))
    return ()
