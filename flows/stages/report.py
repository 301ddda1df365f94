"""Write the static site from the published warehouse."""

from datetime import datetime
from pathlib import Path

from flows.clock import end_of_today
from flows.settings import Settings
from flows.stages.site_facts import site_facts
from reports.site import first_page, pages


def write_site(settings: Settings, folder: Path, as_of: datetime | None = None) -> Path:
    """Write every page whose content changed into the folder; give the path of the first one."""
    for name, content in pages(site_facts(settings, as_of or end_of_today())):
        _write(folder / name, content.encode() if isinstance(content, str) else content)
    return folder / first_page()


def _write(path: Path, content: bytes) -> None:
    """Put the content in place of the file at once; a file that holds it already stays as it is."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
