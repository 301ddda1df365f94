"""OpenReview: accepted papers page by page, years up to 2023 behind the first version of its API."""

from collections.abc import Iterator
from typing import Any

from flows.replica.answer import Answer, Request, of_json
from flows.replica.venues import OLD_API_YEAR, VenuePaper, papers_of
from flows.replica.world import World

MOST = 1_000
NAMES = {"NeurIPS.cc": "neurips", "ICML.cc": "icml", "ICLR.cc": "iclr"}


def answer(_world: World, request: Request) -> Answer:
    """Answer for the notes of a group: the first version mixes rejected papers in, and has its fields plain."""
    version, _, path = request.path.strip("/").partition("/")
    group = request.query.get("content.venueid", "")
    if path != "notes" or version not in {"v1", "v2"} or not group:
        return of_json({"name": "NotFoundError", "message": "Not found"}, 404)
    is_old = version == "v1"
    notes = list(_notes(group, is_old=is_old))
    text = request.query.get("offset", "0")
    start, size = int(text) if text.isdigit() else 0, request.number("limit", MOST, MOST)
    return of_json({"notes": notes[start : start + size], "count": len(notes)})


def _notes(group: str, *, is_old: bool) -> Iterator[dict[str, Any]]:
    venue, year = [*group.split("/"), "", ""][:2]
    if not year.isdigit() or (int(year) <= OLD_API_YEAR) != is_old:
        return
    papers = [one for one in papers_of(f"{NAMES.get(venue, '')}-{year}") if one.track == group]
    for paper in papers:
        yield _note(paper, f"{venue} {year} poster", is_old=is_old)
    if is_old and papers:
        content = {"title": "DEMO: not accepted", "venue": f"Submitted to {venue} {year}", "venueid": group}
        yield {"id": f"rejected-{venue}-{year}", "content": content}


def _note(paper: VenuePaper, venue: str, *, is_old: bool) -> dict[str, Any]:
    abstract = "DEMO." + (f" Code is at {paper.address}." if "abstract" in paper.ways else "")
    content = {"title": paper.title, "abstract": abstract, "venue": venue, "venueid": paper.track}
    if "openreview" in paper.ways:
        content["code"] = paper.address
    told = content if is_old else {name: {"value": text} for name, text in content.items()}
    return {"id": paper.id, "forum": paper.id, "content": told}
