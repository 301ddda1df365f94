"""How far the samples of venues' years are, from what is stored: for people, and for machines."""

from typing import Any

from catalog.statistics import chapman
from flows.settings import Settings
from flows.stages.reading import reading
from warehouse.query import rows


def states(settings: Settings) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return each venue's year with its sample and causes of silence, and how far each way to code reaches.

    `with_code` is the share of papers that have code anywhere, as abstracts and the index together tell it (capture and
    recapture), with both ends of its interval.
    """
    with reading(settings) as connection:
        found, ways, pairs = (rows(connection, name) for name in ("venue_states", "venue_ways", "venue_pairs"))
    told = {(one["venue"], one["year"]): _with_code(one) for one in pairs}
    none = dict.fromkeys(("with_code", "with_code_lo", "with_code_hi"))
    return [row | told.get((row["venue"], row["year"]), none) for row in found], ways


def _with_code(pair: dict[str, Any]) -> dict[str, float]:
    found = chapman(pair["in_abstract"], pair["in_index"], pair["both"])
    names = ("with_code", "with_code_lo", "with_code_hi")
    return {name: round(min(1.0, one / pair["asked"]), 4) for name, one in zip(names, found, strict=True)}
