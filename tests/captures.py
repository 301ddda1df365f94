"""Every command on a terminal of 80 and of 200 columns, to be read by eye: `python -m tests.captures HOME FOLDER`.

HOME is a folder that a night has filled, as `speedscore demo --keep HOME` does.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from flows.cli.app import app
from flows.cli.ending import ending
from tests.terminal import Terminal, said_by

WIDTHS = (80, 200)
WIDE_ENOUGH = 1000
DAY = ("--as-of", "2024-01-31")
WIDE_ROWS = (
    "select subject, metric, valid_at, value, unit, url, definition from observation_current order by all limit 9"
)
READING: dict[str, tuple[tuple[str, ...], ...]] = {
    "nightly": (("--plan",),),
    "follow": (("not a name",),),
    "open": ((),),
    "card": (("pytorch", *DAY),),
    "compare": (("pytorch", "tensorflow", "jax", *DAY, "--all"),),
    "score": (DAY, ("--from", "2023-11-30", "--to", "2024-01-31", "--every", "month")),
    "explain": (("pytorch", "--from", "2024-01-20", "--to", "2024-01-31"),),
    "subjects": ((),),
    "metrics": (("github",), ("github.stars",)),
    "sql": ((WIDE_ROWS,), ("from leaderboard",), (".tables",), ("--describe", "score"), ("from why_missing limit 9",)),
    "report": ((),),
    "status": ((), ("--settings",)),
    "gaps": ((), ("--all", "--subject", "jax")),
    "verify": ((),),
    "health": ((),),
    "doctor": (("--plan",),),
    "backfill": (("--from", "2026-01-01", "--to", "2026-01-31", "--plan"),),
    "backtest": (("seed",), ("ranks", *DAY), ("irrelevant", *DAY), ("tricks", *DAY), ("weights", *DAY)),
    "research": (("samples",), ("links", "no-such-folder")),
    "undo": (("no-such-run", "--plan"),),
    "accept": (("pytorch", "github.stars"),),
    "backup": (("{new}",),),
    "restore": (("no-such-file.tar.gz",),),
    "prune": (("--plan",),),
    "import": (("{table}",),),
    "migrate-warehouse": (("--to", "{new}.duckdb"),),
}
"""What is asked of each command that asks no source. {new} is a name that is not taken, {table} a file with a table."""
LIGHT = ("subjects", "metrics", "sql", "status", "gaps", "research", "undo", "import", "restore")
"""Commands that take no second."""
SLOW = ("demo", "serve")
"""Commands that run for minutes, or for ever."""
VARYING = re.compile(r"[\d,]+ of [\d,]+ (?=scores)|\d{8}T\d{6}\S*|\d+(\.\d+)? (s|h|MB|GB)\b|\d\d:\d\d:\d\d")
"""Moments, durations, sizes, and how many scores are new: they differ from call to call."""
NUMBER = re.compile(r"\d(?:[\d.,:%-]*[\d%])?")


def numbers(said: str) -> set[str]:
    """Return the numbers that stand on a terminal, but for those that differ from call to call."""
    return set(NUMBER.findall(VARYING.sub("", said)))


def asked() -> Iterator[tuple[str, ...]]:
    """Yield what is typed behind `speedscore`."""
    for name, calls in READING.items():
        yield from ((name, *words) for words in calls)


def capture(columns: int, words: Sequence[str], folder: Path) -> Terminal:
    """Return a terminal of so many columns after a command."""
    new, table = folder / f"new-{'n' * len(list(folder.iterdir()))}", folder / "table.csv"
    table.write_text("subject,day,stars\npytorch,2024-01-31,76000\n", "utf-8")
    own = [word.format(new=new, table=table) for word in words]

    def run() -> None:
        with suppress(SystemExit), ending():
            app(own, standalone_mode=False, prog_name="speedscore")

    return said_by(columns, run)


def main() -> None:
    """Write a file for each command and width."""
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ |= {"SPEEDSCORE_HOME_DIR": str(home), "BROWSER": "true"}
    app.rich_markup_mode = "rich"
    helps = [("--help",), *((name, "--help") for name in (*READING, *SLOW))]
    for words in [*helps, *asked()]:
        for columns in WIDTHS:
            name = re.sub(r"[^a-z0-9]+", "-", " ".join(words)[:60].lower()).strip("-")
            (folder / f"{name}-{columns}.txt").write_text(capture(columns, words, scratch).said + "\n", "utf-8")


if __name__ == "__main__":
    main()
