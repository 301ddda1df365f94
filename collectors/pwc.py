"""The Papers With Code archive: frozen in July 2025, brought whole, read by the warehouse."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from catalog.metric import METRICS
from catalog.subject import Subject
from collectors.download import fetch_file
from collectors.errors import SourceError
from collectors.source import Cost, Found, Papers, Source, Upstream, missing

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


source = Source("pwc", collect, SHARES, costs)
