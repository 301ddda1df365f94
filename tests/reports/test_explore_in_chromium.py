"""The page of SQL in a real browser: from disk it says where it works; over HTTP the real DuckDB answers, and asks nobody."""

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from flows.stages.browser_build import FILES
from tests.reports.site_builders import cards, files_of, site
from tests.reports.test_site_in_chromium import CHROMIUM, DESKTOP, FLAGS, PHONE, QUIET

BUILD = os.environ.get("SPEEDSCORE_DUCKDB_WASM")
HOSTILE = "<img src=x onerror=alert(1)>\"',\n\u202ez"
OPENS_WITHIN_MS = 120_000
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="needs chromium: apt-get install chromium, or name it in SPEEDSCORE_CHROMIUM"
)
needs_build = pytest.mark.skipif(
    not BUILD, reason="needs DuckDB's build for browsers: npm pack @duckdb/duckdb-wasm, named in SPEEDSCORE_DUCKDB_WASM"
)


class Quiet(SimpleHTTPRequestHandler):
    """A server of files, as `python -m http.server` is one; of an icon it says that there is none."""

    def do_GET(self) -> None:
        """Send a file."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The site of five subjects, one of them with a hostile name, on disk; with DuckDB's build where there is one."""
    found = tmp_path_factory.mktemp("site")
    first, *rest = cards()
    for name, content in files_of([site([replace(first, name=HOSTILE), *rest], duckdb_bytes=35_015_345)]).items():
        (found / name).parent.mkdir(exist_ok=True)
        (found / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (found / "duckdb").mkdir()
    for name in FILES if BUILD else ():
        (found / "duckdb" / name).symlink_to(Path(BUILD or "").resolve() / name)
    return found


@pytest.fixture(scope="module")
def served(folder) -> Iterator[str]:
    """The address of the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class Visit:
    """A page with what it asked for and what its console said."""

    def __init__(self, browser: Any, **more: Any) -> None:
        self.page = browser.new_context(viewport=DESKTOP, **more).new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.context.on("request", lambda request: self.asked.append(request.url))

    def ask(self, sql: str) -> str:
        """Put a question by the keyboard; return the caption of the answer, or what DuckDB says of an error."""
        self.page.locator("#query").fill(sql)
        self.page.keyboard.press("Control+Enter")
        return self.answered()

    def answered(self) -> str:
        """Wait for the answer."""
        self.page.wait_for_selector("#run:enabled", timeout=OPENS_WITHIN_MS)
        error = self.page.locator("#error")
        return error.inner_text() if error.is_visible() else self.page.locator("#answer caption").inner_text()

    def rows(self) -> list[list[str]]:
        """Return the cells of the answer that is shown."""
        return [row.locator("td").all_text_contents() for row in self.page.locator("#answer tbody tr").all()]

    def open(self) -> None:
        """Open DuckDB."""
        self.page.locator("#open").click()
        self.page.wait_for_selector("#asking:not([hidden])", timeout=OPENS_WITHIN_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def opened(browser, served) -> Iterator[Visit]:
    """The page with DuckDB open; at the end nothing may have been complained of, and no host asked but its own."""
    visit = Visit(browser)
    visit.page.goto(f"{served}explore.html")
    assert [url for url in visit.asked if "duckdb/" in url or "data/" in url] == []
    visit.open()
    yield visit
    assert [url for url in visit.asked if not url.startswith((served, f"blob:{served}"))] == []
    assert visit.said == []


def violations(page: Any, scheme: str, size: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in Axe().run(page, options=QUIET).response["violations"]
    ]


def test_from_disk_the_page_says_where_it_works(browser, folder):
    visit = Visit(browser)
    visit.page.goto((folder / "explore.html").as_uri())

    assert "python -m http.server" in visit.page.locator("#disk").inner_text()
    assert visit.page.locator("#disk a").get_attribute("href") == "downloads.html"
    assert not visit.page.locator("#open").is_visible()
    assert violations(visit.page, "light", PHONE) == []
    assert visit.said == []


def test_a_build_that_is_gone_is_said(browser, served, folder, tmp_path):
    for path in folder.iterdir():
        if path.name != "duckdb":
            (tmp_path / path.name).symlink_to(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, daemon=True).start()
    visit = Visit(browser)
    visit.page.goto(f"http://127.0.0.1:{server.server_port}/explore.html")

    assert violations(visit.page, "dark", PHONE) == []
    visit.page.locator("#open").click()
    visit.page.get_by_text("DuckDB could not be opened: duckdb/duckdb-browser-eh.worker.js cannot be read").wait_for()
    assert visit.page.locator("#open").is_enabled()
    server.shutdown()
    server.server_close()


@needs_build
def test_every_question_to_begin_with_is_answered(opened):
    buttons = opened.page.locator(".question")

    assert buttons.count() == 5
    for button in buttons.all():
        button.click()
        assert "row" in opened.answered(), button.inner_text()
        assert opened.rows(), button.inner_text()
        assert " s." in opened.page.locator("#said").inner_text()


@needs_build
def test_an_error_is_said_as_duckdb_says_it_and_the_next_question_is_answered(opened):
    said = opened.ask("select 1,\n  nope from scores;")

    assert said.startswith('Binder Error: Referenced column "nope" not found')
    assert said.count("LINE 2:") == 1
    assert not opened.page.locator("#answer").is_visible()
    assert opened.ask("select 1 as one") == "1 row"
    assert opened.rows() == [["1"]]


@needs_build
def test_a_long_answer_shows_a_thousand_rows_and_its_csv_has_all(opened):
    assert opened.ask("select range as n, null as nothing, '' as empty from range(1500)") == (
        "1,500 rows, the first 1,000 shown"
    )
    assert len(opened.rows()) == 1000
    with opened.page.expect_download() as given:
        opened.page.locator("#take").click()
    rows = list(csv.reader(StringIO(Path(given.value.path()).read_text(encoding="utf-8"))))
    assert given.value.suggested_filename == "answer.csv"
    assert (rows[0], rows[-1], len(rows)) == (["n", "nothing", "empty"], ["1499", "", ""], 1501)
    opened.answered()


@needs_build
def test_hostile_texts_are_texts(opened):
    assert opened.ask("select name, length(name) as long from subjects where subject = 'alpha'") == "1 row"
    assert opened.rows() == [[HOSTILE.replace("\u202e", "\ufffd"), str(len(HOSTILE))]]
    opened.ask("select '<img src=x onerror=alert(2)>' as \"<b>head</b>\"")
    assert opened.page.locator("#answer thead th").inner_text() == "<b>head</b>"
    assert "<img src=x>" in opened.ask('select * from "<img src=x>"')
    assert opened.page.locator("main img, #answer b").count() == 0


@needs_build
def test_no_question_reaches_a_file_or_a_host(opened, served):
    before = len(opened.asked)
    for sql in ("from 'https://127.0.0.1:9/x.csv'", f"from read_csv('{served}data/scores.csv')", "from glob('*')"):
        assert "Permission Error" in opened.ask(sql), sql
    for sql in ("install httpfs", "set enable_external_access = true"):
        assert "Parser Error" in opened.ask(sql), sql
    assert opened.asked[before:] == []


@needs_build
def test_a_long_question_is_stopped_and_the_next_one_answered(opened):
    opened.page.locator("#query").fill(
        "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range"
    )
    opened.page.locator("#run").click()
    opened.page.locator("#stop").click()
    opened.page.get_by_text("is open.").wait_for(timeout=OPENS_WITHIN_MS)

    assert opened.ask("select count(*) as n from scores") == "1 row"


@needs_build
@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)])
def test_axe_finds_nothing(opened, scheme, size):
    opened.ask("select nope")
    assert violations(opened.page, scheme, size) == []
    opened.ask("from figures")
    assert violations(opened.page, scheme, size) == []


@pytest.mark.parametrize("asks", ["fetch(other, {mode: 'no-cors'})", "new Promise(() => importScripts(other))"])
def test_a_worker_of_text_obeys_the_policy_of_the_page(browser, served, asks):
    asked: list[str] = []

    class Other(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    Thread(target=other.serve_forever, daemon=True).start()
    worker = f"const other = 'http://127.0.0.1:{other.server_port}/'; {asks}.then(() => postMessage('sent'), () => postMessage('refused'))"
    begun = """(text) => new Promise((done) => {
      const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = () => done("no worker");
    })"""
    page, anywhere = Visit(browser).page, Visit(browser).page
    page.goto(f"{served}explore.html")
    anywhere.goto(f"{served}data/")

    assert page.evaluate(begun, worker) == "refused"
    assert asked == []
    anywhere.evaluate(begun, worker)
    assert asked == ["/"]
    other.shutdown()
    other.server_close()
