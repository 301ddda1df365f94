"""Read one hour of GH Archive: what it holds of the wanted repositories, and whether it is whole.

Memory is bounded by a piece and a line. Only lines that may count are parsed. Run as a program it answers one question
a line (JSON).
"""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from collectors.gharchive.beginning import beginnings
from collectors.gharchive.event import Event, Wanted, read_event

DAMAGE: tuple[type[Exception], ...] = (gzip.BadGzipFile, zlib.error, OverflowError)
try:  # several times as fast; where it is not installed, zlib does the same
    from isal import igzip as gz
    from isal.isal_zlib import error as inflate_error

    DAMAGE = (*DAMAGE, inflate_error)  # type: ignore[arg-type]  # its stub calls the class an instance
except ImportError:
    gz = gzip  # type: ignore[misc]

ODD = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
LENIENT = json.JSONDecoder()
PIECE_BYTES = 2**18
"""What is inflated at once: it stays in the cache while it is searched."""
LINE_BYTES = 2**24


@dataclass
class Hour:
    """What one file told: its state, its lines that cannot be read, and the events that count.

    The state is read, or why the file is not whole: truncated, corrupt (or something else than events), empty.
    """

    state: str = "read"
    unreadable: int = 0
    events: list[Event] = field(default_factory=list)


def read_hour(path: Path, wanted: Wanted) -> Hour:
    """Read a file to its end; what stands before the damage of a file that is not whole does not count."""
    hour = Hour()
    try:
        with gz.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
            events = sum(_count(line, wanted, hour) for line in candidates(stream, wanted) if line.strip())
        if not events and not _holds_events(path):
            hour.state = "corrupt" if hour.unreadable else "empty" if path.stat().st_size else "truncated"
    except EOFError:
        return Hour("truncated")
    except DAMAGE:
        return Hour("corrupt")
    return hour


def _count(line: bytes, wanted: Wanted, hour: Hour) -> int:
    """Return how many events stand in a line, and keep those that count."""
    events = 0
    try:
        for found in _parsed(line):
            if event := read_event(found, wanted):
                hour.events.append(event)
            events += 1
    except ODD:
        hour.unreadable += 1
    return events


def _parsed(line: bytes) -> Iterator[Any]:
    """Yield what stands in a line; its letters may be odd, and ends of line between events lost."""
    try:
        yield orjson.loads(line)
    except ValueError:
        text, end = line.decode("utf-8-sig", errors="replace").strip(), 0
        while end < len(text):
            found, end = LENIENT.raw_decode(text, end)
            yield found


def _holds_events(path: Path) -> bool:
    """Return whether any line of a file is an event: the first one is, where nothing else came in its place."""
    nobody = Wanted({}, {})
    with gz.open(path, "rb") as stream:  # type: ignore[no-untyped-call]
        return any(_count(line, nobody, Hour()) for line in stream if line.strip())


def candidates(stream: BinaryIO, wanted: Wanted) -> Iterator[bytes]:
    """Yield every line that may hold an event that counts; raise OverflowError where one has no end."""
    may_count, rest = beginnings(wanted), b""
    while piece := stream.read(PIECE_BYTES):
        find, last, start = piece.find, piece.rfind(b"\n") + 1, 0
        if rest and last:
            start = find(b"\n") + 1
            line, rest = rest + piece[: start - 1], b""
            if may_count(line):
                yield line
        while start < last:
            if may_count(piece, start):
                yield piece[start : find(b"\n", start)]
            start = find(b"\n", start) + 1
        rest += piece[last:]
        if len(rest) > LINE_BYTES:
            raise OverflowError
    if rest:
        yield rest


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a question of the program: a path, and the wanted repositories."""
    ids = {int(number): subject for number, subject in question["ids"].items()}
    hour = read_hour(Path(question["path"]), Wanted(ids, question["names"]))
    return {"state": hour.state, "unreadable": hour.unreadable, "events": [tuple(event) for event in hour.events]}


def main() -> None:
    """Answer questions from the standard input until it ends."""
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(orjson.dumps(answer(orjson.loads(line))) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
