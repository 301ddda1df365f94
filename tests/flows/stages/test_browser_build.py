"""DuckDB's build for browsers is put into the site once, and a folder that lacks it costs the page, not the night."""

import logging
import os
import time
from pathlib import Path

import pytest

from catalog.errors import InputError
from flows.settings import Settings, load_settings
from flows.stages.browser_build import FILES, browser_build, put_build
from flows.stages.report import write_site

CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "alpha"
name = "Alpha"
kind = "framework"
github_id = 1
github = "a/alpha"
"""


@pytest.fixture
def build(tmp_path) -> Path:
    """A folder with files of these names."""
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes(name.encode())
    return folder


def settings_of(home: Path, build: Path | None) -> Settings:
    return load_settings(home_dir=home, duckdb_wasm=build)


def put(home: Path, build: Path | None) -> int:
    return put_build(settings_of(home, build), home / "site")


def test_the_files_are_put_in_place_once_and_again_where_they_changed(tmp_path, build):
    kept = [tmp_path / "site" / "duckdb" / name for name in FILES]

    assert put(tmp_path, build) == sum(len(name) for name in FILES)
    assert [path.read_text() for path in kept] == list(FILES)
    first = [path.stat().st_ino for path in kept]
    put(tmp_path, build)
    assert [path.stat().st_ino for path in kept] == first

    time.sleep(0.02)  # the clock of a file system ticks every few milliseconds
    old = (build / FILES[0]).stat()
    (build / FILES[0]).write_bytes(FILES[0].upper().encode())
    os.utime(build / FILES[0], ns=(old.st_atime_ns, old.st_mtime_ns))  # npm gives all its versions one date
    put(tmp_path, build)
    assert [path.read_text() for path in kept] == [FILES[0].upper(), FILES[1]]
    assert kept[1].stat().st_ino == first[1]
    assert sorted(path.name for path in kept[0].parent.iterdir()) == sorted(FILES)


def test_a_folder_that_lacks_a_file_is_said_in_one_sentence(tmp_path, build):
    (build / FILES[1]).unlink()

    with pytest.raises(InputError) as raised:
        browser_build(settings_of(tmp_path, build))
    assert f"{build} has no {FILES[1]};" in str(raised.value)
    assert "SPEEDSCORE_DUCKDB_WASM" in str(raised.value)
    with pytest.raises(InputError, match=f"has no {FILES[0]} and no {FILES[1]}"):
        browser_build(settings_of(tmp_path, tmp_path / "nowhere"))


def test_without_the_setting_there_is_nothing(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("SPEEDSCORE_DUCKDB_WASM", "")
    settings = load_settings(home_dir=tmp_path)

    assert browser_build(settings) is None
    assert put_build(settings, tmp_path / "site") == 0
    assert list(tmp_path.iterdir()) == caplog.records == []


@pytest.mark.parametrize("is_set", [True, False])
def test_a_site_that_loses_its_build_loses_the_page_and_nothing_of_others(tmp_path, build, is_set, caplog):
    page = tmp_path / "site" / "explore.html"
    page.parent.mkdir()
    page.write_text("somebody's own")
    put(tmp_path, None)
    assert page.exists()

    put(tmp_path, build)
    (build / FILES[0]).unlink()
    with caplog.at_level(logging.WARNING, "flows"):
        assert put(tmp_path, build if is_set else None) == 0
    assert not page.exists()
    assert not [path for path in page.parent.rglob("*") if path.is_file()]
    assert [record.levelname for record in caplog.records] == (["WARNING"] if is_set else [])


def test_a_build_that_cannot_be_copied_is_a_warning(tmp_path, build, caplog):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "duckdb").write_text("a file stands where the folder should")

    with caplog.at_level(logging.WARNING, "flows"):
        assert put(tmp_path, build) == 0
    assert "cannot be put in place" in caplog.text


def test_the_site_is_written_with_the_page_and_without_it_where_the_folder_lacks_it(tmp_path, build, caplog):
    (tmp_path / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    with_page = write_site(settings_of(tmp_path, build), tmp_path / "site").parent
    assert 'href="explore.html"' in (with_page / "index.html").read_text(encoding="utf-8")
    assert (with_page / "explore.html").exists()

    (build / FILES[0]).unlink()
    with caplog.at_level(logging.WARNING, "flows"):
        write_site(settings_of(tmp_path, build), tmp_path / "site")
    assert "the site is written without the page of SQL" in caplog.text
    assert 'href="explore.html"' not in (with_page / "index.html").read_text(encoding="utf-8")
    assert not (with_page / "explore.html").exists()
