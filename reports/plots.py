"""A chart with its words: title, picture, source and date, and the table that holds the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from markupsafe import Markup

from reports.card import day
from reports.legible import legible


@dataclass(frozen=True)
class Plot:
    """A figure of a page; `svgs` holds its drawing, or a wide and a narrow one; `file` its CSV without ending."""

    key: str
    title: str
    svgs: Sequence[str]
    source: str
    columns: Sequence[str]
    body: str
    file: str
    note: str = ""
    unit: str = ""

    @property
    def pictures(self) -> list[Markup]:
        """The drawings, whose texts are escaped already."""
        return [Markup(svg) for svg in self.svgs]  # noqa: S704 - our own drawing

    @property
    def rows(self) -> Markup:
        """The rows of the table, whose texts are escaped already."""
        return Markup(self.body)  # noqa: S704 - written by `cells`


def cells(rows: Sequence[tuple[datetime | int, Sequence[str], Sequence[str]]]) -> str:
    """Return table rows, newest first: a day (or year), numbers, words."""
    return "".join(
        f'<tr><th scope="row" class="day">{moment if isinstance(moment, int) else day(moment)}</th>'
        + "".join(f'<td class="n">{number}</td>' for number in numbers)
        + "".join(f"<td>{escape(legible(word))}</td>" for word in words)
        + "</tr>"
        for moment, numbers, words in reversed(rows)
    )
