"""Show a page of Markdown on a terminal: sentences wrap between words, tables are laid out as all tables are."""

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from flows.cli.show import draw
from flows.notes import note

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

CELLS = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|\[(?P<text>[^\]]*)\]\((?P<url>[^)\s]*)\)")


def show_page(markdown: str) -> None:
    """Print a page; in a pipe as it is."""
    if not sys.stdout.isatty():
        print(markdown)
        return
    from rich.console import Console

    console, hidden = Console(), dict[str, None]()
    for is_table, lines in groupby(markdown.splitlines(), lambda line: line.startswith("|")):
        if is_table:
            head, _, *rows = map(_cells, lines)
            hidden |= dict.fromkeys(draw(head, rows))
        else:
            _print_lines(console, lines)
    if hidden:
        note(f"no room for {', '.join(hidden)}: a wider terminal, --wide or --format html shows all")


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [_plain(cell.strip().replace("\\|", "|")) for cell in CELLS.split(inner)]


def _plain(text: str) -> str:
    return LINK.sub(r"\1", text).replace("**", "")


def _print_lines(console: "Console", lines: Iterator[str]) -> None:
    from rich.padding import Padding
    from rich.table import Table

    for line in lines:
        if line.startswith("#"):
            console.print(_styled(f"**{line.lstrip('# ')}**"))
        elif line.startswith("- "):
            grid = Table.grid(padding=(0, 1, 0, 0))
            grid.add_row("-", _styled(line[2:]))
            console.print(grid)
        else:
            console.print(Padding(_styled(line.removeprefix("> ")), (0, 0, 0, 2 if line.startswith("> ") else 0)))


def _styled(line: str) -> "Text":
    """Return a line with what is strong in bold, and with links that a terminal may follow."""
    from rich.text import Text

    found, end = Text(), 0
    for one in INLINE.finditer(line):
        found.append(line[end : one.start()])
        if one["strong"] is not None:
            found.append(_plain(one["strong"]), "bold")
        else:
            found.append(one["text"], f"link {one['url']}" if one["url"] else "")
        end = one.end()
    found.append(line[end:])
    return found
