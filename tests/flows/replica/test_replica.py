"""The replica answers as the upstreams do: over real HTTP, from one truth, and with faults on request."""

import gzip
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from graphql import parse
from graphql.type import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from catalog.load import load_catalog
from flows.replica import Fault, Server, World, build_world
from flows.replica.archive import LINKS_FILE, PAPERS_FILES
from flows.replica.demo import demo_subjects
from flows.replica.graphql import schema

ROOT = Path(__file__).resolve().parents[3]
PUBLIC_SCHEMA = ROOT.parent / "shared" / "data" / "github_schema" / "schema.graphql.gz"
TODAY = date(2026, 11, 22)
YEAR_AGO = TODAY - timedelta(days=365)
BEARER = {"Authorization": "Bearer demo-token"}
JAX = "/github/repos/jax-ml/jax"
SUBJECTS = [
    {"id": "jax", "github": "jax-ml/jax", "github_id": 154739597, "github_former": ["google/jax"]}
    | {"stackoverflow_tags": ["jax"], "discord_invite": "jaxchat", "pypi": "jax", "huggingface_tag": "jax"},
    {"id": "fastai", "github": "fastai/fastai", "github_id": 102973646, "stackoverflow_tags": ["fast-ai"]},
    {"id": "mxnet", "github": "apache/mxnet", "github_id": 34864402, "stackoverflow_tags": ["mxnet"]},
]
ISSUES = """query($after: String) { repository(owner: "jax-ml", name: "jax") { issues(first: 100, after: $after,
  orderBy: {field: UPDATED_AT, direction: ASC}) { totalCount pageInfo { hasNextPage endCursor }
  nodes { number databaseId createdAt closedAt state stateReason author { __typename login }
    comments(first: 5) { totalCount nodes { createdAt author { login } } } } } } }"""


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(SUBJECTS, TODAY)


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with Server(world) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with client_of(server) as open_client:
        yield open_client


def test_the_same_seed_grows_the_same_world(world: World) -> None:
    again = build_world(SUBJECTS, TODAY)

    assert again.repositories == world.repositories
    assert again.stack_overflow == world.stack_overflow
    assert again.archive.files == world.archive.files
    assert build_world(SUBJECTS, TODAY, seed=7)["jax"].commits != world["jax"].commits


def test_nothing_is_later_than_the_world(world: World) -> None:
    for repo in world.repositories:
        moments = [repo.pushed_at, *(ticket.updated_at for ticket in repo.tickets), repo.commits[0].committed_at]
        assert max(moments) <= world.now
    assert world["mxnet"].is_archived
    assert world["mxnet"].commits_between(YEAR_AGO, TODAY) == 0


def test_rest_tells_the_truth_about_a_repository(world: World, client: httpx.Client) -> None:
    found, jax = client.get(JAX).json(), world["jax"]

    assert (found["id"], found["stargazers_count"], found["forks_count"]) == (154739597, jax.stars(), jax.forks)
    assert found["open_issues_count"] == jax.issues_open() + jax.pulls_open()
    contributors = client.get(f"{JAX}/contributors?anon=1&per_page=1")
    assert last_page(contributors) == jax.contributors
    window = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-15T00:00:00Z", "per_page": "1"}
    assert last_page(client.get(f"{JAX}/commits", params=window)) == jax.commits_between(
        date(2026, 11, 1), date(2026, 11, 15)
    )
    assert client.get(f"{JAX}/stargazers").status_code == 404


def test_a_former_name_is_moved_to_the_number(client: httpx.Client) -> None:
    moved = client.get("/github/repos/google/jax/issues?per_page=2")

    assert moved.status_code == 301
    assert moved.headers["location"].endswith("/github/repositories/154739597/issues?per_page=2")
    assert client.get(moved.headers["location"]).json()[0]["number"] > 0


def test_rest_mixes_pull_requests_into_the_issues(world: World, client: httpx.Client) -> None:
    rows = all_pages(client, f"{JAX}/issues?state=all&per_page=100")

    assert sum("pull_request" in row for row in rows) == len(list(world["jax"].pulls))
    assert sum("pull_request" not in row for row in rows) == len(list(world["jax"].issues))


def test_the_star_history_sums_to_the_dated_stars(world: World, client: httpx.Client) -> None:
    weeks = all_pages(client, f"{JAX}/stargazers/history")

    assert [week["week"] for week in weeks] == sorted((week["week"] for week in weeks), reverse=True)
    assert {(date(1970, 1, 1) + timedelta(seconds=week["week"])).isoweekday() for week in weeks} == {7}
    assert all(sum(week["days"]) == week["total"] for week in weeks)
    assert sum(week["total"] for week in weeks) == world["jax"].stars() - world["jax"].stars_undated


