"""The replica's server: all upstreams on one local port, with their quotas, tags and faults."""

import gzip
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from flows.replica import (
    contents,
    discord,
    discourse,
    github,
    graphql,
    huggingface,
    openreview,
    pages,
    papers,
    paperswithcode,
    proceedings,
    pypistats,
    stackexchange,
)
from flows.replica.answer import Answer, Request, of_json
from flows.replica.faults import Fault, Faults
from flows.replica.limits import Limits, github_headers
from flows.replica.wire import Door
from flows.replica.world import World

UPSTREAMS: dict[str, Callable[[World, Request], Answer]] = {
    "/github/graphql": graphql.answer,
    "/github": github.answer,
    "/stackexchange": stackexchange.answer,
    "/forum": discourse.answer,
    "/discord": discord.answer,
    "/papers": papers.answer,
    "/cdn": papers.cdn,
    "/pypistats": pypistats.answer,
    "/huggingface": huggingface.answer,
    "/pages": pages.answer,
    "/homes": contents.home,
    "/openreview": openreview.answer,
    "/venue-sites": proceedings.site,
    "/pmlr": proceedings.pmlr,
    "/paperswithcode": paperswithcode.answer,
}
PATHS = {
    "SPEEDSCORE_GITHUB_API_URL": "/github",
    "SPEEDSCORE_GITHUB_GRAPHQL_URL": "/github/graphql",
    "SPEEDSCORE_STACKEXCHANGE_API_URL": "/stackexchange/2.3",
    "SPEEDSCORE_DISCORD_API_URL": "/discord/api/v10",
    "SPEEDSCORE_PAPERS_ARCHIVE_URL": "/papers",
    "SPEEDSCORE_HUGGINGFACE_URL": "/huggingface",
    "SPEEDSCORE_PYPISTATS_URL": "/pypistats/api",
    "SPEEDSCORE_GHARCHIVE_URL": "/gharchive",
    "SPEEDSCORE_EVIDENCE_URL": "/pages",
    "SPEEDSCORE_OPENREVIEW_URL": "/openreview/v2",
    "SPEEDSCORE_OPENREVIEW_V1_URL": "/openreview/v1",
    "SPEEDSCORE_VENUE_SITE_URL": "/venue-sites",
    "SPEEDSCORE_PMLR_URL": "/pmlr",
    "SPEEDSCORE_PAPERSWITHCODE_URL": "/paperswithcode",
}
TOKEN = "demo-token"  # noqa: S105 - a token of the replica only
GZIP_FROM = 1024


class Server:
    """Serves a world on 127.0.0.1 while the `with` block runs."""

    def __init__(
        self,
        world: World,
        *,
        faults: Iterable[Fault] = (),
        tokens: Collection[str] = (TOKEN,),
        limits: Mapping[str, int] | None = None,
        latency_ms: float = 0,
        port: int = 0,
    ) -> None:
        """Open the port; nothing is answered before the block is entered."""
        self.world = world
        self.requests: list[tuple[str, str]] = []
        self.unchanged = 0
        self.bytes_sent = 0
        self.stopping = Event()
        self._faults = Faults(faults)
        self._limits = Limits(tokens, limits or {})
        self._latency_s = latency_ms / 1000
        self._door = Door(port, self.respond, self.stopping)

    @property
    def url(self) -> str:
        """The address of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self._door.server_port}"

    def spent(self, resource: str) -> int:
        """Return the points that were spent of a limit: core, anonymous, graphql, stackexchange."""
        return self._limits.spent(resource)

    def environment(self) -> dict[str, str]:
        """Return the settings that point speedscore here, at every upstream."""
        return {name: self.url + path for name, path in PATHS.items()} | {"GITHUB_TOKEN": TOKEN}

    def __enter__(self) -> Self:
        """Begin to answer."""
        Thread(target=self._door.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up on everybody and close the port."""
        self.stopping.set()
        self._door.shutdown()
        self._door.server_close()
        self._door.hang_up()

    def respond(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, Fault | None]:
        """Answer one request, as the fault that it meets leaves the answer."""
        self.requests.append((method, target))
        if self._latency_s:
            time.sleep(self._latency_s)
        fault = self._faults.take(target, body)
        asked = {name: text for name, text in headers.items() if fault is None or name != "if-none-match"}
        answer = self._answer(method, target, asked, body)
        packed = _packed(fault.spoil(answer) if fault else answer, target, headers)
        self.bytes_sent += len(packed.body)
        return packed, fault

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(target)
        upstream = next((one for one in UPSTREAMS if f"{parts.path}/".startswith(f"{one}/")), None)
        if upstream is None or (method == "POST") != (upstream == "/github/graphql"):
            return of_json({"message": "Not Found"}, 404)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        resource, path = self._limits.resource(upstream, headers, query), unquote(parts.path.removeprefix(upstream))
        quota = self._limits.spend(resource, _points(upstream, path, body))
        request = Request(method, path, query, headers, body, self.url, quota)
        answer = self._limits.refuse(quota, headers) or UPSTREAMS[upstream](self.world, request)
        if upstream in {"/github", "/cdn"} and path != "/rate_limit":
            answer = _conditional(answer, headers)
        if answer.status == 304:
            self.unchanged += 1
            quota = self._limits.spend(resource, -1)
        return answer.plus(github_headers(quota)) if upstream.startswith("/github") else answer


def _points(upstream: str, path: str, body: bytes) -> int:
    if upstream == "/github/graphql":
        return graphql.cost(body)
    return 0 if path == "/rate_limit" else 1


def _conditional(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """Tag an answer; when the client has it already, say no more than that."""
    if answer.status != 200:
        return answer
    tag = answer.headers.get("ETag") or f"W/{papers.etag(answer.body)}"
    known = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    return Answer(304, b"", {"ETag": tag}) if tag.removeprefix("W/") in known else answer.plus({"ETag": tag})


def _packed(answer: Answer, target: str, headers: Mapping[str, str]) -> Answer:
    """Compress JSON above a size for clients that accept it, and Stack Exchange's answers for all."""
    is_wanted = "gzip" in headers.get("accept-encoding", "") and len(answer.body) > GZIP_FROM
    if "Content-Encoding" in answer.headers or not answer.is_json:
        return answer
    if not (is_wanted or target.startswith("/stackexchange/")):
        return answer
    packed = replace(answer, body=gzip.compress(answer.body, compresslevel=1, mtime=0))
    return packed.plus({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
