"""DuckDB's build for browsers: the operator gets it and names its folder in a setting; the site carries two files."""

import logging
import shutil
from pathlib import Path

from catalog.errors import InputError
from flows.settings import Settings
from reports.site import EXPLORE

FILES = ("duckdb-eh.wasm", "duckdb-browser-eh.worker.js")
FOLDER = "duckdb"
log = logging.getLogger(__name__)


def browser_build(settings: Settings) -> Path | None:
    """Return the folder that is set, None where none is; raise InputError that says what it lacks."""
    build = settings.duckdb_wasm
    if build is None:
        return None
    try:
        lacking = [name for name in FILES if not (build / name).is_file()]
    except OSError as error:
        raise InputError(f"SPEEDSCORE_DUCKDB_WASM: {build} cannot be read: {error.strerror}") from error
    if lacking:
        raise InputError(
            f"SPEEDSCORE_DUCKDB_WASM: {build} has no {' and no '.join(lacking)}; "
            "unpack what `npm pack @duckdb/duckdb-wasm` gets and name its folder package/dist, or unset it"
        )
    return build


def put_build(settings: Settings, site: Path) -> int:
    """Put DuckDB's files into the site where they changed, and return their bytes; 0 where the site has none.

    A build that is lacking or cannot be read costs the page that needs it, with a warning, and nothing else.
    """
    try:
        build = browser_build(settings)
        if build is not None:
            return sum(_put(build / name, site / FOLDER / name) for name in FILES)
    except InputError as error:
        log.warning("%s; the site is written without the page of SQL", error)
    except OSError as error:
        log.warning(
            "DuckDB's build for browsers cannot be put in place (%s); the site is without the page of SQL", error
        )
    _take_away(site)
    return 0


def _put(source: Path, target: Path) -> int:
    """Copy a file that was changed since it was copied last, at once; its content is not read to find out."""
    found = source.stat()
    kept = target.stat() if target.is_file() else None
    if kept is None or kept.st_size != found.st_size or kept.st_ctime_ns < found.st_ctime_ns:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        shutil.copyfile(source, beside)
        beside.replace(target)
    return found.st_size


def _take_away(site: Path) -> None:
    """Remove the page and DuckDB's files from a site that carried them."""
    ours = [path for path in (site / FOLDER / name for name in FILES) if path.is_file()]
    for path in [*ours, site / f"{EXPLORE}.html"] if ours else []:
        path.unlink(missing_ok=True)
