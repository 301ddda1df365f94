"""Sixty nights at simulated speed: sources fail at random, the clock steps, the disk is full once, nobody lends a hand.

    python -m benchmarks.sixty_nights [--nights 60] [--subjects pytorch jax ...] [--seed 1]

Every night asks a replica of the upstreams as its seeded world stands on that day, over real HTTP and with real clones.
What the sources that answered said is compared with the truth of the world, each stored score is computed again at the
end, and the growth of the home is printed. Exit code 1 where a night needed somebody, or a figure is not true.
"""

import argparse
import logging
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import flows.clock
from benchmarks.sixty_nights_disk import PARTS, disk, full_disk, sizes, sum_of, table_of
from benchmarks.sixty_nights_world import outages, prefix_of, set_heads, truths, world_on

DAY = timedelta(days=1)
STEPS = {0.2: -timedelta(hours=5), 0.35: timedelta(days=2), 0.5: timedelta(days=365), 0.7: -timedelta(days=3)}
"""By how much the clock is wrong, in the nights that stand at these parts of all nights."""
FULL, ASLEEP = 0.6, 0.05
"""At which part of all nights the disk is full, and how often the machine is not on at night."""
SITE_EVERY = 7
"""The site is written anew so often here; it takes the place of the last one."""


class Clock:
    """The one clock, set to a moment of a simulated night and running on from there."""

    def __init__(self) -> None:
        self.set(datetime.now(UTC).replace(tzinfo=None))

    def set(self, moment: datetime) -> None:
        """Let it be this moment now."""
        self._moment, self._began = moment, time.monotonic()

    def now(self) -> datetime:
        """Return this moment as naive UTC."""
        return self._moment + timedelta(seconds=time.monotonic() - self._began)


CLOCK = Clock()
flows.clock.utc_now = CLOCK.now  # the one clock: every room takes it from there, and is imported after this line


@dataclass
class Told:
    """What came of the nights."""

    ends: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    unanswered: int = 0
    untrue: list[str] = field(default_factory=list)
    sizes: dict[int, dict[str, float]] = field(default_factory=dict)


def main() -> int:
    """Run the nights, and print what came of them."""
    from flows.replica.demo import demo_subjects

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--nights", type=int, default=60)
    asked.add_argument("--subjects", nargs="*", default=[one["id"] for one in demo_subjects()])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--without", nargs="*", default=[], help="sources that are not asked")
    asked.add_argument("--score-every", type=int, default=1, help="nights after which days are scored")
    asked.add_argument("--disk-mb", type=int, default=1500)
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="speedscore-nights-") as name, disk(Path(name), given.disk_mb) as home:
        told = run(home, Path(name), given)
        is_true = closing(told)
    return 0 if is_true and not told.untrue and not told.ends["failed"] else 1


def run(home: Path, folder: Path, given: argparse.Namespace) -> Told:
    """Run every night against the world as it stands on its day."""
    from flows.replica import Server, build_world
    from flows.replica.demo import demo_catalog, demo_facts, demo_subjects
    from flows.replica.git import write_repositories
    from flows.replica.wire import Handler

    subjects = [one for one in demo_subjects() if one["id"] in given.subjects]
    today, chance, told = datetime.now(UTC).date(), random.Random(given.seed), Told()
    last = build_world(subjects, today, given.seed)
    os.environ.update(write_repositories(last, folder / "git"))
    Handler.date_time_string = lambda *_: format_datetime(CLOCK.now().replace(tzinfo=UTC), usegmt=True)  # type: ignore[method-assign]
    port = 0
    for number in range(1, given.nights + 1):
        day = today - DAY * (given.nights - number)
        world = world_on(last, day)
        set_heads(world, folder / "git")
        out = outages(chance) if number > 1 else {}
        with Server(world, faults=list(out.values()), port=port, limits=BOUNDLESS) as server:
            if not port:
                port = int(server.url.rpartition(":")[2])
                (folder / "catalog.toml").write_text(
                    demo_catalog(subjects, demo_facts(subjects, day, given.seed), server.url), "utf-8"
                )
                os.environ.update(server.environment() | settings_of(home, folder))
            if number > 1 and chance.random() < ASLEEP:
                told.ends["machine off"] += 1
                continue
            one_night(Night(home, number, day, world, out, given), told)
        told.sizes[number] = sizes(home)
        if number % 10 == 0 or number == 1:
            print(f"night {number}: {table_of(told.sizes[number])}", flush=True)
            tell_differences()
    return told


