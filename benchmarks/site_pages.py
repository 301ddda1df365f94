"""How soon each page of a written site is there in Chromium.

    python -m benchmarks.site_pages --site HOME/site [--turns 5]

Milliseconds from the start of the navigation until the page and its scripts are ready (domComplete), medians of the
turns, and as a multiple of an empty page in the same browser.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

READY = "performance.timing.domComplete - performance.timing.navigationStart"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def main() -> None:
    """Print a line a page."""
    from playwright.sync_api import sync_playwright

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--site", type=Path, required=True)
    asked.add_argument("--turns", type=int, default=5)
    given = asked.parse_args()
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        empty = Path(folder, "empty.html")
        empty.write_text("<!doctype html><title>empty</title>", "utf-8")
        baseline = _ready_ms(browser, empty, given.turns)
        print(f"| page | ready, ms | to an empty page |\n|---|---|---|\n| an empty page | {baseline:.0f} | 1.0 |")
        for name, ms in _pages(browser, given.site, given.turns):
            print(f"| {name} | {ms:.0f} | {ms / max(baseline, 1):.1f} |")


def _pages(browser: Any, site: Path, turns: int) -> Iterator[tuple[str, float]]:
    for path in sorted(site.glob("*.html")):
        yield path.name, _ready_ms(browser, path, turns)


def _ready_ms(browser: Any, path: Path, turns: int) -> float:
    found = []
    for _ in range(turns):
        page = browser.new_page()
        page.goto(path.resolve().as_uri())
        found.append(page.evaluate(READY))
        page.close()
    return median(found)


if __name__ == "__main__":
    main()
