"""The frozen archive as a way to the code of papers: what it says of those that venues accepted."""

from collections.abc import Iterable, Iterator
from datetime import date

from catalog.rows import Rows
from collectors.upstream import Found, Papers
from collectors.venues.addresses import clean
from flows.settings import Settings
from flows.stages.reading import reading
from warehouse.archived_links import archived_links, papers_to_find

FROZEN_ON = date(2025, 7, 31)
"""The day up to which the archive may have seen a link."""


def links_of_archive(found: Iterable[Found], settings: Settings) -> Iterator[Rows]:
    """Yield the links of the archive's files to accepted papers that were not looked for in it yet."""
    archives = [one for one in found if isinstance(one, Papers)]
    if not archives or not settings.published.exists():
        return
    with reading(settings) as connection:
        wanted = papers_to_find(connection)
    frameworks = {name.lower() for one in settings.followed.subjects for name in one.github_names}
    for one in archives:
        rows = []
        for row in archived_links(one.links, wanted):
            link = clean(row["address"], frameworks)
            why = str(link.refusal) if link.refusal else None
            rows.append(row | {"way": "archive", "seen_on": FROZEN_ON, "repository": link.repository, "refusal": why})
        if rows:
            yield Rows("paper_link", tuple(rows))
