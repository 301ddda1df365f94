"""The site in a real browser, from disk: it sorts, filters, compares, hands out files, and anybody can use it."""

import csv
import json
import os
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.reports.site_builders import files_of, site
from tests.whole import amount

CHROMIUM = os.environ.get("SPEEDSCORE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OWN = ("index", "compare", "changes", "quality", "method", "downloads", "alpha", "omega")
QUIET = {"resultTypes": ["violations"], "preload": False}  # what axe preloads, the pages rightly refuse
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="needs chromium: apt-get install chromium, or name it in SPEEDSCORE_CHROMIUM"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The site of five subjects, on disk."""
    found = tmp_path_factory.mktemp("site")
    for name, content in files_of([site()]).items():
        (found / name).parent.mkdir(exist_ok=True)
        (found / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser, folder) -> Iterator[Any]:
    """Open a page of the site; afterwards nothing may have been complained of, and no host asked."""
    context = browser.new_context(viewport=DESKTOP)
    said: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    def open_page(name: str, **more: Any) -> Any:
        page.goto(f"{(folder / name.partition('#')[0]).as_uri()}{''.join(name.partition('#')[1:])}", **more)
        return page

    yield open_page
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []


def subjects(page: Any) -> list[str]:
    return page.locator(".board tbody tr:visible th a").all_text_contents()


def test_the_board_sorts_by_what_is_pressed_and_the_empty_stand_last(visit):
    page = visit("index.html")
    score = page.get_by_role("button", name="Score").first
    frameworks = page.locator("section[data-kind=framework]")

    def order() -> list[str]:
        return frameworks.locator("tbody th a").all_text_contents()

    assert order() == ["Alpha", "Beta", "Gamma"]
    score.click()
    assert order() == ["Alpha", "Beta", "Gamma"]
    score.click()
    assert order() == ["Gamma", "Beta", "Alpha"]
    assert frameworks.locator("th[aria-sort=ascending]").inner_text().strip() == "Score"
    libraries = page.locator("section[data-kind=library]")
    for _ in range(2):
        libraries.get_by_role("button", name="Learning").click()
        assert libraries.locator("tbody th a").all_text_contents() == ["Lib", "Omega"]


def test_the_board_is_filtered_by_name_kind_and_state(visit):
    page = visit("index.html")

    page.locator("#find").fill("alp")
    assert subjects(page) == ["Alpha"]
    assert page.locator("#count").inner_text() == "1 of 5 shown"
    page.locator("#find").fill("")
    page.locator("#kind").select_option("library")
    assert subjects(page) == ["Lib", "Omega"]
    page.locator("#kind").select_option("")
    page.locator("#state").select_option("retired")
    assert subjects(page) == ["Gamma"]


def test_subjects_are_compared_and_the_address_keeps_the_choice(visit):
    page = visit("compare.html#beta,lib,show=learning")

    assert page.locator("#chosen b").all_text_contents() == ["Beta", "Lib"]
    assert page.locator("#plot-title").inner_text() == "Learning curve"
    assert page.locator("#canvas canvas").is_visible()
    page.locator("#add").select_option("alpha")
    page.get_by_role("button", name="Remove Beta").click()
    assert page.locator("#chosen b").all_text_contents() == ["Lib", "Alpha"]
    assert page.url.endswith("#lib,alpha,show=learning")
    heads = page.locator("#now thead th").all_text_contents()
    assert heads == ["Score", "Lib", "Alpha"]
    assert page.locator("#now tbody tr").first.locator("td").all_text_contents() == [
        "7.5 (7.2 to 7.9)", "9.4 (8.8 to 9.4)",
    ]  # fmt: skip
    assert page.locator("h2", has_text="At the end of 2024-04-30").is_visible()
    page.locator("#comparison summary").click()
    assert page.locator("#history tbody tr").first.locator("th").inner_text() == "2024-05-01"


def test_lines_that_are_compared_differ_in_more_than_their_colour(visit):
    page = visit("compare.html#alpha,beta,gamma,lib")

    dashes = page.evaluate("plot.series.slice(1).map((one) => String(one.dash))")
    assert len(set(dashes)) == 4
    assert len(set(page.locator("#chosen .sample line").evaluate_all("all => all.map(one => one.outerHTML)"))) == 4


def test_more_than_five_cannot_be_chosen(visit):
    page = visit("compare.html#alpha,beta,gamma,lib,omega")

    assert page.locator("#chosen li").count() == 5
    assert page.locator("#add").is_disabled()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_chart_hands_out_its_own_numbers(visit, form):
    page = visit("alpha.html")
    figure = page.locator("#figure-github-stars")

    with page.expect_download() as given:
        figure.locator(f"a[data-form={form}]").click()

    text = Path(given.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(StringIO(text))) if form == "csv" else json.loads(text)
    assert given.value.suggested_filename == f"alpha-figure-github-stars.{form}"
    assert len(rows) == 40
    assert rows[-1] == {"Day": "2021-01-15", "Accounts": "20,000", "Source": "github"}


def test_the_value_under_the_pointer_and_the_arrow_keys_is_told(visit):
    page = visit("alpha.html")
    chart = page.locator("#speed .canvas:visible")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()

    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2)
    assert chart.locator(".tip").inner_text().startswith("2024-05-01: 8.")
    page.mouse.move(0, 0)
    assert chart.locator(".tip").count() == 0
    chart.focus()
    page.keyboard.press("Home")
    assert chart.locator(".tip").inner_text().startswith("2021-05-01: 8.50")
    page.keyboard.press("ArrowRight")
    assert "2021-06-01: 8.6" in chart.locator(".tip").inner_text()
    page.keyboard.press("Escape")
    assert chart.locator(".tip").count() == 0


def test_the_keyboard_alone_reaches_the_content_and_sorts(visit):
    page = visit("index.html")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("section[data-kind=framework] th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").count() == 1


@pytest.mark.parametrize(
    ("scheme", "size", "names"),
    [("light", DESKTOP, OWN), ("dark", PHONE, ("index", *amount((), ("compare", "quality", "alpha"))))],
)
def test_axe_finds_nothing_on_any_page(visit, scheme, size, names):
    """A table behind a chart is open, and as narrow as a phone makes it, so that one that scrolls is looked at too."""
    from axe_playwright_python.sync_playwright import Axe

    for name in names:
        page = visit(f"{name}.html")
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        page.evaluate(
            "document.querySelectorAll('#speed details, #comparison details').forEach((one) => { one.open = true; })"
        )
        found = Axe().run(page, options=QUIET).response["violations"]
        assert [(name, one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_no_page_is_wider_than_a_phone(visit):
    for name in OWN:
        page = visit(f"{name}.html")
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def test_dark_and_light_have_their_own_colours(visit):
    page = visit("alpha.html")
    seen = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        line = page.locator("#speed .broad polyline").first
        seen.add(
            (
                page.evaluate("getComputedStyle(document.body).backgroundColor"),
                line.evaluate("e => getComputedStyle(e).stroke"),
            )
        )

    assert len({background for background, _ in seen}) == len({stroke for _, stroke in seen}) == 2


def test_a_page_reads_without_scripts(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "alpha.html").as_uri())

    assert page.locator("#speed svg.chart:visible polyline").count() == 2
    assert page.locator("#speed a[data-form=csv]").get_attribute("href") == "data/alpha.scores.csv"
    assert (folder / "data/alpha.scores.csv").exists()
    context.close()
