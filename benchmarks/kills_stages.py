"""The stages of a night as they are seen from outside: in the files of its home, its locks, and its words."""

import time
from enum import StrEnum
from pathlib import Path

from benchmarks.kills_home import Home, Night

PATIENCE_S = 1200.0
GLANCE_S = 0.001


class Stage(StrEnum):
    """Where a night is killed."""

    COLLECT = "collect"
    LAND = "land"
    PUBLISH = "publish"
    SCORE = "score"


STAGES = tuple(Stage)
MET = (Stage.COLLECT, Stage.LAND, Stage.SCORE)
POINTS = ("half copied", "copied", "in its place")
"""Where publishing is broken off."""


def wait_for(stage: Stage, home: Home, night: "Night | None", after_s: float) -> bool:
    """Wait until a night is so far into a stage; return whether it still runs then."""
    began = time.monotonic()
    while not has_begun(stage, home):
        if (night and night.has_ended()) or time.monotonic() - began > PATIENCE_S:
            return False
        time.sleep(GLANCE_S)
    until = time.monotonic() + after_s
    while time.monotonic() < until:
        if night and night.has_ended():
            return False
        time.sleep(GLANCE_S)
    return True


def has_begun(stage: Stage, home: Home) -> bool:
    """Return whether a night is in a stage."""
    if stage is Stage.SCORE:
        return "Scoring today" in home.said()
    if not any((home.path / "raw" / "unlanded").glob("*.json")):
        return False
    if stage is Stage.COLLECT:
        return True
    return _is_locked(home.path / "speedscore.writer.lock")


def durations(home: Home) -> dict[Stage, float]:
    """Run an undisturbed night, and return how many seconds each stage takes that can be met from outside."""
    began, night = {}, Night(home)
    for stage in MET:
        if not wait_for(stage, home, night, 0):
            raise SystemExit(f"the undisturbed night ended with {night.wait()}: {home.said()[-2000:]}")
        began[stage] = time.monotonic()
    if code := night.wait():
        raise SystemExit(f"the undisturbed night ended with {code}: {home.said()[-2000:]}")
    ends = [*(began[stage] for stage in MET[1:]), time.monotonic()]
    return {stage: round(end - began[stage], 2) for stage, end in zip(MET, ends, strict=True)}


def _is_locked(path: Path) -> bool:
    """Return whether some process holds the lock of a file; nothing is locked to find out."""
    try:
        number = f":{path.stat().st_ino} "
        return number in Path("/proc/locks").read_text()
    except FileNotFoundError:
        return False
