"""The daily papers of the replica's world: invented from the day alone, with repositories that depend on frameworks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

OWNER = "demo-papers"
PAPERS_A_DAY = 24
SATURDAY = 5
FILES = {
    "pytorch": {
        "requirements.txt": "# tensorflow is not needed\ntorch>=2.9\nnumpy\n",
        "train.py": "import torch\nfrom torch.utils.tensorboard import SummaryWriter\n",
    },
    "jax": {
        "pyproject.toml": '[project]\nname = "demo"\ndependencies = ["jax[cuda12]>=0.9", "flax"]\n',
        "src/demo/model.py": "import jax\nfrom flax import linen as nn\n",
    },
    "tf": {
        "setup.py": 'setup(name="demo", install_requires=["tensorflow>=2.20", "numpy"])\n',
        "run.py": "import tensorflow as tf\nprint 'old words'\n",
    },
    "pytorch,tf": {
        "environment.yml": "dependencies:\n  - conda-forge::pytorch=2.9\n  - pip:\n    - tensorflow==2.20\n",
        "model.py": "from torch import nn\n",
        "train.py": "import torch\n",
        "convert.py": "import tensorflow as tf, torch\n",
    },
    "": {"requirements.txt": "numpy\nscipy\ntorchmetrics-like\n", "plot.py": "import numpy\n# import torch\n"},
}
CHANCES = (70, 8, 4, 3, 15)


@dataclass(frozen=True)
class DailyPaper:
    """One paper: its id, its repository if it has one, and the frameworks in it, the main one first."""

    id: str
    repository: str | None
    frameworks: tuple[str, ...]


def papers_of(day: date) -> list[DailyPaper]:
    """Return the papers of a day; none at week-ends."""
    rng = Random(f"daily:{day.isoformat()}")
    return [_paper(rng, day, number) for number in range(PAPERS_A_DAY if day.weekday() < SATURDAY else 0)]


def _paper(rng: Random, day: date, number: int) -> DailyPaper:
    named = rng.choices(list(FILES), CHANCES)[0]
    repository = f"{OWNER}/{day:%Y%m%d}-{number}" if rng.random() < 0.75 else None
    return DailyPaper(f"{day:%y%m}.{day:%d}{number:03}", repository, tuple(filter(None, named.split(","))))


def files_of(full_name: str) -> dict[str, str] | None:
    """Return the dependency files of a paper's repository; nothing for a name that no paper has."""
    owner, _, name = full_name.partition("/")
    stamp, _, number = name.partition("-")
    if owner != OWNER or not (stamp.isdigit() and number.isdigit()):
        return None
    day = date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:]))
    found = next((one for one in papers_of(day) if one.repository == full_name), None)
    return FILES[",".join(found.frameworks)] if found else None


def listed(day: date) -> Iterator[dict[str, object]]:
    """List a day as the upstream does: papers with their repositories, where they have one."""
    for paper in papers_of(day):
        told = {"githubRepo": address(paper)} if paper.repository else {}
        yield {"paper": {"id": paper.id, "title": f"Demo {paper.id}", **told}, "title": f"Demo {paper.id}"}


def address(paper: DailyPaper) -> str | None:
    """Return the address of a paper's repository."""
    return f"https://github.com/{paper.repository}" if paper.repository else None


def page_of(paper_id: str) -> dict[str, object] | None:
    """Return a paper's own page."""
    year, month, day = (int(part) for part in (paper_id[:2], paper_id[2:4], paper_id[5:7]))
    found = next((one for one in papers_of(date(2000 + year, month, day)) if one.id == paper_id), None)
    return {"id": found.id, "githubRepo": address(found)} if found else None


def share(framework: str, first: date, days: int) -> tuple[float, int]:
    """Return the true share of a main framework among the papers of these days that name one, and their number."""
    some = [paper for n in range(days) for paper in papers_of(first + timedelta(days=n))]
    named = [paper for paper in some if paper.repository and paper.frameworks]
    return sum(one.frameworks[0] == framework for one in named) / len(named), len(named)
