"""Ten years of days of what ships with the package: scoring them, and proving the scores."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.scoring_over_time import EACH_DAY, END, every_day
from flows.settings import Settings, load_settings
from flows.stages.score import knowing, score_asked
from flows.stages.verify import verify_scores
from scoring.blocks import Evidence
from scoring.rubric_files import available, load
from scoring.scored_parts import scored_parts
from warehouse.scores import evidence_since, subjects_known

TURNS = 3
TWO = ("2024.1", available()[-1])
OWN = "scoring"
WAYS: dict[str, Callable[[], AbstractContextManager[None]]] = {OWN: nullcontext, EACH_DAY: every_day}


def score_history(days: int) -> dict[str, list[float]]:
    """Return the CPU seconds of scoring the days, evidence read and nothing stored, and of each day for itself."""
    found: dict[str, list[float]] = {OWN: [], EACH_DAY: []}
    with shipped() as settings:
        for _ in range(TURNS):
            for name, way in WAYS.items():
                with way():
                    found[name].append(_cpu_s(lambda: _scored(settings, days)))
    return found


def prove_history(days: int) -> dict[str, list[float]]:
    """Return the CPU seconds of making and storing the scores under two rubrics, and of proving them."""
    found: dict[str, list[float]] = {"scores": [], "made": [], "proved": []}
    for _ in range(TURNS):
        with shipped() as settings:
            asked = dict.fromkeys(TWO, _days(days))
            found["made"].append(_cpu_s(lambda: score_asked(settings, asked)))  # noqa: B023 - called at once
            found["proved"].append(_cpu_s(lambda: found["scores"].append(_proved(settings))))
    return found


@contextmanager
def shipped() -> Iterator[Settings]:
    """Give a home in which nothing has landed but what ships."""
    with TemporaryDirectory() as folder:
        settings = load_settings(home_dir=Path(folder))
        with knowing(settings):
            pass
        yield settings


def _scored(settings: Settings, number: int) -> None:
    rubric, days = load(available()[-1]), _days(number)
    with knowing(settings) as (connection, known_at):
        subjects = subjects_known(connection, known_at)
        asked = (connection, rubric.metrics(), known_at, max(days), min(days))
        known = Evidence.read(subjects, lambda span: evidence_since(*asked, span))
    deque(scored_parts(known, subjects, days, [], rubric), maxlen=0)


def _proved(settings: Settings) -> int:
    done = verify_scores(settings)
    count, differing = done.scores, done.differences
    if not differing.is_empty():
        raise RuntimeError(f"{differing.height} figures are not confirmed")
    return count


def _days(number: int) -> Sequence[datetime]:
    return [END - timedelta(days=day) for day in range(number)]


def _cpu_s(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