def test_what_has_not_changed_is_304_and_free(server: Server, client: httpx.Client) -> None:
    first = client.get(JAX)
    again = client.get(JAX, headers={"If-None-Match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""
    assert "link" not in again.headers
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    assert server.requests == [("GET", JAX), ("GET", JAX)]


def test_graphql_gives_what_there_is_beside_what_there_is_not(world: World, client: httpx.Client) -> None:
    query = """{ rateLimit { cost remaining } here: repository(owner: "google", name: "jax") { databaseId
      stargazerCount issues(states: OPEN) { totalCount } stargazers(first: 2) { totalCount edges { starredAt } } }
      gone: repository(owner: "no", name: "where") { id } }"""
    answer = ask(client, query)

    assert answer["data"]["gone"] is None
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["gone"])]
    here = answer["data"]["here"]
    assert here["issues"]["totalCount"] == world["jax"].issues_open()
    assert here["stargazers"] == {"totalCount": world["jax"].stars(), "edges": []}
    assert answer["data"]["rateLimit"] == {"cost": 1, "remaining": 4999}


def test_a_repository_behind_a_capability_shows_its_fate() -> None:
    backing = [{"github": "demo/server", "fate": "archived"}, {"github": "demo/phone", "fate": "watch"}]
    world = build_world(SUBJECTS[:1], TODAY, backing=backing)
    counted = "target { ... on Commit { history(since: $since, until: $until) { totalCount } } }"
    asked = 'object(expression: "HEAD:README.md") { ... on Blob { text } }'
    query = f"""query($since: GitTimestamp!, $until: GitTimestamp!) {{
      server: repository(owner: "demo", name: "server") {{ isArchived isDisabled {asked} defaultBranchRef {{ {counted} }} }}
      phone: repository(owner: "demo", name: "phone") {{ isArchived isDisabled {asked} defaultBranchRef {{ {counted} }} }}
    }}"""
    ends = {"since": f"{TODAY - timedelta(days=90)}T00:00:00Z", "until": f"{TODAY - timedelta(days=1)}T23:59:59Z"}

    with Server(world) as server, httpx.Client(base_url=server.url, headers=BEARER) as client:
        data = client.post("/github/graphql", json={"query": query, "variables": ends}).json()["data"]

    counts = {name: one["defaultBranchRef"]["target"]["history"]["totalCount"] for name, one in data.items()}
    assert counts == {"server": 0, "phone": 30}
    assert {name: one["isArchived"] for name, one in data.items()} == {"server": True, "phone": False}
    assert "no longer actively maintained" in data["server"]["object"]["text"]
    assert "deprecated" in data["phone"]["object"]["text"]


def test_graphql_pages_through_all_issues(world: World, client: httpx.Client) -> None:
    found: list[dict[str, Any]] = []
    info: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"]:
        page = ask(client, ISSUES, after=info["endCursor"])["data"]["repository"]["issues"]
        found, info = found + page["nodes"], page["pageInfo"]

    assert sorted(issue["number"] for issue in found) == [issue.number for issue in world["jax"].issues]
    assert sum(issue["closedAt"] is None for issue in found) == world["jax"].issues_open()


def test_graphql_counts_and_lists_the_commits_of_a_window(world: World, client: httpx.Client) -> None:
    query = """{ repository(owner: "jax-ml", name: "jax") { defaultBranchRef { target { ... on Commit {
      history(since: "2026-11-01T00:00:00Z", until: "2026-11-14T23:59:59Z", first: 100) { totalCount
        nodes { oid committedDate parents { totalCount } author { name email user { login } } } } } } } } }"""
    history = ask(client, query)["data"]["repository"]["defaultBranchRef"]["target"]["history"]

    assert history["totalCount"] == len(history["nodes"])
    assert history["totalCount"] == world["jax"].commits_between(date(2026, 11, 1), date(2026, 11, 15))


