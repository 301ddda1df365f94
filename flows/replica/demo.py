"""The catalog of the demo: the shipped subjects with every identifier filled in, and invented facts about them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any

import tomli

from catalog.metric import LEVELS

Table = dict[str, Any]
QUOTE = "DEMO: invented for the local replica"
BENCHMARKS = ("pwc.share_imagenet", "pwc.share_glue", "pwc.share_rl")
VENUES = ("pwc.share_neurips", "pwc.share_icml", "pwc.share_iclr", "pwc.share_slope_pp")
SPANS = {
    "0 or 1": (0, 1),
    "clouds of 3": (0, 3),
    "weeks": (1, 12),
    "speed relative to reference": (0.5, 1.2),
    "share": (0.01, 0.6),
    "percentage points/year": (-4, 6),
}
WHOLE = {"0 or 1", "clouds of 3", "weeks"}
GROUPS = {
    "serving": ("official_server", "shared_server"),
    "targets": ("cloud", "mobile", "edge", "web"),
    "tools": ("profiling", "debugging", "monitoring"),
    "learning": ("docs", "tutorials"),
}
"""The repositories that a subject of the demo has, and the roles that each of them carries."""

FATES_BY_NAME = {"demo/tensorflow-targets": "watch", "demo/keras-tools": "declining", "demo/fastai-learning": "slow"}
MORE = {
    "pytorch": [("official_server", "pytorch/serve", "archived"), ("web", "microsoft/onnxjs", "replaced")],
    "jax": [("official_server", "demo/jax-server", "declining")],
}
INSTEAD = {
    ("pytorch", "official_server", "demo/pytorch-serving"),
    ("pytorch", "web", "demo/pytorch-targets"),
    ("jax", "official_server", "demo/jax-serving"),
}
"""Roles that rest on what MORE names alone."""


def shipped(name: str) -> Table:
    """Read a file of the shipped catalog."""
    return tomli.loads(files("catalog").joinpath(name).read_text("utf-8"))


def demo_subjects() -> list[Table]:
    """Return the shipped subjects; each gets the tags, the invite and the packages that it lacks."""
    return [_filled(subject) for subject in shipped("subjects.toml")["subject"]]


def _filled(subject: Table) -> Table:
    name = subject["id"]
    invented = {
        "stackoverflow_tags": [name],
        "discord_invite": f"demo-{name}",
        "discord_guild_id": str(Random(f"guild:{name}").randrange(10**18, 13 * 10**17)),
        "pypi": name,
        "huggingface_tag": name,
        "mlperf_names": [name],
    }
    return invented | {key: value for key, value in subject.items() if key != "discourse_url"}


def demo_facts(subjects: Iterable[Mapping[str, Any]], today: date, seed: int) -> Iterator[Table]:
    """Invent what no upstream of the replica tells, for every subject."""
    metrics = shipped("metrics.toml")
    for subject in subjects:
        told = {*BENCHMARKS, *(() if "papers_framework" in subject else VENUES)}
        for name, metric in metrics.items():
            if name.startswith("curated.") or name in told:
                value = invent(Random(f"{seed}:{subject['id']}:{name}"), metric["unit"])
                yield _fact(subject["id"], name, value, today)


def invent(rng: Random, unit: str) -> float | str:
    """Draw a level as a word, or a number that is plausible in the unit."""
    if unit.startswith("level"):
        return rng.choices(LEVELS, [1, 2, 3, 4, 2])[0]
    low, high = SPANS[unit]
    return float(rng.randint(int(low), int(high))) if unit in WHOLE else round(rng.uniform(low, high), 3)


def demo_repositories(subjects: Iterable[Mapping[str, Any]]) -> list[Table]:
    """Return the repositories behind the roles of each subject, and the fate of each."""
    found = []
    for subject in subjects:
        for group, roles in GROUPS.items():
            name = f"demo/{subject['id']}-{group}"
            fate = FATES_BY_NAME.get(name, "silent" if subject["id"] == "mxnet" else "live")
            found += [_repository(subject["id"], role, name, fate) for role in roles]
        found += [_repository(subject["id"], *more) for more in MORE.get(subject["id"], ())]
    return [one for one in found if (one["subject"], one["role"], one["github"]) not in INSTEAD]


def _repository(subject: str, role: str, github: str, fate: str) -> Table:
    return {"subject": subject, "role": role, "github": github, "fate": fate}


def _fact(subject: str, metric: str, value: float | str, today: date) -> Table:
    days = {"valid_from": today - timedelta(days=10), "review_by": today + timedelta(days=170)}
    return {
        "subject": subject,
        "metric": metric,
        "value": value,
        **days,
        "source": "demo",
        "url": f"https://demo.invalid/{subject}",
        "quote": QUOTE,
    }


def demo_catalog(
    subjects: Iterable[Table], facts: Iterable[Table], url: str, repositories: Iterable[Table] = ()
) -> str:
    """Write the catalog as TOML, with each subject's forum at the replica."""
    homes = [subject | {"discourse_url": f"{url}/forum/{subject['id']}"} for subject in subjects]
    tables = [("subject", home) for home in homes] + [("fact", fact) for fact in facts]
    tables += [("repository", {key: one[key] for key in ("subject", "role", "github")}) for one in repositories]
    head = '# Written by flows.replica: an invented world.\nschema = 1\nmode = "replace"\nhistory = false\n'
    return head + "".join(f"\n[[{kind}]]\n{_lines(table)}" for kind, table in tables)


def _lines(table: Table) -> str:
    words = {key: str(value) if isinstance(value, date) else json.dumps(value) for key, value in table.items()}
    return "".join(f"{key} = {word}\n" for key, word in words.items())
