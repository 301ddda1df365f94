"""Figures of scores: many subjects, ten years of days, the proof of stored scores."""

from benchmarks.apart import apart
from benchmarks.figure import Asked, Figure
from benchmarks.memory import MB_A_MIB
from benchmarks.scoring_over_time import CARRIED, EACH_DAY
from benchmarks.subjects import DRAWS_OF_NIGHT, IMPORTED, NOISE, OF_NIGHT, OF_SITE
from benchmarks.ten_years import OWN

MANY, FEW, TURNS = 1_000, 14, 3
DAYS, YEARS = 3_652, 10
ONE_CORE = {"POLARS_MAX_THREADS": "1"}


def subjects(home: str, share: float) -> list[Figure]:
    """Score and print a thousand subjects: the site beside one of fourteen, the draws beside their noise."""
    many = round(MANY * share)
    few, turns = ([_measured(home, size) for _ in range(TURNS)] for size in (FEW, many))
    seconds = [one["seconds"] for one in turns]
    draws, noise = ([one[step] for one in seconds] for step in (DRAWS_OF_NIGHT, NOISE))
    site, least = ([sum(one["seconds"][step] for step in OF_SITE) for one in some] for some in (turns, few))
    peak, imported = ([one["peaks"][step] * MB_A_MIB for one in turns] for step in (OF_NIGHT, IMPORTED))
    size, start = f"{many:,} subjects", "the process with everything imported"
    linear = f"{FEW} subjects (linear: {many / FEW:.1f})"
    return [
        Figure("site and cards, draws included, on one core", size, site, "CPU s", linear, least, Asked(60)),
        Figure("draws of a day", size, draws, "CPU s", "their noise alone", noise, Asked(3)),
        Figure("memory of a night's scores, draws included", size, peak, "MB", start, imported, Asked(300)),
    ]


def history(_home: str, share: float) -> list[Figure]:
    """Score fourteen subjects on every day of ten years: what ships, and an invented history that is harder."""
    days, years = round(DAYS * share), max(1, round(YEARS * share))
    shipped, invented = apart("ten_years:score_history", days), apart("scoring_over_time:over_years", years)
    base, harder = "every day for itself", CARRIED
    own, least = ([one[what] for one in invented] for what in (harder, EACH_DAY))
    size = f"{FEW} subjects x {days:,} days"
    return [
        Figure("scoring history that ships", size, shipped[OWN], "CPU s", base, shipped[EACH_DAY], Asked(2)),
        Figure("scoring an invented history", f"{FEW} subjects x {years} years", own, "CPU s", base, least),
    ]


def verify(_home: str, share: float) -> list[Figure]:
    """Prove the stored scores of ten years of days under two rubrics, beside making and storing them."""
    found = apart("ten_years:prove_history", round(DAYS * share))
    size, base = f"{found['scores'][0]:,} scores", "making and storing them"
    return [Figure("verify", size, found["proved"], "CPU s", base, found["made"], Asked(10))]


def _measured(home: str, size: int) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = apart("subjects:measure", home, size, environment=ONE_CORE)
    return found
