"""Land the parts of GH Archive that lie on disk, whoever read them: the one loader, and each part once."""

from itertools import islice

from flows.settings import Settings
from flows.stages.archive_days import Landable, page_of
from flows.stages.land import RunStart, land_page, publish
from flows.stages.reading import reading
from warehouse.archive_days import landed_parts
from warehouse.archive_parts import read_part

PARTS_AT_ONCE = 100


def load_parts(settings: Settings, run_start: RunStart) -> int:
    """Land what has not landed yet, of the subjects that are followed; give how many parts."""
    followed = {one.id for one in settings.followed.subjects}
    with reading(settings) as connection:
        landed = landed_parts(connection)
    manifests = sorted((settings.home_dir.resolve() / "gharchive" / "parts").glob("*.json"))
    parts = (part for part in map(read_part, manifests) if part and part.sha256 not in landed)
    loaded = 0
    while batch := list(islice(parts, PARTS_AT_ONCE)):
        found: list[Landable] = [one for part in batch for one in page_of(settings, part, followed)]
        land_page(settings, found, run_start)
        loaded += len(batch)
    if loaded:
        publish(settings)
    return loaded
