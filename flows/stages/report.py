"""Write the static site from the published warehouse."""

from datetime import datetime
from filecmp import cmp
from pathlib import Path

from flows.clock import end_of_today
from flows.places import refuse_file
from flows.settings import Settings
from flows.stages.browser_build import put_build
from flows.stages.compiled import keep_compiled
from flows.stages.site_facts import site_facts
from flows.stages.unended import UNREPORTED, end_nights, unended
from reports.site import first_page, pages
from reports.site_files import Content, Parts


def write_site(settings: Settings, folder: Path, as_of: datetime | None = None) -> Path:
    """Write every page whose content changed into the folder; give the path of the first one."""
    refuse_file(folder)
    waiting = unended(settings, UNREPORTED) if folder == settings.home_dir / "site" and as_of is None else []
    duckdb_bytes = put_build(settings, folder)
    keep_compiled()
    for name, content in pages(site_facts(settings, as_of or end_of_today(), duckdb_bytes)):
        put_in_place(folder / name, content)
    end_nights(settings, waiting)
    return folder / first_page()


def put_in_place(path: Path, content: Content) -> bool:
    """Put the content in place of the file at once; return False where the file holds it already and stays as it is."""
    beside = path.with_name(f".{path.name}.new")
    if isinstance(content, Parts):
        return _put_parts(path, content, beside)
    fresh = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == fresh:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(fresh)
    beside.replace(path)
    return True


def _put_parts(path: Path, parts: Parts, beside: Path) -> bool:
    """Put a long text in place of the file, and never hold the whole of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.writelines(parts)
    if path.exists() and cmp(beside, path, shallow=False):
        beside.unlink()
        return False
    beside.replace(path)
    return True