BOUNDLESS = {"core": 10**9, "graphql": 10**9, "stackexchange": 10**9}


@dataclass(frozen=True)
class Night:
    """One night: its number, its day, the world as it stands then, and what is out of order, by upstream."""

    home: Path
    number: int
    day: date
    world: Any
    out: dict[str, Any]
    asked: argparse.Namespace


def one_night(night: Night, told: Told) -> None:
    """Run a night as the flow does, score it, write the site; nothing may be needed but the next night."""
    steps = {round(part * night.asked.nights): step for part, step in STEPS.items()}
    wrong, full = steps.get(night.number, timedelta()), max(2, round(FULL * night.asked.nights))
    CLOCK.set(datetime.combine(night.day, datetime.min.time()) + timedelta(hours=2) + wrong)
    began = time.process_time()
    with full_disk(night.home) if night.number == full else nullcontext():
        end = night_ends(night)
    if isinstance(end, str):
        told.ends["disk full, failed in a sentence" if night.number == full else "failed"] += 1
    else:
        told.ends["whole" if end.is_whole else "with holes"] += 1
        if not wrong:
            compare(night, end, told)
    said = end if isinstance(end, str) else f"{end.landed.observations} rows, lost {','.join(end.lost) or 'nothing'}"
    about = f"clock {wrong}" if wrong else ""
    seconds = time.process_time() - began
    print(
        f"  {night.number} {night.day} out: {','.join(night.out) or '-'} {about} {said} ({seconds:.0f} s)", flush=True
    )


