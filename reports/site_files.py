"""What others take from the site: data as Parquet, CSV and JSON, badges, a feed, and how to cite it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape
from io import BytesIO

import polars as pl

from catalog.wording import in_percent, many
from reports.card_facts import DIMENSIONS, CardFacts
from reports.legible import escaped, legible
from reports.site_facts import SiteFacts
from reports.site_kept import WHOLE, KeptFacts


@dataclass(frozen=True)
class Parts:
    """A text that may be longer than memory: its parts are made while somebody reads it, each time anew."""

    made: Callable[[], Iterator[str]]

    def __iter__(self) -> Iterator[str]:
        """Give one part after the other."""
        return self.made()


Content = str | bytes | Parts
COLOURS = ((8.0, "#15803d"), (6.0, "#4d7c0f"), (4.0, "#a16207"), (0.0, "#b91c1c"))
GREY = "#57606a"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def data_files(kept: KeptFacts) -> Iterator[tuple[str, Content]]:
    """Yield the tables of all subjects together, as Parquet, CSV and JSON; the texts come part by part."""
    for name in kept.tables:
        whole = BytesIO()
        pl.concat(list(kept.parts(name))).write_parquet(whole, compression="zstd")
        yield f"data/{name}.parquet", whole.getvalue()
        del whole
        yield f"data/{name}.csv", Parts(partial(_csv, kept, name))
        yield f"data/{name}.json", Parts(partial(_json, kept, name))


def _csv(kept: KeptFacts, name: str) -> Iterator[str]:
    return (part.write_csv(include_header=not place) for place, part in enumerate(kept.parts(name)))


def _json(kept: KeptFacts, name: str) -> Iterator[str]:
    yield "["
    for place, part in enumerate(kept.parts(name)):
        yield "," * bool(place) + part.write_json()[1:-1]
    yield "]"


def subject_files(site: SiteFacts, card: CardFacts) -> Iterator[tuple[str, Content]]:
    """Yield the histories of one subject, what the page of comparisons reads of it, and its badge."""
    for name in WHOLE:
        frame = getattr(site, name).get(card.subject)
        if frame is not None:
            yield f"data/{card.subject}.{name}.csv", frame.write_csv()
            yield f"data/{card.subject}.{name}.json", frame.write_json()
    yield f"data/{card.subject}.js", comparison_script(site, card)
    yield f"badges/{card.subject}.svg", badge(card)
    yield f"badges/{card.subject}.json", shields(card)


def comparison_script(site: SiteFacts, card: CardFacts) -> str:
    """Return the history of a subject as a script, because a page that is opened from disk may read no other file."""
    frame = site.scores.get(card.subject)
    rows = [] if frame is None else frame.to_dicts()
    days = [int((row["as_of"] - datetime(1970, 1, 1)).total_seconds()) for row in rows]  # noqa: DTZ001
    lines = {key: [_round(row[column]) for row in rows] for key, column in _columns().items()}
    told = {"name": card.name, "days": days, "lines": lines, "said": card.said_beside,
            "coverage": in_percent(card.score["coverage"])}  # fmt: skip
    text = escaped(json.dumps(told, separators=(",", ":"))).replace("<", "\\u003c")
    return f'(window.speedscore=window.speedscore||{{}})["{card.subject}"]={text};\n'


def badge(card: CardFacts) -> str:
    """Return a badge as SVG, in the shape that READMEs know."""
    said, colour = _said(card), _colour(card)
    left, right = 84, 14 + 7 * len(said)
    wide = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="20" role="img" '
        f'aria-label="speed score: {said}"><title>{escape(legible(card.name))}: speed score {said}</title>'
        f'<clipPath id="r"><rect width="{wide}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:.0f}" y="14">speed score</text>'
        f'<text x="{left + right / 2:.0f}" y="14">{said}</text></g></svg>\n'
    )


def shields(card: CardFacts) -> str:
    """Return what shields.io draws a badge from (its endpoint schema, version 1)."""
    told = {"schemaVersion": 1, "label": "speed score", "message": _said(card), "color": _colour(card).lstrip("#")}
    return json.dumps(told) + "\n"


def citation_cff(site: SiteFacts, count: int) -> str:
    """Return how to cite the data of so many subjects, in the Citation File Format 1.2.0."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these scores, please cite them so.",
        "type: dataset",
        f"title: {json.dumps(_title(site))}",
        "authors:",
        "  - name: The speedscore authors",
        f"version: {json.dumps(site.version)}",
        f"date-released: {_last_day(site):%Y-%m-%d}",
        "license: MIT",
        f"abstract: Dated Speed Scores of {many(count, 'subjects')} under rubric {site.rubric}.",
    ]
    return "\n".join(lines) + "\n"


def citation_bibtex(site: SiteFacts) -> str:
    """Return how to cite the data, in BibTeX."""
    lines = [
        f"@misc{{speedscore{site.as_of:%Y%m%d},",
        f"  title = {{{_title(site)}}},",
        "  author = {{The speedscore authors}},",
        f"  year = {{{_last_day(site):%Y}}},",
        f"  month = {MONTHS[_last_day(site).month - 1]},",
        f"  note = {{Version {site.version}, rubric {site.rubric}}}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _last_day(site: SiteFacts) -> datetime:
    """Return the last day that counts: what is as of a midnight counts the day before it."""
    return site.as_of - timedelta(days=1)


def _title(site: SiteFacts) -> str:
    mark = f" ({site.label}: invented figures)" if site.label else ""
    return f"Speed Scores as of {site.as_of:%Y-%m-%d}{mark}"


def _said(card: CardFacts) -> str:
    return ("withheld" if card.score["speed_score"] is None else card.headline) + _mark(card)


def _mark(card: CardFacts) -> str:
    return f" {escape(legible(card.label))}" if card.label else ""


def _colour(card: CardFacts) -> str:
    score = card.score["speed_score"]
    return GREY if score is None else next(colour for least, colour in COLOURS if score >= least)


def _columns() -> dict[str, str]:
    return {"speed": "speed_raw", **{key: key for key in DIMENSIONS}}


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
