"""Compare ways to tell lines of GH Archive apart: `python -m benchmarks.archive_search HOUR.json.gz [...]`.

Every way gets the same pieces as the reader, already inflated, and must find every line that the reader finds. The
baseline is bare inflation by ISA-L. google-re2, hyperscan and pyahocorasick are measured where somebody has
installed them: `pip install google-re2 hyperscan pyahocorasick`.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from isal import igzip

from collectors.gharchive.beginning import beginnings
from collectors.gharchive.event import Wanted
from collectors.gharchive.hour import PIECE_BYTES, candidates

TURNS = 7
Way = Callable[[Sequence[bytes]], int]
IDS = [65_600_975 + 7_919 * number for number in range(20)]


def main() -> None:
    """Print a line for each way and file."""
    wanted = Wanted({one: f"followed-{one}" for one in IDS}, {})
    print("| file | lines | way | CPU s | to bare inflation | found |\n|---|---|---|---|---|---|")
    for path in map(Path, sys.argv[1:]):
        whole = igzip.decompress(path.read_bytes())
        pieces = list(_pieces(whole))
        bare = _bare(path)
        print(f"| {path.name} | {len(whole.splitlines()):,} | inflation alone | {bare:.4f} | 1.00 | |")
        for name, make in WAYS.items():
            print(f"| | | {name} | {_measured(make, wanted, pieces, bare)} |", flush=True)


def _measured(make: Callable[[Wanted], Way], wanted: Wanted, pieces: Sequence[bytes], bare: float) -> str:
    try:
        way = make(wanted)
    except ImportError as error:
        return f"not measured: {error} | |"
    found = way(pieces)
    seconds = median(_timed(lambda: way(pieces)) for _ in range(TURNS))
    return f"{seconds:.4f} | {1 + seconds / bare:.2f} | {found}"


def _bare(path: Path) -> float:
    return median(_timed(lambda: _inflated(path)) for _ in range(TURNS))


def _timed(do: Callable[[], Any]) -> float:
    began = process_time()
    do()
    return process_time() - began


def _inflated(path: Path) -> None:
    with igzip.open(path) as stream:
        while stream.read(PIECE_BYTES):
            pass


def _pieces(whole: bytes) -> Iterator[bytes]:
    """Yield pieces of whole lines, of about the size that is inflated at once."""
    start = 0
    while start < len(whole):
        end = whole.find(b"\n", start + PIECE_BYTES) + 1 or len(whole)
        yield whole[start:end]
        start = end


class Pieces:
    """A stream that gives pieces, as inflation does."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        """Begin at the first."""
        self._left = iter(pieces)

    def read(self, _size: int) -> bytes:
        """Give the next piece, nothing at the end."""
        return next(self._left, b"")


def as_now(wanted: Wanted) -> Way:
    """One match of `re` at the beginning of each line, and memchr for its end."""
    return lambda pieces: sum(1 for _ in candidates(Pieces(pieces), wanted))  # type: ignore[arg-type]


def whole_block(wanted: Wanted) -> Way:
    """One regular expression of `re` over a whole piece: an end of a line, and behind it a beginning that may count."""
    find = re.compile(b"\n(?=[^\n])" + beginnings(wanted).__self__.pattern).finditer  # type: ignore[attr-defined]
    return lambda pieces: sum(1 for piece in pieces for _ in find(piece))


def literals(wanted: Wanted) -> list[bytes]:
    """Return what stands in each line of a wanted repository."""
    return [f'"repo":{{"id":{one},'.encode() for one in wanted.ids]


def with_re2(wanted: Wanted) -> Way:
    """google-re2 over a whole piece: any of the wanted repositories, as literals."""
    re2 = import_module("re2")
    find = re2.compile(b"|".join(re.escape(one) for one in literals(wanted))).finditer
    return lambda pieces: sum(1 for piece in pieces for _ in find(piece))


def with_hyperscan(wanted: Wanted) -> Way:
    """Hyperscan over a whole piece: any of the wanted repositories, as literals."""
    hyperscan = import_module("hyperscan")
    database, some = hyperscan.Database(), literals(wanted)
    database.compile(expressions=[re.escape(one) for one in some], ids=list(range(len(some))), elements=len(some))
    scratch = hyperscan.Scratch(database)

    def count(pieces: Sequence[bytes]) -> int:
        ends: list[int] = []
        for piece in pieces:
            database.scan(piece, match_event_handler=lambda *told: ends.append(told[2]), scratch=scratch)
        return len(ends)

    return count


def with_aho_corasick(wanted: Wanted) -> Way:
    """Aho-Corasick over a whole piece, which this wheel takes as text: decoding is part of it."""
    automaton = import_module("ahocorasick").Automaton()
    for one in literals(wanted):
        automaton.add_word(one.decode(), 1)
    automaton.make_automaton()
    return lambda pieces: sum(1 for piece in pieces for _ in automaton.iter(piece.decode("latin-1")))


def with_odd_lines(way: Callable[[Wanted], Way]) -> Callable[[Wanted], Way]:
    """Add what such a search needs to lose no line that begins otherwise: whether there is one, piece by piece."""
    begins = b'\n{"id":"'

    def make(wanted: Wanted) -> Way:
        count = way(wanted)
        return lambda pieces: count(pieces) + sum(piece.count(b"\n") - piece.count(begins) - 1 for piece in pieces)

    return make


WAYS: dict[str, Callable[[Wanted], Way]] = {
    "re, a match a line (as it is)": as_now,
    "re, one expression over the piece": whole_block,
    "google-re2, literals": with_re2,
    "pyahocorasick, literals": with_aho_corasick,
    "hyperscan, literals": with_hyperscan,
    "hyperscan, literals, and odd lines looked for": with_odd_lines(with_hyperscan),
}


if __name__ == "__main__":
    main()
