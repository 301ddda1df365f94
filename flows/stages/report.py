"""Write the static site from the published warehouse."""

from pathlib import Path

from flows.clock import end_of_today
from flows.settings import Settings
from flows.stages.card import card_facts
from flows.stages.reading import reading
from reports.site import pages
from warehouse.query import rows


def write_site(settings: Settings, folder: Path) -> Path:
    """Write every page into the folder; give the path of the first one."""
    as_of = end_of_today()
    with reading(settings) as connection:
        status = rows(connection, "freshness")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(card_facts(settings, None, as_of), as_of, status).items():
        fresh = folder / f".{name}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(folder / name)
    return folder / "index.html"
