"""Charts as SVG text: coordinates stand here, colours in the style sheet, so that one drawing serves light and dark."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from itertools import pairwise
from math import inf

from reports.chart_axes import apart, number_ticks, time_ticks
from reports.legible import legible

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere
DAY = timedelta(days=1)
TOP, BOTTOM, RIGHT = 14, 22, 12
LETTER = 7
WORD_WIDTH = 70
"""Of a word such as `rubric 2026.2` beside its line."""
LEAST_DAYS = 7.0
BROKEN = 2.6
"""A line is not drawn over a hole wider than so many of its usual steps."""


@dataclass(frozen=True)
class Point:
    """A value at a moment (naive UTC), None where it was withheld; what it could at least and at most be."""

    at: datetime
    value: float | None
    lo: float | None = None
    hi: float | None = None
    is_judged: bool = False


@dataclass(frozen=True)
class Chart:
    """A line over time with what happened on the way.

    `bars` are measured intervals at a moment, `rules` upright lines with a word, `events` marks at the foot.
    """

    title: str
    points: Sequence[Point]
    width: int = 360
    height: int = 150
    top: float | None = None
    bars: Sequence[tuple[datetime, float, float]] = ()
    rules: Sequence[tuple[datetime, str]] = ()
    events: Sequence[tuple[datetime, str]] = ()


@dataclass(frozen=True)
class Plane:
    """Where days and values lie on the drawing."""

    first: float
    last: float
    lo: float
    hi: float
    left: float
    right: float
    bottom: float
    y_ticks: Sequence[float] = field(default=())

    def across(self, day: float) -> float:
        """Return how far from the left a day lies."""
        return self.left + (self.right - self.left) * (day - self.first) / (self.last - self.first or 1.0)

    def down(self, value: float) -> float:
        """Return how far from the top a value lies."""
        return self.bottom - (self.bottom - TOP) * (value - self.lo) / (self.hi - self.lo or 1.0)


def drawn(chart: Chart) -> str:
    """Return the SVG of a chart, or nothing where no point has a value."""
    known = [point for point in chart.points if point.value is not None]
    if not known:
        return ""
    points = chart.points[chart.points.index(known[0]) :]
    plane = _plane(chart, points, known)
    runs = list(_runs(points))
    parts = [
        *(_hole(one[-1], other[0], plane) for one, other in pairwise(runs)),
        *_grid(chart, plane),
        *(_band(run, plane) for run in runs if any(point.hi is not None for point in run)),
        *_rules(chart, plane),
        *(_line(run, plane) for run in runs),
        *(_bar(plane, *bar) for bar in chart.bars),
        *(_event(plane, moment, word) for moment, word in chart.events if _day(moment) >= plane.first),
        *(f'<circle class="judged" {_spot(point, plane)} r="2.5"/>' for point in known if point.is_judged),
        f'<circle class="end" {_spot(known[-1], plane)} r="3"/>',
    ]
    x0, x1 = plane.first, plane.last
    frame = f'data-x="{x0:.0f} {x1:.0f} {plane.left:.0f} {plane.right:.0f}"'
    frame += f' data-y="{plane.lo:g} {plane.hi:g} {TOP} {plane.bottom:.0f}"'
    return (
        f'<svg class="chart" viewBox="0 0 {chart.width} {chart.height}" role="img" aria-label="{_text(chart.title)}" '
        f"{frame}>{''.join(parts)}</svg>"
    )


def _plane(chart: Chart, points: Sequence[Point], known: Sequence[Point]) -> Plane:
    ends = [edge for point in known for edge in (point.value, point.lo, point.hi) if edge is not None]
    ends += [edge for _, lo, hi in chart.bars for edge in (lo, hi)]
    lo, hi = min(ends), max(ends)
    if chart.top is not None:
        lo, hi = 0.0, chart.top
    elif lo > 0 and lo < 0.5 * hi:
        lo = 0.0
    ticks = number_ticks(lo, hi, 5 if chart.height > 200 else 3)
    left = 8.0 + LETTER * max(map(len, apart(ticks)))
    first, last = _day(points[0].at), _day(points[-1].at)
    if last - first < LEAST_DAYS:
        first = last - LEAST_DAYS
    bottom = float(chart.height - BOTTOM)
    return Plane(first, last, ticks[0], ticks[-1], left, chart.width - RIGHT, bottom, ticks)


def _runs(points: Sequence[Point]) -> Iterable[list[Point]]:
    """Part the points where a value is missing or a hole is too wide."""
    days = sorted(_day(two.at) - _day(one.at) for one, two in pairwise(points))
    widest = BROKEN * max(days[len(days) // 2], 1.0) if days else 0.0
    run: list[Point] = []
    for point in points:
        if run and (point.value is None or _day(point.at) - _day(run[-1].at) > widest):
            yield run
            run = []
        if point.value is not None:
            run.append(point)
    if run:
        yield run


def _grid(chart: Chart, plane: Plane) -> Iterable[str]:
    for tick, word in zip(plane.y_ticks, apart(plane.y_ticks), strict=True):
        y = f"{plane.down(tick):.1f}"
        yield f'<line class="grid" x1="{plane.left:.0f}" x2="{plane.right:.0f}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{plane.left - 5:.0f}" y="{y}" dy=".32em" text-anchor="end">{word}</text>'
    for day, word in time_ticks(plane.first, plane.last, max(3, chart.width // 90)):
        x = plane.across(day)
        anchor = "end" if x > plane.right - 18 else "start" if x < plane.left + 12 else "middle"
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{plane.bottom:.0f}" y2="{plane.bottom + 4:.0f}"/>'
        yield f'<text x="{x:.1f}" y="{plane.bottom + 16:.0f}" text-anchor="{anchor}">{word}</text>'


def _hole(one: Point, other: Point, plane: Plane) -> str:
    x, wide = plane.across(_day(one.at)), plane.across(_day(other.at)) - plane.across(_day(one.at))
    return f'<rect class="hole" x="{x:.1f}" y="{TOP}" width="{wide:.1f}" height="{plane.bottom - TOP:.0f}"/>'


def _band(run: Sequence[Point], plane: Plane) -> str:
    whole = [point for point in run if point.lo is not None and point.hi is not None]
    there = " ".join(_place(point.at, point.hi or 0.0, plane) for point in whole)
    back = " ".join(_place(point.at, point.lo or 0.0, plane) for point in reversed(whole))
    return f'<polygon class="band" points="{there} {back}"/>'


def _line(run: Sequence[Point], plane: Plane) -> str:
    if len(run) == 1:
        return f'<circle class="dot" {_spot(run[0], plane)} r="2"/>'
    return f'<polyline class="line" points="{" ".join(_place(p.at, p.value or 0.0, plane) for p in run)}"/>'


def _bar(plane: Plane, moment: datetime, lo: float, hi: float) -> str:
    x = f"{plane.across(_day(moment)):.1f}"
    return f'<line class="bar5" x1="{x}" x2="{x}" y1="{plane.down(hi):.1f}" y2="{plane.down(lo):.1f}"/>'


def _rules(chart: Chart, plane: Plane) -> Iterator[str]:
    """Yield the upright lines; of two so close that their words would cover each other, the later has its word."""
    shown = [(plane.across(_day(moment)), moment, word) for moment, word in chart.rules if _day(moment) > plane.first]
    after = [*(x for x, _, _ in shown), inf][1:]
    for (x, moment, word), later in zip(shown, after, strict=True):
        yield _rule(plane, moment, word if later - x > WORD_WIDTH else "")


def _rule(plane: Plane, moment: datetime, word: str) -> str:
    x = plane.across(_day(moment))
    anchor, at = ("end", x - 3) if x > plane.right - 60 else ("start", x + 3)
    return (
        f'<line class="rule" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{plane.bottom:.0f}"/>'
        f'<text class="word" x="{at:.1f}" y="{TOP - 4}" text-anchor="{anchor}">{_text(word)}</text>'
    )


def _event(plane: Plane, moment: datetime, word: str) -> str:
    x, y = plane.across(_day(moment)), plane.bottom
    return f'<path class="event" d="M{x:.1f} {y - 9:.1f}l5 9h-10z"><title>{_text(word)}</title></path>'


def _spot(point: Point, plane: Plane) -> str:
    return f'cx="{plane.across(_day(point.at)):.1f}" cy="{plane.down(point.value or 0.0):.1f}"'


def _place(moment: datetime, value: float, plane: Plane) -> str:
    return f"{plane.across(_day(moment)):.1f},{plane.down(value):.1f}"


@lru_cache(maxsize=8_192)
def _day(moment: datetime) -> float:
    return (moment - EPOCH) / DAY


def _text(words: str) -> str:
    return escape(legible(words))
