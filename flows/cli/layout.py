"""Lay rows out for a terminal: whole numbers, columns chosen by width, a record a row where no two columns fit."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

GAP = 2
LONGEST_WORD = 40
MOST_ROWS = 100
ENDS = 20
NUMBER = re.compile(r"[-+]?[\d.,]+ ?%?|-|\.\.\.")
UNIT = re.compile(r"\d [a-z]{6,}")
LONGEST_VALUE = 20
MOST_LINES = 6
LINES_OF_ONE = 3
"""How high a row may become: in a table, and where it is the only one, for it reads as well as a record."""


@dataclass(frozen=True)
class Column:
    """One column as words: how wide it would like to be, and how narrow it may become without breaking a word."""

    name: str
    words: tuple[str, ...]

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers alone, which stand under each other from the right."""
        return any(word != "-" for word in self.words) and all(NUMBER.fullmatch(word) for word in self.words)

    @property
    def is_whole(self) -> bool:
        """Whether its words never wrap: numbers, days, intervals; a unit may stand below its number."""
        told = [word for word in self.words if any(map(str.isdigit, word))]
        is_short = all(len(word) <= LONGEST_VALUE for word in self.words)
        return self.is_number or (bool(told) and is_short and not any(map(UNIT.search, told)))

    @property
    def natural(self) -> int:
        """The width at which nothing wraps, in characters."""
        return max(len(word) for word in (self.name, *self.words))

    @property
    def least(self) -> int:
        """The width below which a number or a word would break, in characters."""
        heads = self.name.replace("_", " ").split()
        if self.is_whole:
            return max(len(word) for word in (*heads, *self.words))
        return max((len(part) for word in (*self.words, *heads) for part in word.split()), default=1)

    def lines_at(self, width: int) -> int:
        """Return about how many lines its longest words take at a width."""
        return max((ceil(len(word) / width) for word in self.words if word), default=1)

    @property
    def is_unwieldy(self) -> bool:
        """Whether a word of it is so long, as an address is, that it belongs into a record."""
        return self.least > LONGEST_WORD


@dataclass(frozen=True)
class Layout:
    """The columns that are shown with their widths, and the names of those that are not."""

    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    hidden: tuple[str, ...]


def layout(columns: Sequence[Column], width: int) -> Layout | None:
    """Return how the columns fit, the first ones first; None where records tell more than what fits of a table."""
    if sum(one.natural for one in columns) + GAP * (len(columns) - 1) <= width:
        return Layout(tuple(columns), tuple(one.natural for one in columns), ())
    shown = _shown(columns, width)
    if len(shown) < min(2, len(columns)):
        return None
    plan = _planned(columns, shown, width)
    while len(shown) > 2 and _height(plan) > MOST_LINES:
        shown.pop()
        plan = _planned(columns, shown, width)
    is_one = len(columns[0].words) == 1
    return None if is_one and (plan.hidden or _height(plan) > LINES_OF_ONE) else plan


def _shown(columns: Sequence[Column], width: int) -> list[Column]:
    """Return the first columns, as many as fit without a broken word."""
    shown: list[Column] = []
    for column in columns:
        if _least([*shown, column]) > width or (shown and column.is_unwieldy):
            break
        shown.append(column)
    return shown


def _planned(columns: Sequence[Column], shown: Sequence[Column], width: int) -> Layout:
    hidden = tuple(one.name for one in columns[len(shown) :])
    return Layout(tuple(shown), tuple(_widths(shown, width)), hidden)


def _height(plan: Layout) -> int:
    """Return about how many lines the highest row takes."""
    return max(one.lines_at(size) for one, size in zip(plan.columns, plan.widths, strict=True))


def _least(columns: Sequence[Column]) -> int:
    return sum(one.least for one in columns) + GAP * (len(columns) - 1)


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """Return the widths: as columns like it, the widest that may wrap narrower until all of them fit."""
    found, room = [one.natural for one in columns], width - GAP * (len(columns) - 1)
    while (over := sum(found) - room) > 0:
        slack = [size - column.least for size, column in zip(found, columns, strict=True)]
        place = max(range(len(found)), key=lambda one: found[one] if slack[one] else -1)
        next_widest = max((size for at, size in enumerate(found) if at != place and size < found[place]), default=0)
        found[place] -= max(1, min(over, slack[place], found[place] - next_widest))
    return found


def ends(rows: Sequence[Sequence[str]]) -> tuple[Sequence[Sequence[str]], int]:
    """Return the first and last rows of a long table, and how many between them are left out."""
    if len(rows) <= MOST_ROWS:
        return rows, 0
    return [*rows[:ENDS], ["..."] * len(rows[0]), *rows[-ENDS:]], len(rows) - 2 * ENDS


def records(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> Iterator[str]:
    """Yield each row as lines of `name  value`, a blank line between two; of a width, long values wrap at words."""
    size = max((len(name) for name in columns), default=0)
    begin = " " * (size + GAP)
    for number, row in enumerate(rows):
        if number:
            yield ""
        for name, word in zip(columns, row, strict=True):
            yield from _wrapped(f"{name.ljust(size)}{' ' * GAP}{word}", begin, width)


def _wrapped(line: str, begin: str, width: int | None) -> list[str]:
    if width is None or len(line) <= width or len(begin) + GAP > width:
        return [line]
    return textwrap.wrap(
        line, width, subsequent_indent=begin, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
