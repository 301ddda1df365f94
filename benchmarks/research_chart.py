"""Draw reports/assets/research.svg from what `speedscore research estimate ... --json` prints.

`speedscore research estimate PATH --mentions CSV --archive CSV --json | python -m benchmarks.research_chart`
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
FIRST, LAST = 2016, 2026
WIDTH, TOP, BASE = 400, 46, 330
COLOURS = {"mentions": "#8a6d00", "archive": "#4467b5", "imports": "#b23a48", "jax": "#2f7d4f"}
LEAST_PAPERS = 10
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#555}.title{font-weight:600}.line{fill:none;stroke-width:1.6}"
    "@media(prefers-color-scheme:dark){text{fill:#bbb}}"
)


@dataclass(frozen=True)
class Series:
    """Points that belong together: year, share and interval; a line where they are of one kind each year."""

    name: str
    points: list[Row]
    has_line: bool = True


def main() -> None:
    """Read rows from stdin and write the picture to stdout."""
    rows = [row for row in json.load(sys.stdin) if FIRST <= row["year"] <= LAST and row["n"] >= LEAST_PAPERS]
    of_two = [row for row in rows if row["framework"] == "pytorch" and row["estimand"] == "E3"]
    left = [
        Series("mentions", [row for row in of_two if row["series"] == "mentions"], has_line=False),
        *(Series(name, _overall(of_two, name)) for name in ("archive", "imports")),
    ]
    named = [row for row in rows if row["estimand"] == "E2"]
    torch, jax = ([row for row in named if row["framework"] == one] for one in ("pytorch", "jax"))
    right = [Series(name, _overall(torch, name)) for name in ("archive", "imports")]
    right.append(Series("jax", _overall(jax, "imports")))
    print("\n".join(_drawing(left, right)))


def _overall(rows: Iterable[Row], series: str) -> list[Row]:
    return [row for row in rows if row["series"] == series and row["venue"] == "all"]


def _drawing(left: list[Series], right: list[Series]) -> Iterator[str]:
    told = "Shares of PyTorch and JAX in research papers, 2016 to 2026, with 95 % intervals"
    size = f'width="{2 * WIDTH + 70}" height="{BASE + 70}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{told}"><style>{STYLE}</style>'
    yield from _panel(14, "PyTorch among papers with PyTorch or TensorFlow (E3)", left)
    yield from _panel(WIDTH + 50, "Among papers that name a framework (E2)", right)
    words = {
        "mentions": "mentions in proceedings, by venue (Horace He)",
        "archive": "frozen archive, a sample, by arXiv year",
        "imports": "imports of linked repositories",
        "jax": "the same, JAX",
    }
    for place, (name, word) in enumerate(words.items()):
        x, y = 40 + place % 2 * 400, BASE + 38 + place // 2 * 18
        yield f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{COLOURS[name]}"/><text x="{x + 10}" y="{y}">{word}</text>'
    yield "</svg>"


def _panel(left: int, title: str, series: list[Series]) -> Iterator[str]:
    yield f'<text class="title" x="{left + 36}" y="{TOP - 18}">{title}</text>'
    for tenth in range(0, 11, 2):
        y = _y(tenth / 10)
        yield f'<line x1="{left + 36}" x2="{left + WIDTH}" y1="{y}" y2="{y}" stroke="#8884" stroke-width="1"/>'
        yield f'<text x="{left + 30}" y="{y + 4}" text-anchor="end">{tenth * 10}%</text>'
    for year in range(FIRST, LAST + 1, 2):
        yield f'<text x="{_x(left, year)}" y="{BASE + 16}" text-anchor="middle">{year}</text>'
    for one in series:
        yield from _marks(left, one)


def _marks(left: int, series: Series) -> Iterator[str]:
    colour = COLOURS[series.name]
    if series.has_line:
        path = " ".join(f"{_x(left, row['year'])},{_y(row['value'])}" for row in series.points)
        yield f'<polyline class="line" stroke="{colour}" points="{path}"/>'
    for row in series.points:
        x, told = _x(left, row["year"]), f"{row['venue']} {row['year']}: {row['value']:.1%} of {row['n']}"
        ends = f'y1="{_y(row["lo"])}" y2="{_y(row["hi"])}"'
        yield f'<line x1="{x}" x2="{x}" {ends} stroke="{colour}" stroke-opacity=".5"/>'
        yield f'<circle cx="{x}" cy="{_y(row["value"])}" r="3" fill="{colour}"><title>{told}</title></circle>'


def _x(left: int, year: int) -> float:
    return round(left + 50 + (year - FIRST) / (LAST - FIRST) * (WIDTH - 64), 1)


def _y(share: float) -> float:
    return round(BASE - share * (BASE - TOP), 1)


if __name__ == "__main__":
    main()
