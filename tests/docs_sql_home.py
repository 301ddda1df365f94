"""A small home for the questions of the documentation: what ships, some landed answers, and two days scored twice.

The days are scored under two rubrics, and again when more is known, as in any home that has seen some nights.
"""

from datetime import datetime
from pathlib import Path

from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from flows.settings import Settings, load_settings
from flows.stages.land import land_observations, start_run
from flows.stages.score import land_shipped_once, score_days

WHY = Reason.UNREACHABLE
LATE, JANUARY, MARCH = datetime(2024, 1, 30), datetime(2024, 1, 31), datetime(2024, 3, 1)


def small_home(folder: Path) -> Settings:
    """Make the home."""
    settings = load_settings(home_dir=folder)
    land_shipped_once(settings)
    land_observations(settings, list(answers()), start_run("nightly"))
    score_days(settings, [JANUARY, MARCH], "2024.1")
    score_days(settings, [JANUARY, MARCH], "2026.2")
    healed = (
        METRICS["github.forks"].of("pytorch", LATE, 30_000),
        METRICS["pypi.downloads_30d"].missing("mxnet", LATE, WHY),
    )
    land_observations(settings, healed, start_run("heal"))
    score_days(settings, [JANUARY, MARCH], "2024.1")
    return settings


def answers() -> list[Observation]:
    """Return commits that cross, a source that disagrees, one that is silent, a dying repository, and paper shares."""
    week, stars = METRICS["github.commits_week"], METRICS["github.stars"]
    months = [datetime(2023, month, 1) for month in range(1, 7)]
    derived = {"status": Status.DERIVED, "method": "exact"}
    return [
        *(week.of("tensorflow", month, 260 - 10 * place, **derived) for place, month in enumerate(months)),
        *(week.of("pytorch", month, 220 + 5 * place, **derived) for place, month in enumerate(months)),
        stars.of("pytorch", datetime(2023, 12, 30), 74_900),
        stars.of("pytorch", datetime(2023, 12, 31), 300),
        METRICS["discourse.users"].missing("jax", datetime(2024, 2, 1), Reason.UNREACHABLE),
        METRICS["liveness.web"].of("pytorch", datetime(2024, 2, 1), 0, **derived),
        METRICS["pwc.share_neurips_2022"].of("pytorch", datetime(2022, 12, 1), 0.8, method="archived"),
    ]
