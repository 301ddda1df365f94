"""How long the pages of the site take, and how large they are: for 14, 200 and 1,000 subjects.

    python -m benchmarks.site --home HOME [--sizes 14 200 1000]

The subjects of a warehouse are shown again under other names; gathering their facts is measured by benchmarks.growth.
Prints CPU seconds of the first writing and of a second one that finds nothing changed, files, megabytes,
the largest page.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.clock import end_of_today
from flows.settings import load_settings
from flows.stages.report import put_in_place
from flows.stages.site_facts import site_facts
from reports.site import pages
from reports.site_facts import BY_SUBJECT, SiteFacts


def main() -> None:
    """Print a line for each size."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--sizes", type=int, nargs="+", default=[14, 200, 1000])
    told = asked.parse_args()
    [whole] = site_facts(load_settings(home_dir=told.home), end_of_today())
    sum(1 for _ in pages([whole]))  # templates are compiled once
    print(
        "| subjects | CPU seconds | again | files | MB | largest page, kB | page of a subject, kB |"
        "\n|---|---|---|---|---|---|---|"
    )
    for size in told.sizes:
        with TemporaryDirectory() as folder:
            print(_measured(_copied(whole, size), Path(folder)), flush=True)


def _measured(site: SiteFacts, folder: Path) -> str:
    first, changed = _written(site, folder)
    again, more = _written(site, folder)
    assert (changed > 0, more) == (True, 0), more  # noqa: S101
    files = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {path.name: path.stat().st_size for path in files}
    largest = max((name for name in sizes if name.endswith(".html")), key=sizes.__getitem__)
    own = sizes[f"{site.cards[0].subject}.html"]
    total = sum(path.stat().st_size for path in files) / 1e6
    return (
        f"| {len(site.cards)} | {first:.1f} | {again:.1f} | {len(files):,} | {total:.0f} | "
        f"{sizes[largest] / 1e3:.0f} ({largest}) | {own / 1e3:.0f} |"
    )


def _written(site: SiteFacts, folder: Path) -> tuple[float, int]:
    start = time.process_time()
    changed = sum(put_in_place(folder / name, content) for name, content in pages([site]))
    return time.process_time() - start, changed


def _copied(site: SiteFacts, size: int) -> SiteFacts:
    """Return a site of so many subjects: the known ones again and again, under other names."""
    known = [card.subject for card in site.cards]
    names = [one if not turn else f"{one}-{turn}" for turn in range(size // len(known) + 1) for one in known][:size]
    cards = {card.subject: card for card in site.cards}

    def spread(by: Mapping[str, Any]) -> dict[str, Any]:
        return {name: by[one] for place, name in enumerate(names) if (one := known[place % len(known)]) in by}

    return replace(
        site,
        cards=[replace(cards[known[place % len(known)]], subject=name) for place, name in enumerate(names)],
        **{name: spread(getattr(site, name)) for name in BY_SUBJECT},
    )  # fmt: skip


if __name__ == "__main__":
    main()
