"""The Papers With Code archive: frozen in July 2025, brought whole, read by the warehouse."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.subject import Subject
from collectors.errors import GoneError, SourceError
from collectors.missing import missing
from collectors.past import Lacking, Past, Step
from collectors.reading import one_answer
from collectors.source import Address, Cost, Source
from collectors.transport.download import File
from collectors.upstream import Found, Memory, Papers, Upstream

log = logging.getLogger(__name__)

OF_LINKS, OF_PAPERS = (
    f"datasets/pwc-archive/{name}/resolve/main" for name in ("links-between-paper-and-code", "papers-with-abstracts")
)
LINKS = (f"{OF_LINKS}/data/train-00000-of-00001.parquet",)
PAPERS = tuple(f"{OF_PAPERS}/data/train-0000{part}-of-00004.parquet" for part in range(4))
DUMP = "links-between-papers-and-code.json.gz", "papers-with-abstracts.json.gz"
FORMS = (
    (LINKS, PAPERS),
    ((f"{OF_LINKS}/{DUMP[0]}",), (f"{OF_PAPERS}/{DUMP[1]}",)),
    ((f"about/{DUMP[0]}",), (f"about/{DUMP[1]}",)),
)
"""The files of links and of papers in each form: Parquet, the dump of JSON beside it, the dump where it once lay."""
Bring = Callable[[str], File]
SHARES = tuple(METRICS[f"pwc.share_{what}"] for what in ("neurips", "icml", "iclr", "slope_pp"))


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Bring the files of the archive, or say why there are none."""
    if upstream.folder is None:
        raise ValueError("the archive needs a folder to lie in")
    headers = {"Authorization": f"Bearer {upstream.token}"} if upstream.token else {}
    bring = partial(upstream.http.download, folder=upstream.folder, headers=headers)
    try:
        with one_answer():
            links, papers = _files(bring, upstream.base_url, upstream.max_concurrency)
    except SourceError as error:
        yield from missing(subjects, SHARES, valid_at, error)
        return
    paths = tuple(file.path for file in links), tuple(file.path for file in papers)
    yield Papers(*paths, raw_sha256=links[0].sha256, url=links[0].url)


def _files(bring: Bring, base: str, at_once: int) -> tuple[list[File], list[File]]:
    """Bring the first form that the server has whole; raise GoneError about the first of all where it has none."""
    gone: list[GoneError] = []
    for links, papers in FORMS:
        try:
            found = [bring(f"{base}/{path}") for path in links], _together(bring, base, papers, at_once)
        except GoneError as error:
            gone.append(error)
            continue
        if gone:
            log.warning("pwc: %s; in its place: %s", gone[0], links[0])
        return found
    raise gone[0]


def _together(bring: Bring, base: str, paths: Sequence[str], at_once: int) -> list[File]:
    """Bring some files, several at once; raise what befell the first of those that did not come."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(bring, (f"{base}/{path}" for path in paths)))


def costs(subjects: Sequence[Subject], _memory: object, _has_token: object) -> list[Cost]:
    """One conditional request a file, where the server has the files of today."""
    return [Cost("paper archive", len(LINKS) + len(PAPERS) if subjects else 0)]


def _steps(subjects: Sequence[Subject], _lacking: Lacking, memory: Memory, now: datetime) -> Iterator[Step]:
    """Yield one step for all who lack the archive: it comes whole or not at all, and it is frozen."""
    had = {subject for metric, when in memory.items() if metric.startswith("pwc.") for subject in when}
    if lacking := tuple(one for one in subjects if one.id not in had):
        yield Step("pwc", "archive", lacking, (midnight(now),), "paper archive", len(LINKS) + len(PAPERS))


def _ask_past(step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    yield list(collect(step.subjects, upstream, step.days[0]))


OTHERS = tuple(one for one in METRICS.values() if one.source == "pwc" and one.yearly and one not in SHARES)
source = Source(
    "pwc",
    collect,
    SHARES,
    costs,
    Past(_steps, _ask_past),
    sometimes=OTHERS,
    address=Address("papers_archive_url", "https://huggingface.co", "hf_token"),
)
