"""Hours of GH Archive whose lines are odd: what can be read counts, what cannot is told, and what is no hour is none."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from collectors.gharchive.event import Wanted
from collectors.gharchive.hour import Hour, read_hour

WANTED = Wanted({1: "ours"}, {"we/ours": "ours", "we/named": "named"})


def pushed(message: str, number: str = "1") -> bytes:
    """Return a push as the archive writes it."""
    payload: dict[str, Any] = {"size": 1, "commits": [{"message": message}]}
    about = {"actor": {"id": 5, "login": "x"}, "repo": {"id": 1, "name": "we/ours"}, "payload": payload}
    return json.dumps({"id": number, "type": "PushEvent", **about}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "line",
    [
        pushed("XX").replace(b"XX", rb"\ud83d"),
        pushed("XX").replace(b"XX", "Größe".encode("latin-1")),
        pushed("XX").replace(b'"XX"', b"NaN"),
        b"\xef\xbb\xbf" + pushed("x"),
        pushed("x").replace(b'"repo":{"id":1,', b'"repo":{"id":"1",'),
    ],
    ids=["half a letter", "Latin-1", "no number", "a mark at the beginning", "an id that is a text"],
)
def test_an_event_with_odd_letters_counts(tmp_path, line):
    found = read(tmp_path, line + b"\n" + pushed("y", "2") + b"\n")

    assert (found.state, found.unreadable) == ("read", 0)
    assert [(one.id, one.kind, one.repository_id) for one in found.events] == [("1", "pushes", 1), ("2", "pushes", 1)]


def test_events_whose_ends_of_line_are_lost_count_each(tmp_path):
    found = read(tmp_path, pushed("x", "1") + pushed("x", "2") + b" " + pushed("x", "3")[:-9])

    assert ([one.id for one in found.events], found.unreadable) == (["1", "2"], 1)


def test_empty_lines_hide_nothing(tmp_path):
    found = read(tmp_path, b"\n\r\n" + pushed("x") + b"\r\n\n")

    assert (len(found.events), found.unreadable) == (1, 0)


@pytest.mark.parametrize(
    "line",
    [
        pushed("x").replace(b'"id":"1"', b'"id":null', 1),
        pushed("x").replace(b'"repo":{"id":1,', b'"repo":{"id":true,'),
        pushed("x").replace(b'"message":"x"', b'"message":' + b"[" * 5_000 + b"]" * 5_000),
    ],
    ids=["without an id", "of no repository", "deeper than anybody reads"],
)
def test_an_event_that_cannot_be_told_from_others_widens_the_bounds(tmp_path, line):
    found = read(tmp_path, line + b"\n" + pushed("x", "2") + b"\n")

    assert ([one.id for one in found.events], found.unreadable) == (["2"], 1)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b"<html>Service Unavailable</html>", "corrupt"),
        (b'{"message": "rate limit"}\n', "corrupt"),
        (gzip.compress(b"twice packed", mtime=0), "corrupt"),
        (b"\n\n", "empty"),
    ],
    ids=["a page", "a refusal", "packed twice", "blank lines"],
)
def test_a_file_without_any_event_is_no_hour(tmp_path, body, state):
    assert read(tmp_path, body).state == state


def test_an_hour_of_others_alone_was_read(tmp_path):
    others = pushed("x").replace(b'"repo":{"id":1,', b'"repo":{"id":7,')

    assert read(tmp_path, others + b"\n") == Hour("read")


def read(folder: Path, body: bytes) -> Hour:
    path = folder / "hour.gz"
    path.write_bytes(gzip.compress(body))
    return read_hour(path, WANTED)
