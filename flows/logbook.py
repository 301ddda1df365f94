"""The log of a home: every warning of collectors, warehouse and flows, in files that do not grow for ever."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES, OLD_FILES = 5_000_000, 5
ROOMS = ("collectors", "flows", "warehouse")


def keep_log(home: Path) -> None:
    """Write warnings to `<home>/speedscore.log` from now on, once; five files of 5 MB are kept besides."""
    path = home / "speedscore.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True)
    kept.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    known = logging.getLogger(ROOMS[0]).handlers
    if not any(getattr(one, "baseFilename", None) == kept.baseFilename for one in known):
        hear(kept)


def hear(handler: logging.Handler) -> None:
    """Let a handler hear the warnings of our rooms."""
    handler.setLevel(logging.WARNING)
    for name in ROOMS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
