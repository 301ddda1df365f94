"""paperswithcode.co: the papers of a conference with their arXiv ids, and the repositories of a paper."""

import re

from flows.replica.answer import Answer, Request, of_json
from flows.replica.venues import by_arxiv, papers_of
from flows.replica.world import World

CONFERENCE = re.compile(r"/conferences/([a-z]+-\d{4})/papers")
PAPER = re.compile(r"/papers/arxiv/([\d.]+)")
NOT_FOUND = {"detail": "Not found."}


def answer(_: World, request: Request) -> Answer:
    """Answer for a page of a conference, or for one paper."""
    if named := CONFERENCE.fullmatch(request.path):
        return _conference(named[1], request)
    named = PAPER.fullmatch(request.path)
    paper = by_arxiv(named[1]) if named else None
    if paper is None or ("paperswithcode" not in paper.ways and paper.number % 2):
        return of_json(NOT_FOUND, 404)
    told: dict[str, object] = {"arxiv_id": paper.arxiv_id, "title": paper.title}
    if request.query.get("include_resources") == "true":
        links = [{"url": paper.address, "num_stars": 3, "is_official": True, "source": "abstract"}]
        told |= {"repositories": links if "paperswithcode" in paper.ways else []}
    return of_json(told)


def _conference(edition_id: str, request: Request) -> Answer:
    papers = [one for one in papers_of(edition_id) if one.arxiv_id]
    if not papers:
        return of_json(NOT_FOUND, 404)
    page, size = request.number("page", 1, 10**6), request.number("page_size", 20, 100)
    some = papers[(page - 1) * size : page * size]
    rows = [{"arxiv_id": one.arxiv_id, "title": one.title} for one in some]
    is_last = page * size >= len(papers)
    return of_json({"count": len(papers), "next_page": None if is_last else page + 1, "results": rows})
