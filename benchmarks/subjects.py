"""How a night's scores and the site grow with the number of subjects, as the product makes them: block by block.

The demo's subjects are copied under new names; `benchmarks.growth` asks for each size in a process of its own. The
noise of the draws is the baseline of their cost: NumPy's generator alone, without any score.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.many_subjects import make_home, newest_day
from benchmarks.memory import forget_peak, peak_mib
from benchmarks.stopwatch import Stopwatch
from flows.settings import load_settings
from flows.stages.report import write_site
from flows.stages.score import score_asked
from scoring.rubric_files import available, load
from scoring.scenario import DRAWS

NOISE = "noise alone (baseline of the draws)"
DRAWS_OF_NIGHT = "draws of a night"
NIGHT, SITE = "storing and publishing scores", "cards and pages"
STEPS = {
    "flows.stages.score.evidence_since": "evidence of a night",
    "scoring.scored_parts.score": "scores of a night",
    "scoring.scored_parts.uncertainty_of_day": DRAWS_OF_NIGHT,
    "flows.stages.card.evidence_since": "evidence of twelve months",
    "flows.stages.card.whole_day": "draws and comparison of peers",
    "flows.stages.card.score": "scores of twelve months, and of one ahead",
}
ORDER = (NOISE, *dict.fromkeys(STEPS.values()), NIGHT, SITE)
OF_SITE = (SITE, *(name for path, name in STEPS.items() if path.startswith("flows.stages.card")))
IMPORTED, OF_NIGHT = "everything imported (baseline)", "scores of a night"


def measure(demo: str, size: int) -> dict[str, dict[str, float]]:
    """Return the CPU seconds of each step, and the peaks in MiB of a night's scores and of the site."""
    watch, peaks = Stopwatch(), {IMPORTED: peak_mib()}
    with TemporaryDirectory() as folder, watch.watching(STEPS):
        home = Path(folder)
        make_home(Path(demo), home, size)
        day, settings = newest_day(home), load_settings(home_dir=home)
        with watch.step(NOISE):
            _noise(size)
        forget_peak()
        with watch.step(NIGHT):
            score_asked(settings, {available()[-1]: [day]})
        peaks[OF_NIGHT] = peak_mib()
        forget_peak()
        with watch.step(SITE):
            write_site(settings, home / "site", day)
        peaks["site"] = peak_mib()
    return {"seconds": {step: watch.seconds[step] for step in ORDER}, "peaks": peaks}


def _noise(size: int) -> None:
    criteria = load(available()[-1]).frame().height
    for seed in range(size):
        chance = np.random.RandomState(seed)
        chance.standard_normal((DRAWS, criteria))
        chance.random_sample((DRAWS, criteria))