def test_without_a_token_there_are_sixty_requests_and_no_graphql(server: Server) -> None:
    with httpx.Client(base_url=server.url) as nobody:
        statuses = [nobody.get(JAX).status_code for _ in range(61)]
        over = nobody.get(JAX)
        assert statuses == [200] * 60 + [403]
        assert over.headers["x-ratelimit-remaining"] == "0"
        assert int(over.headers["x-ratelimit-reset"]) > time.time()
        assert nobody.post("/github/graphql", json={"query": "{ rateLimit { cost } }"}).status_code == 401
        assert nobody.get(JAX, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_list_of_contributors_can_be_too_large() -> None:
    with Server(build_world(SUBJECTS[1:2], TODAY, too_large={"fastai"})) as server, client_of(server) as client:
        refused = client.get("/github/repos/fastai/fastai/contributors?anon=1&per_page=1")

    assert refused.status_code == 403
    assert refused.json()["message"].startswith("The history or contributor list is too large")
    assert int(refused.headers["x-ratelimit-remaining"]) > 0


def test_stack_exchange_tells_the_truth_and_always_compresses(world: World, client: httpx.Client) -> None:
    info = client.get("/stackexchange/2.3/tags/jax;mxnet;nothing/info?site=stackoverflow")
    raw = client.get("/stackexchange/2.3/tags/jax/info?site=stackoverflow", headers={"Accept-Encoding": "identity"})

    assert {item["name"]: item["count"] for item in info.json()["items"]} == {
        "jax": world.tag_count("jax"),
        "mxnet": world.tag_count("mxnet"),
    }
    assert (info.json()["quota_max"], info.json()["quota_remaining"]) == (300, 299)
    assert raw.headers["content-encoding"] == "gzip"
    window = {"fromdate": stamp(YEAR_AGO), "todate": stamp(TODAY) - 1}
    assert total(client, tagged="jax", **window) == world.questions_between("jax", YEAR_AGO, TODAY)
    assert total(client, **window) == world.site_between(YEAR_AGO, TODAY)
    assert total(client, tagged="jax") == world.tag_count("jax")


def test_stack_exchange_refuses_in_json_and_when_the_quota_is_spent(world: World) -> None:
    with Server(world, limits={"stackexchange": 1}) as server, client_of(server) as client:
        answers = [client.get(f"/stackexchange/2.3/tags/jax/info{query}") for query in ("", "?site=stackoverflow")]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [answer.json()["error_name"] for answer in answers] == ["bad_parameter", "throttle_violation"]


def test_forums_of_two_generations(world: World, client: httpx.Client) -> None:
    newer = client.get("/forum/jax/about.json").json()["about"]["stats"]
    older = client.get("/forum/fastai/about.json").json()["about"]["stats"]

    assert (newer["users_count"], newer["active_users_30_days"]) == (
        world.forums["jax"].users,
        world.forums["jax"].active_30d,
    )
    assert older["user_count"] == world.forums["fastai"].users
    assert "active_users_30_days" not in older


def test_an_invite_with_counts_and_an_unknown_one(world: World, client: httpx.Client) -> None:
    invite = client.get("/discord/api/v10/invites/jaxchat?with_counts=true").json()
    unknown = client.get("/discord/api/v10/invites/nobody?with_counts=true")

    assert invite["approximate_member_count"] == world.guilds["jaxchat"].members
    assert invite["guild"]["id"] == world.guilds["jaxchat"].id
    assert (unknown.status_code, unknown.json()["code"]) == (404, 10006)


def test_the_archive_comes_whole_or_in_ranges(world: World, client: httpx.Client) -> None:
    base = "/papers/datasets/pwc-archive"
    files = {f"{base}/links-between-paper-and-code/resolve/main/data/{LINKS_FILE}": LINKS_FILE}
    files |= {f"{base}/papers-with-abstracts/resolve/main/data/{name}": name for name in PAPERS_FILES}
    for path, name in files.items():
        moved = client.get(path)
        assert (moved.status_code, moved.headers["location"][-len(name) :]) == (302, name)
        whole = client.get(moved.headers["location"])
        assert whole.content == world.archive.files[name]
        assert client.head(f"/cdn/{name}").headers["content-length"] == str(len(whole.content))
    tail = client.get(f"/cdn/{LINKS_FILE}", headers={"Range": "bytes=10-"})
    assert (tail.status_code, tail.content) == (206, world.archive.files[LINKS_FILE][10:])
    assert tail.headers["content-range"].startswith("bytes 10-")
    assert client.get(f"/cdn/{LINKS_FILE}", headers={"Range": "bytes=99999999-"}).status_code == 416
    assert client.get(f"/cdn/{LINKS_FILE}", headers={"If-None-Match": tail.headers["etag"]}).status_code == 304


def test_the_archive_has_the_fields_of_the_dumps(world: World) -> None:
    links = pl.read_parquet(BytesIO(world.archive.files[LINKS_FILE]))
    papers = [pl.read_parquet(BytesIO(world.archive.files[name])) for name in PAPERS_FILES]
    shapes = PUBLIC_SCHEMA.parents[1] / "pwc"

    assert sum(table.height for table in papers) == len(world.archive.papers)
    assert world.share("pytorch", "ICLR", 2023) > world.share("pytorch", "ICLR", 2018) > 0
    if not shapes.exists():
        pytest.skip("the recordings in shared/data/pwc are not here to compare with")
    of_links = json.loads((shapes / "links-between-papers-and-code.exact-shape-3rows.json").read_text())[0]
    of_papers = json.loads((shapes / "papers-with-abstracts.exact-shape-1row.json").read_text())[0]
    assert links.columns == list(of_links)
    assert papers[0].columns == list(of_papers)


def test_downloads_and_models(world: World, client: httpx.Client) -> None:
    overall = client.get("/pypistats/api/packages/jax/overall?mirrors=false").json()
    recent = client.get("/pypistats/api/packages/jax/recent").json()["data"]

    assert {row["date"]: row["downloads"] for row in overall["data"]} == {
        day.isoformat(): count for day, count in world.downloads["jax"].items()
    }
    assert recent["last_month"] == world.downloads_between("jax", TODAY - timedelta(days=30), TODAY)
    assert len(all_pages(client, "/huggingface/api/models?filter=jax&limit=500")) == world.models["jax"]
    assert client.get("/pypistats/api/packages/none/recent").status_code == 404


def test_large_json_is_compressed_for_those_who_accept_it(client: httpx.Client) -> None:
    packed = client.get(f"{JAX}/commits")
    plain = client.get(f"{JAX}/commits", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


@pytest.mark.parametrize("kind", ["reset", "timeout", "truncated"])
def test_a_connection_breaks_once(world: World, kind: str) -> None:
    with Server(world, faults=[Fault(prefix=JAX, kind=kind, seconds=0.01)]) as server, client_of(server) as client:
        with pytest.raises(httpx.TransportError):
            client.get(JAX)
        assert client.get(JAX).status_code == 200


def test_a_slow_answer_comes_byte_by_byte(world: World) -> None:
    faults = [Fault(prefix="/discord", kind="slow_drip", seconds=0.001)]
    with Server(world, faults=faults) as server, client_of(server) as client:
        began = time.monotonic()
        invite = client.get("/discord/api/v10/invites/jaxchat")
        assert invite.json()["code"] == "jaxchat"
        assert time.monotonic() - began > 0.001 * len(invite.content)


def test_a_status_with_its_headers_below_one_path_only(world: World) -> None:
    faults = [Fault(prefix=f"{JAX}/commits", kind="status:429", times=2, headers={"Retry-After": "7"})]
    with Server(world, faults=faults) as server, client_of(server) as client:
        statuses = [
            client.get(path).status_code for path in (f"{JAX}/commits", JAX, f"{JAX}/commits", f"{JAX}/commits")
        ]

    assert statuses == [429, 200, 429, 200]


def test_a_fault_can_wait_for_a_text_in_the_body(world: World) -> None:
    faults = [Fault(prefix="/github/graphql", kind="status:502", containing="fastai")]
    query = '{ repository(owner: "%s", name: "%s") { id } }'
    with Server(world, faults=faults) as server, client_of(server) as client:
        statuses = [
            client.post("/github/graphql", json={"query": query % names}).status_code
            for names in (("jax-ml", "jax"), ("fastai", "fastai"), ("fastai", "fastai"))
        ]

    assert statuses == [200, 502, 200]


FIELD = "stargazers_count"


@pytest.mark.parametrize(
    ("fault", "holds"),
    [
        (Fault(prefix=JAX, kind="error_body_200"), lambda a: "errors" in a.json()),
        (Fault(prefix=JAX, kind="wrong_type"), lambda a: isinstance(a.json(), list)),
        (Fault(prefix=JAX, kind="wrong_type", name=FIELD), lambda a: isinstance(a.json()[FIELD], list)),
        (Fault(prefix=JAX, kind="html"), lambda a: a.headers["content-type"].startswith("text/html")),
        (Fault(prefix=JAX, kind="malformed"), lambda a: a.text.startswith('{"id"') and not a.text.endswith("}")),
        (Fault(prefix=JAX, kind="missing_field", name=FIELD), lambda a: FIELD not in a.json()),
        (Fault(prefix=JAX, kind="renamed_field", name=FIELD, to="stars"), lambda a: a.json()["stars"] > 0),
        (Fault(prefix=JAX, kind="added_field", name="backoff", value=3), lambda a: a.json()["backoff"] == 3),
        (Fault(prefix=JAX, kind="changed_field", name=FIELD, value=-1), lambda a: a.json()[FIELD] == -1),
        (Fault(prefix=JAX, kind="bomb", size=2_000_000), lambda a: len(a.content) >= 2_000_000),
        (Fault(prefix=JAX, kind="redirect", url=JAX), lambda a: (a.status_code, a.headers["location"]) == (302, JAX)),
    ],
    ids=lambda one: f"{one.kind} {one.name}".strip() if isinstance(one, Fault) else "",
)
def test_a_fault_does_what_it_says(world: World, fault: Fault, holds: Any) -> None:
    with Server(world, faults=[fault]) as server, client_of(server) as client:
        spoiled = client.get(JAX)
        assert holds(spoiled)
        assert "etag" not in spoiled.headers
        assert client.get(JAX).json()[FIELD] == world["jax"].stars()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault is called 'earthquake'"):
        Fault(prefix="/", kind="earthquake")


def test_nobody_answers_after_the_block(world: World) -> None:
    with Server(world) as server, client_of(server) as client:
        client.get(JAX)
        open_client = client_of(server)
    with open_client, pytest.raises(httpx.ConnectError):
        open_client.get(JAX)


def test_the_schema_is_a_part_of_the_public_one() -> None:
    if not PUBLIC_SCHEMA.exists():
        pytest.skip("GitHub's public schema (shared/data/github_schema) is not here to compare with")
    text = gzip.decompress(PUBLIC_SCHEMA.read_bytes()).decode()
    mine = {name: kind for name, kind in schema().type_map.items() if not name.startswith("__")}
    public = {name: fields_of_text(text, name) for name in mine}
    shared = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)

    for name, kind in mine.items():
        if isinstance(kind, shared):
            for field, definition in kind.fields.items():
                assert str(definition.type) == public[name][field][0], f"{name}.{field}"
                arguments = {arg: str(one.type) for arg, one in getattr(definition, "args", {}).items()}
                assert arguments.items() <= public[name][field][1].items(), f"{name}.{field}"


def test_the_demo_serves_a_catalog_that_the_project_reads(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "flows.replica",
        "--catalog",
        str(tmp_path / "demo.toml"),
        "--today",
        "2026-11-22",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdin
        assert demo.stdout
        ready = json.loads(demo.stdout.readline())
        catalog = load_catalog(tmp_path / "demo.toml")
        about = httpx.get(f"{catalog['flax'].discourse_url}/about.json").json()
        demo.stdin.close()
        assert demo.wait(timeout=5) == 0

    assert about["about"]["stats"]["users_count"] > 0
    assert ready["environment"]["SPEEDSCORE_PYPISTATS_URL"] == f"{ready['url']}/pypistats/api"
    assert {subject.id for subject in catalog.subjects} == {one["id"] for one in demo_subjects()}
    assert {fact.subject for fact in catalog.facts} == {subject.id for subject in catalog.subjects}
    assert all(subject.discord_guild_id and subject.pypi and subject.stackoverflow_tags for subject in catalog.subjects)


def client_of(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers=BEARER, timeout=5)


def ask(client: httpx.Client, query: str, **variables: Any) -> Any:
    return client.post("/github/graphql", json={"query": query, "variables": variables}).json()


def all_pages(client: httpx.Client, url: str) -> list[Any]:
    rows: list[Any] = []
    while url:
        page = client.get(url)
        rows += page.json()
        url = page.links.get("next", {}).get("url", "")
    return rows


def last_page(answer: httpx.Response) -> int:
    return int(httpx.URL(answer.links["last"]["url"]).params["page"])


def total(client: httpx.Client, **query: Any) -> int:
    found = client.get("/stackexchange/2.3/questions", params={"site": "stackoverflow", "filter": "total", **query})
    return int(found.json()["total"])


def stamp(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400


def fields_of_text(text: str, name: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return type and arguments of every field of one type of a schema text, without parsing the rest."""
    block = re.search(rf"^(?:type|interface|input|enum) {name}\b.*?^}}", text, re.DOTALL | re.MULTILINE)
    if not block:
        return {}
    fields = getattr(parse(block[0]).definitions[0], "fields", ())
    return {
        field.name.value: (
            shown(field.type),
            {argument.name.value: shown(argument.type) for argument in getattr(field, "arguments", None) or ()},
        )
        for field in fields
    }


def shown(node: Any) -> str:
    """Write a type as a schema does: [Name!]!, say."""
    inner = {"non_null_type": "{}!", "list_type": "[{}]"}.get(node.kind)
    return inner.format(shown(node.type)) if inner else str(node.name.value)
