"""What venues publish of their papers themselves: the data of virtual sites, and PMLR's list of a volume."""

import re
from typing import Any

from catalog.editions import editions
from flows.replica.answer import Answer, Request, of_html, of_json
from flows.replica.venues import VenuePaper, papers_of
from flows.replica.world import World

SITE = re.compile(r"/static/virtual/data/([a-z]+-\d{4})-orals-posters\.json")
VOLUME = re.compile(r"/v(\d+)/assets/bib/citeproc\.yaml")
ORALS = 8  # every eighth paper is told in a talk, too


def site(_: World, request: Request) -> Answer:
    """Answer with the events of a virtual site: posters, the talks of some, and a workshop's poster."""
    named = SITE.fullmatch(request.path)
    papers = papers_of(named[1]) if named else ()
    if not papers:
        return of_html("Not found", 404)
    events = [_event(one, "Poster") for one in papers] + [_event(one, "Oral") for one in papers[::ORALS]]
    venue = papers[0].track.rpartition("/")[0]
    events.append(_event(papers[0], "Poster") | {"paper_url": None, "sourceurl": _group(f"{venue}/Workshop/DEMO")})
    return of_json({"count": len(events), "next": None, "previous": None, "results": events})


def _event(paper: VenuePaper, kind: str) -> dict[str, Any]:
    forum = f"https://openreview.net/forum?id={paper.id}"
    told = {"name": paper.title, "eventtype": kind, "decision": f"Accept ({kind.lower()})", "visible": True}
    return told | {"id": paper.number, "paper_url": forum, "sourceurl": _group(paper.track)}


def _group(name: str) -> str:
    return f"https://openreview.net/group?id={name}"


def pmlr(_: World, request: Request) -> Answer:
    """Answer with the list of a volume."""
    named = VOLUME.fullmatch(request.path)
    found = next((one for one in editions() if named and one.volume == int(named[1])), None)
    if found is None:
        return of_html("Not found", 404)
    entries = (f"- title: '{one.title}'\n  abstract: DEMO\n  volume: {found.volume}\n" for one in papers_of(found.id))
    return Answer(200, "".join(entries).encode(), {"Content-Type": "text/yaml"})
