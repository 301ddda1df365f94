"""The Papers With Code archive: frozen in July 2025, brought whole, read by the warehouse."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from catalog.metric import METRICS
from catalog.subject import Subject
from collectors.download import fetch_file
from collectors.errors import SourceError
from collectors.http import midnight
from collectors.source import Cost, Found, Lacking, Memory, Papers, Past, Source, Step, Upstream, missing

LINKS = ("links-between-paper-and-code/resolve/main/data/train-00000-of-00001.parquet",)
PAPERS = tuple(f"papers-with-abstracts/resolve/main/data/train-0000{part}-of-00004.parquet" for part in range(4))
SHARES = tuple(METRICS[f"pwc.share_{what}"] for what in ("neurips", "icml", "iclr", "slope_pp"))


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Bring the files of the archive, or say why there are none."""
    if upstream.folder is None:
        raise ValueError("the archive needs a folder to lie in")
    headers = {"Authorization": f"Bearer {upstream.token}"} if upstream.token else {}
    base = f"{upstream.base_url}/datasets/pwc-archive"
    try:
        links = [fetch_file(upstream.http, f"{base}/{path}", upstream.folder, headers) for path in LINKS]
        papers = [fetch_file(upstream.http, f"{base}/{path}", upstream.folder, headers) for path in PAPERS]
    except SourceError as error:
        yield from missing(subjects, SHARES, valid_at, error)
        return
    paths = tuple(file.path for file in links), tuple(file.path for file in papers)
    yield Papers(*paths, raw_sha256=links[0].sha256, url=links[0].url)


def costs(subjects: Sequence[Subject], _memory: object, _has_token: object) -> list[Cost]:
    """One conditional request a file."""
    return [Cost("paper archive", len(LINKS) + len(PAPERS) if subjects else 0)]


def _steps(subjects: Sequence[Subject], _lacking: Lacking, memory: Memory, now: datetime) -> Iterator[Step]:
    """Give one step for all who lack the archive: it comes whole or not at all, and it is frozen."""
    had = {subject for metric, when in memory.items() if metric.startswith("pwc.") for subject in when}
    if lacking := tuple(one for one in subjects if one.id not in had):
        yield Step("pwc", "archive", lacking, (midnight(now),), "paper archive", len(LINKS) + len(PAPERS))


def _ask_past(step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    yield list(collect(step.subjects, upstream, step.days[0]))


source = Source("pwc", collect, SHARES, costs, Past(_steps, _ask_past))
