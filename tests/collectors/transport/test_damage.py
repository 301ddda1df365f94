"""Damage to the raw archive costs a request, never an answer: it is noticed, set aside, and asked for again."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.errors import DamagedRunError, IncompleteError
from collectors.transport.archive import Replay
from collectors.transport.objects import Objects, object_path, write_whole
from tests.collectors.loopback import Loopback, Reply, replaying, seam, serving

BODY = b'{"stars": 3}'


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path) -> None:
    path.write_bytes(b"garbage, at length " * 500)


DAMAGES = [emptied, halved, overwritten]
damaged = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


# --- bodies ---


@damaged
def test_a_damaged_body_is_set_aside_and_counts_as_never_kept(tmp_path, caplog, damage):
    objects = Objects(tmp_path, "one")
    sha256 = objects.store(BODY)
    path = object_path(tmp_path, sha256)
    damage(path)

    assert objects.load(sha256) is None
    aside = path.with_name(f"{path.name}.damaged-one")
    assert caplog.messages == [f"{path} was damaged; it is set aside as {aside.name} and counts as never kept"]
    assert aside.exists()


def test_a_body_under_the_wrong_name_is_no_answer(tmp_path):
    objects = Objects(tmp_path, "one")
    one, other = objects.store(b"one"), objects.store(b"other")
    object_path(tmp_path, one).write_bytes(object_path(tmp_path, other).read_bytes())

    assert objects.load(one) is None
    assert objects.load(other) == b"other"


@damaged
def test_a_damaged_body_is_stored_anew_when_it_comes_again(tmp_path, damage):
    objects = Objects(tmp_path, "one")
    damage(object_path(tmp_path, objects.store(BODY)))

    assert objects.load(objects.store(BODY)) == BODY


@damaged
def test_no_damaged_body_is_kept_good_by_an_answer_that_it_is_unchanged(server, tmp_path, damage):
    with seam(tmp_path) as http:
        damage(object_path(tmp_path, http.get(f"{server.url}/x").sha256))
    with seam(tmp_path, run_id="two") as http:
        assert http.get(f"{server.url}/x").body == BODY

    assert "if-none-match" not in server.asked[1].headers
    with replaying(tmp_path, "two") as http:
        assert http.get(f"{server.url}/x").body == BODY


@damaged
def test_a_body_that_is_damaged_since_is_missing_when_its_run_is_replayed(server, tmp_path, damage):
    with seam(tmp_path) as http:
        damage(object_path(tmp_path, http.get(f"{server.url}/x").sha256))

    with replaying(tmp_path) as http, pytest.raises(IncompleteError, match="is gone or damaged"):
        http.get(f"{server.url}/x")


def test_a_file_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    write_whole(tmp_path / "one", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "one", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one").read_bytes() == b"old"


# --- files ---


@damaged
def test_a_damaged_file_is_fetched_again(server, tmp_path, damage):
    with seam(tmp_path) as http:
        file = http.download(f"{server.url}/x.json", tmp_path)
        damage(file.path)

        assert http.download(f"{server.url}/x.json", tmp_path).path.read_bytes() == BODY
    assert [path.name for path in file.path.parent.glob("*.damaged-*")] == [f"{file.path.name}.damaged-one"]


# --- the list of a run ---


def test_a_line_that_was_cut_off_when_the_run_died_does_not_count(server, tmp_path):
    with seam(tmp_path) as http:
        http.get(f"{server.url}/x")
        http.get(f"{server.url}/y")
    path = tmp_path / "runs" / "one.jsonl"
    os.truncate(path, path.stat().st_size - 20)

    with replaying(tmp_path) as http:
        assert http.get(f"{server.url}/x").body == BODY
        with pytest.raises(IncompleteError, match="kept no answer"):
            http.get(f"{server.url}/y")


@pytest.mark.parametrize("line", [b"garbage\n", b"[1]\n", b'{"who": 1}\n', b"\xff\xfe\n"])
def test_a_list_that_cannot_be_read_is_named_with_its_line(server, tmp_path, line):
    with seam(tmp_path) as http:
        http.get(f"{server.url}/x")
    with (tmp_path / "runs" / "one.jsonl").open("ab") as file:
        file.write(line)

    with pytest.raises(DamagedRunError, match=r"line 2 of .*one\.jsonl cannot be read"):
        Replay(tmp_path, "one")


# --- ETags ---


@pytest.mark.parametrize("damage", [overwritten, halved], ids=["garbage", "truncated"])
def test_a_damaged_table_of_etags_is_set_aside_and_begun_anew(server, tmp_path, caplog, damage: Callable):
    table = tmp_path / "etags.sqlite"
    fill(tmp_path, server)
    damage(table)

    with seam(tmp_path, run_id="two") as http:
        assert http.get(f"{server.url}/0").body == BODY
        assert http.get(f"{server.url}/0").body == BODY

    assert ["if-none-match" in asked.headers for asked in server.asked[-2:]] == [False, True]
    [said] = [text for text in caplog.messages if "damaged" in text]
    assert said.startswith(f"{table} was damaged; it is set aside as etags.sqlite.damaged-two and begun anew; ")


def test_an_emptied_table_of_etags_is_begun_anew(server, tmp_path):
    fill(tmp_path, server)
    emptied(tmp_path / "etags.sqlite")

    with seam(tmp_path, run_id="two") as http:
        assert http.get(f"{server.url}/0").body == BODY


def test_a_table_that_is_damaged_while_it_is_open_is_begun_anew(server, tmp_path):
    fill(tmp_path, server)
    with seam(tmp_path, run_id="two") as http:
        halved(tmp_path / "etags.sqlite")

        for number in range(20):
            assert http.get(f"{server.url}/{number}").body == BODY


def test_a_table_of_etags_that_may_not_be_written_is_the_operators(server, tmp_path):
    (tmp_path / "etags.sqlite").mkdir()

    with pytest.raises(OSError, match="the table of ETags cannot be opened"), seam(tmp_path):
        pass


# --- fixtures and builders ---


@pytest.fixture
def server():
    def answer(_, asked):
        return (
            Reply(304, b"", {"ETag": '"1"'}) if "if-none-match" in asked.headers else Reply(200, BODY, {"ETag": '"1"'})
        )

    with serving(answer) as found:
        yield found


def fill(folder: Path, server: Loopback) -> None:
    """Let a run learn so many ETags that they fill several pages, in the file itself."""
    with seam(folder) as http:
        for number in range(20):
            http.get(f"{server.url}/{number}", page="x" * 800)
            http.get(f"{server.url}/{number}")
    with sqlite3.connect(folder / "etags.sqlite") as table:
        table.execute("pragma wal_checkpoint(truncate)")
    table.close()