def night_ends(tonight: Night) -> Any:
    """Return the night that has landed, or the sentence with which it failed."""
    from concurrent.futures import ThreadPoolExecutor

    from catalog.errors import InputError
    from flows.settings import load_settings
    from flows.stages.alarm import failure_told, tell_night
    from flows.stages.backfill import backfill_recent
    from flows.stages.chosen import chosen_sources
    from flows.stages.collect import collect_source, settled
    from flows.stages.land import start_run
    from flows.stages.nightly import land_night
    from flows.stages.report import write_site
    from flows.stages.resume import resume_before_night, unlanded
    from flows.stages.score import default_days, score_night
    from warehouse.errors import WarehouseError
    from warehouse.published import migrate_published

    settings = load_settings()

    def asked(name: str) -> Any:
        try:
            return collect_source(name, settings, run_start, [])
        except Exception as error:  # noqa: BLE001 - as the flow does: what broke down costs its own cells
            return settled(name, error, settings, run_start, [])

    began = time.process_time()
    try:
        resume_before_night(settings)
        run_start = start_run("nightly")
        names = [name for name in chosen_sources([]) if name not in tonight.asked.without]
        with failure_told(settings), unlanded(settings, run_start, names, []):
            migrate_published(settings.published, run_start.started_at)
            with ThreadPoolExecutor(8) as pool:
                collected = list(pool.map(asked, names))
            marks = [began, time.process_time()]
            night = land_night(settings, collected, run_start)
            marks.append(time.process_time())
        tell_night(settings, night)
        answered = [one.source for one in night.collected if one.values]
        if answered:
            backfill_recent(settings, [], answered)
        marks.append(time.process_time())
        if tonight.number % tonight.asked.score_every == 0:
            score_night(settings, default_days())
        marks.append(time.process_time())
        spent = [f"{end - start:.0f}" for start, end in pairwise(marks)]
        print(f"    CPU seconds of collecting, landing, backfilling, scoring: {', '.join(spent)}")
        if tonight.number % SITE_EVERY == 1:
            write_site(settings, settings.home_dir / "site")
    except (WarehouseError, InputError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return night


def compare(night: Night, end: Any, told: Told) -> None:
    """Compare what the sources said tonight with the truth of the world; where one was out, cells may be missing."""
    from collectors.source import sources
    from flows.settings import load_settings
    from warehouse.reader import open_reader

    query = "select subject, metric, status, reason, value from observation where run_id = $1 and method = 'snapshot'"
    with open_reader(load_settings().published) as connection:
        said = {(row[0], row[1]): row[2:] for row in connection.execute(query, [end.run_id]).fetchall()}
        query = "select subject, metric, status, reason, value from observation_current where valid_at::date = $1"
        found = connection.execute(f"{query} order by known_at", [night.day]).fetchall()
        today = {(row[0], row[1]): row[2:] for row in found}
    by_turns = {metric.name for source in sources().values() for metric in source.sometimes}
    for key, true in truths(night.world):
        status, reason, value = said.get(key) or today.get(key) or (None, "no row", None)
        if status == "measured":
            told.compared += 1
            if abs(value - true) > 1e-6 * max(1.0, abs(true)):
                told.untrue.append(f"night {night.number}: {' '.join(key)} is {value:g}, true is {true:g}")
            continue
        told.unanswered += 1
        if prefix_of(key[1]) not in night.out and not (reason == "no row" and key[1] in by_turns):
            told.untrue.append(f"night {night.number}: {' '.join(key)}: {status} {reason}, though its source answered")


def tell_differences() -> bool:
    """Print how many stored scores are not what their inputs give; return whether there is none."""
    from flows.settings import load_settings
    from flows.stages.verify import verify_scores

    done = verify_scores(load_settings(), None)
    scores, differing = done.scores, done.differences
    print(f"stored scores made again from their inputs: {scores}, figures of them that differ: {differing.height}")
    if not differing.is_empty():
        print(differing.group_by("known_at", "rubric", "column").len().sort("known_at"), differing.head(20), flush=True)
    return differing.is_empty()


def closing(told: Told) -> bool:
    """Print what came of all nights; return whether every stored score is what its inputs give, and health is well."""
    from flows.settings import load_settings
    from flows.stages.check import Verdict
    from flows.stages.health import health

    settings = load_settings()
    checks = [one for one in health(settings) if one.verdict is not Verdict.OK]
    print(f"\nnights: {dict(told.ends)}; steps by hand: 0")
    print(f"figures compared with the truth: {told.compared}, without an answer: {told.unanswered}")
    for line in told.untrue[:20]:
        print(f"UNTRUE {line}")
    kinds = Counter(re.sub(r"night \d+: \S+|[\d.]+", "", line) for line in told.untrue)
    print(f"untrue: {len(told.untrue)}", *(f"{times} x {kind}" for kind, times in kinds.most_common(20)), sep="\n")
    is_confirmed = tell_differences()
    print("health: " + "; ".join(f"{one.name} {one.verdict}: {one.detail}" for one in checks))
    first, last = sorted(told.sizes)[min(9, len(told.sizes) - 1)], max(told.sizes)
    print("| part | MB after the first night | MB at the end | MB a year |\n|---|---|---|---|")
    for part in (*PARTS, "all"):
        begun, early, late = (sum_of(told.sizes[number], part) for number in (min(told.sizes), first, last))
        print(f"| {part} | {begun:.1f} | {late:.1f} | {(late - early) / max(1, last - first) * 365:.0f} |")
    return is_confirmed and all(one.verdict is not Verdict.FAIL for one in checks)


def settings_of(home: Path, folder: Path) -> dict[str, str]:
    """Return the settings of every night."""
    return {
        "SPEEDSCORE_HOME_DIR": str(home),
        "SPEEDSCORE_CATALOG": str(folder / "catalog.toml"),
        "SPEEDSCORE_TIMEOUT_S": "300",
        "SPEEDSCORE_DEADLINE_S": "600",
        "SPEEDSCORE_GITHUB_MAX_WAIT_S": "0",
    }


if __name__ == "__main__":
    sys.exit(main())
