"""Draw the README's picture from the history that ships: `python -m benchmarks.picture` writes docs/stars.svg."""

from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from pathlib import Path

from catalog.load import load_catalog
from catalog.month_ends import shipped_history

OUT = Path(__file__).resolve().parents[1] / "docs/stars.svg"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 420, 44, 200, 52, 60
COLOURS = ("#e4572e", "#f2a33a", "#2e86ab", "#5b8e3e", "#8a4fff", "#c2185b", "#00838f", "#6d4c41", "#607d8b")
APART = 15
STYLE = """text{font:13px system-ui,sans-serif;fill:#24292f}.faint{fill:#57606a;font-size:12px}
line{stroke:#d0d7de}polyline{fill:none;stroke-width:2.2;stroke-linejoin:round}.title{font-size:16px;font-weight:600}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.faint{fill:#9198a1}line{stroke:#30363d}}"""
Series = Sequence[tuple[datetime, float]]


def main() -> None:
    """Write the picture."""
    OUT.write_text(picture(series()), encoding="utf-8")


def series() -> dict[str, Series]:
    """Return the month-end stars of each subject that the tracker still lists, by its name, the most starred first."""
    names = {one.id: one.name for one in load_catalog().subjects}
    found: dict[str, list[tuple[datetime, float]]] = {}
    for one in shipped_history():
        if one.metric == "github.stars" and one.value is not None:
            found.setdefault(names[one.subject], []).append((one.valid_at, one.value))
    newest = max(day for some in found.values() for day, _ in some)
    listed = [(name, sorted(some)) for name, some in found.items() if max(some)[0] == newest]
    return dict(sorted(listed, key=lambda one: -one[1][-1][1]))


def picture(found: dict[str, Series]) -> str:
    """Return the chart as SVG: a line a subject, its name at its end."""
    days = [day for some in found.values() for day, _ in some]
    first, last, top = min(days), max(days), max(value for some in found.values() for _, value in some) * 1.04

    def x(day: datetime) -> float:
        return LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        "<title id='t'>GitHub stars of machine-learning frameworks</title>",
        f"<desc id='d'>{escape(_told(found))}</desc><style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">GitHub stars of machine-learning frameworks, month by month</text>',
    ]
    for value in range(0, int(top), 50_000):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(
            f'<text class="faint" x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value // 1000}k</text>'
        )
    for year in range(first.year + 1, last.year + 1):
        at = x(datetime.combine(date(year, 1, 1), datetime.min.time()))
        parts.append(f'<text class="faint" x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{year}</text>')
    floor = 0.0
    for colour, (name, some) in zip(COLOURS, found.items(), strict=False):
        points = " ".join(f"{x(day):.1f},{y(value):.1f}" for day, value in some)
        at = floor = max(y(some[-1][1]), floor + APART)
        parts.append(f'<polyline stroke="{colour}" points="{points}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{at + 4:.1f}" style="fill:{colour}">{escape(name)}</text>')
    source = f"Source: Github-Ranking (EvanLi), {first:%B %Y} to {last:%B %Y}, as shipped; its lists name no others"
    parts.append(f'<text class="faint" x="{LEFT}" y="{HEIGHT - 8}">{source}</text></svg>')
    return "\n".join(parts) + "\n"


def _told(found: dict[str, Series]) -> str:
    return "; ".join(f"{name}: {some[0][1]:,.0f} to {some[-1][1]:,.0f}" for name, some in found.items())


if __name__ == "__main__":
    main()
