"""What a run leaves to read: the scores of today, or the newest that there are, of which day, and what to do next."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from flows.cli.show import show
from flows.notes import tell, width_of
from flows.settings import Settings
from flows.stages.score import ScoringResult, as_said, leaderboard, score_day, with_interval

SHIPPED_DAY = datetime(2024, 1, 31)  # noqa: DTZ001 - naive UTC everywhere
COLUMNS = ("name", "speed_score", "interval", "coverage", "status")
DIMENSIONS = ("ecosystem", "production", "research", "learning", "performance")


def summary(settings: Settings, kept: ScoringResult, as_of: datetime, page: Path) -> None:
    """Print which scores there are, of which day, and what to do next."""
    today = kept.scores.filter(pl.col("as_of") == as_of)
    given = today.filter(pl.col("status") != "withheld")
    shipped = _shipped(settings) if given.is_empty() and _newest(kept).is_empty() else []
    if given.is_empty():
        _show_newest(kept, shipped, as_of)
    else:
        board = leaderboard(today, kept.names)
        tell(f"Speed Scores {end_of(as_of)}:\n")
        show(map(as_said, board), (*COLUMNS, *DIMENSIONS))
    if settings.label is None:
        best = leaderboard(given if not given.is_empty() else _newest(kept), kept.names) or shipped
        show_steps(_next_steps(settings, best[0] if best else None, as_of, page))


def show_steps(found: Iterator[tuple[str, str]]) -> None:
    """Print commands with what each is good for."""
    steps = list(found)
    print("\nNext:")
    size = max(len(command) for command, _ in steps)
    is_narrow = sys.stdout.isatty() and size + 4 + max(len(what) for _, what in steps) > width_of(sys.stdout)
    for command, what in steps:
        print(f"  {command}\n      {what}" if is_narrow else f"  {command:<{size}}  {what}")


def end_of(as_of: datetime) -> str:
    """Return a score's day in words: what is as of a midnight counts the day before it, to its end."""
    return f"at the end of {as_of - timedelta(days=1):%Y-%m-%d} (UTC)"


def _newest(kept: ScoringResult) -> pl.DataFrame:
    """Return the newest score of each subject that was given one."""
    given = kept.scores.filter(pl.col("status") != "withheld")
    return given.sort("as_of").group_by("subject", maintain_order=True).last()


def _show_newest(kept: ScoringResult, shipped: list[dict[str, Any]], as_of: datetime) -> None:
    tell(f"No framework has a score {end_of(as_of)}: too little is known of that day.")
    if newest := leaderboard(_newest(kept), kept.names) or shipped:
        print("The newest scores that what is stored can give:\n")
        show([_dated(row) for row in newest], ("name", "end_of", *COLUMNS[1:], *DIMENSIONS))


def _shipped(settings: Settings) -> list[dict[str, Any]]:
    """Return the scores of the day of which enough ships with the package: that of the first published card."""
    seen = score_day(settings, SHIPPED_DAY)
    given = with_interval(seen).filter(pl.col("status") != "withheld")
    return leaderboard(given, seen.names)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return as_said(row) | {"end_of": (row["as_of"] - timedelta(days=1)).date()}


def _next_steps(
    settings: Settings, best: dict[str, Any] | None, as_of: datetime, page: Path
) -> Iterator[tuple[str, str]]:
    name = called()
    if best:
        day = "" if best["as_of"] == as_of else f" --as-of {best['as_of']:%Y-%m-%d}"
        yield f"{name} card {best['subject']}{day}", "why it has this score"
    yield f"{name} open", f"the site: {page}"
    yield f"{name} follow https://github.com/OWNER/REPO", "add a framework of your own"
    yield f'{name} sql "from latest_score"', "ask in SQL"
    if not settings.github_credentials:
        yield f"GITHUB_TOKEN=... {name} nightly", "ask GitHub for everything"


def demo_steps(home: Path | None, subject: str = "pytorch") -> Iterator[tuple[str, str]]:
    """Yield what to do after a demo: of one that is kept, what is in it, as of `subject`; else how to keep one."""
    speedscore = called()
    if home is None:
        yield f"{speedscore} demo --keep demo-data", "the same, with cards, site and SQL to look at"
    else:
        name = f"SPEEDSCORE_HOME_DIR={shlex.quote(str(home))} {speedscore}"
        yield f"{name} card {subject}", "why it has this score"
        yield f"{name} open", "the site"
        yield f'{name} sql "from leaderboard"', "ask in SQL"
    yield f"{speedscore} nightly", "ask the real sources"


def called() -> str:
    """Return how the command is called from here: by its name where the path leads to it, else by its file."""
    script = Path(sys.argv[0])
    is_found = shutil.which("speedscore") is not None or script.name != "speedscore"
    return "speedscore" if is_found else shlex.quote(str(script))
