"""GH Archive: real hours come out as recorded; what is absent, cut off, corrupt or empty is told apart, never zero."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.archive_hours import Hours, Repository
from catalog.gharchive import bytes_of, holes, holes_of, is_lossy
from catalog.observation import Reason
from catalog.subject import Subject
from collectors.errors import ConnectError, IncompleteError, NoAnswerError, RestrictedError
from collectors.gharchive import hour as gharchive_hour
from collectors.gharchive import workers as gharchive_workers
from collectors.gharchive.beginning import any_of
from collectors.gharchive.day import observations, tally
from collectors.gharchive.event import Event, Wanted
from collectors.gharchive.hour import Hour, candidates, read_hour
from collectors.gharchive.source import HourRead, read_day, source, wanted_of
from collectors.gharchive.workers import COMMAND, ROOT, Workers
from collectors.transport.http import Http
from collectors.upstream import Upstream
from tests.collectors.loopback import Asked, Reply, Wire, seam

PYTORCH = Repository(65600975, "pytorch/pytorch")
JAX = Repository(154739597, "jax-ml/jax")
CAFFE = Subject(id="caffe", name="Caffe", kind="framework", github="BVLC/caffe")
SUBJECTS = [
    Subject(id="pytorch", name="PyTorch", kind="framework", github=PYTORCH.name, github_id=PYTORCH.id),
    Subject(id="jax", name="JAX", kind="framework", github=JAX.name, github_id=JAX.id, github_former=["google/jax"]),
    CAFFE,
]
WANTED = wanted_of(SUBJECTS)
NOON = datetime(2020, 5, 1, 12)
MAY_DAY, LOSSY_DAY = date(2020, 5, 1), date(2026, 5, 1)


# --- real hours ---


@pytest.mark.parametrize(
    ("file", "lines", "names", "counts"),
    [
        ("2015-01-01-0", 7_702, 4_113, {"pushes": 4_280, "stars": 642, "issues_opened": 235, "issues_closed": 135, "forks": 213}),
        ("2021-07-21-few-hours", 800, 623, {"pushes": 425, "stars": 58, "issues_opened": 13, "issues_closed": 8, "forks": 19}),
    ],
)  # fmt: skip
def test_a_real_hour_comes_out_as_it_was_recorded(recorded, file, lines, names, counts):
    path = recorded / f"gharchive/{file}.json.gz"
    told = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    everybody = Wanted({one["repo"]["id"]: "anybody" for one in told}, {})

    hour = read_hour(path, everybody)

    with gzip.open(path) as stream:
        parsed = sum(1 for _ in candidates(stream, everybody))
    assert parsed == sum(one["type"] in ("PushEvent", "WatchEvent", "ForkEvent", "IssuesEvent") for one in told)
    assert (len(told), len({one["repo"]["name"] for one in told})) == (lines, names)
    assert (hour.state, hour.unreadable) == ("read", 0)
    assert Counter(event.kind for event in hour.events) == counts


def test_of_a_real_hour_only_the_lines_that_are_wanted_are_parsed(recorded):
    path = recorded / "gharchive/2015-01-01-0.json.gz"
    found = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    [(most, times)] = Counter(one["repo"]["id"] for one in found).most_common(1)

    with gzip.open(path) as stream:
        assert sum(1 for _ in candidates(stream, Wanted({most: "most"}, {}))) - times in range(20)


def test_every_repository_of_a_real_hour_gets_what_a_plain_reading_gives_it(recorded):
    path = recorded / "gharchive/2021-07-21-few-hours.json.gz"
    plain = Counter(
        (one["repo"]["id"], one["type"]) for one in map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    )
    kinds = {"PushEvent": "pushes", "WatchEvent": "stars", "ForkEvent": "forks"}

    for number in {number for number, kind in plain if kind in kinds}:
        found = Counter(event.kind for event in read_hour(path, Wanted({number: "x"}, {})).events)
        assert {kind: found[kind] for kind in kinds.values()} == {to: plain[number, kind] for kind, to in kinds.items()}


# --- whose an event is ---


def test_one_id_is_one_repository_under_all_its_names(tmp_path):
    renamed = [line("WatchEvent", JAX), line("WatchEvent", Repository(JAX.id, "google/jax")), line("WatchEvent", Repository(JAX.id, "x/y"))]  # fmt: skip

    assert counts(tmp_path, renamed) == {("jax", "stars"): 3}


def test_a_name_that_another_repository_uses_now_is_not_ours_in_whatever_form(tmp_path):
    other = line("WatchEvent", Repository(999, "google/jax"))

    assert counts(tmp_path, [other, json.dumps(json.loads(other)).encode()]) == {}


@pytest.mark.parametrize("name", ["google/jax", "Google/JAX", "jax-ml/jax"])
def test_an_event_with_a_name_alone_counts_under_every_name_in_any_case(tmp_path, name):
    assert counts(tmp_path, [edited(line("WatchEvent", JAX), repo={"name": name})]) == {("jax", "stars"): 1}


@pytest.mark.parametrize("words", [[], ["1"], ["1", "12", "123", "45", "4.5"], ["bvlc/caffe", "bvlc/caffe2"]])
def test_a_pattern_of_words_matches_them_and_nothing_else(words):
    pattern = re.compile(any_of(words))
    others = ["", "2", "124", "1234", "4a5", "bvlc", "bvlc/caffe22", "caffe"]

    assert [word for word in (*words, *others) if pattern.fullmatch(word)] == words


@pytest.mark.parametrize(
    "name", ["BVLC/caffeine", "BVLC/caffe2", "xBVLC/caffe", "BVLC/caff", "pytorch/pytorch-lightning"]
)
def test_a_part_of_a_name_is_no_match(tmp_path, name):
    alike = [line("WatchEvent", Repository(77, name)), edited(line("WatchEvent", JAX), repo={"name": name})]

    assert counts(tmp_path, alike) == {}


@pytest.mark.parametrize("number", [6560097, 656009755, 165600975])
def test_a_part_of_an_id_is_no_match(tmp_path, number):
    assert counts(tmp_path, [line("WatchEvent", Repository(number, "some/body"))]) == {}


def test_a_subject_without_an_id_is_known_by_its_name_in_any_case(tmp_path):
    assert counts(tmp_path, [line("WatchEvent", Repository(77, "bvlc/Caffe"))]) == {("caffe", "stars"): 1}


def test_a_repository_that_an_event_only_mentions_is_not_its_own(tmp_path):
    pull = {
        "action": "opened",
        "pull_request": {"base": {"user": {"id": 1}, "repo": {"id": PYTORCH.id, "name": PYTORCH.name}}},
    }
    mentioning = Hours([], seed=1).event("WatchEvent", Repository(5, "a/b"), NOON, **pull)

    assert counts(tmp_path, [mentioning]) == {}


@pytest.mark.parametrize("form", ["other order", "payload first", "spaces", "escapes"])
def test_a_line_in_another_form_is_read_all_the_same(tmp_path, form):
    found = json.loads(line("WatchEvent", PYTORCH))
    payload = {"action": "started", "head": {"user": {"id": 1}, "repo": {"id": 5, "name": "a/b"}}}
    first = {"id": found["id"], "type": "WatchEvent", "payload": payload}
    forms = {
        "other order": json.dumps({name: found[name] for name in ("repo", "payload", "type", "id")}),
        "payload first": json.dumps({**first, "repo": found["repo"]}, separators=(",", ":")),
        "spaces": json.dumps(found, indent=None, separators=(", ", ": ")),
        "escapes": json.dumps(found, separators=(",", ":")).replace("pytorch/pytorch", r"pytorch\/pytorch"),
    }

    assert counts(tmp_path, [forms[form].encode()]) == {("pytorch", "stars"): 1}


# --- what an event counts for ---


def test_an_issue_that_is_a_pull_request_or_is_reopened_counts_for_nothing(tmp_path):
    lines = [
        line("IssuesEvent", PYTORCH, action="opened", issue={"pull_request": {"url": "x"}}),
        line("IssuesEvent", PYTORCH, action="reopened", issue={}),
        line("PullRequestEvent", PYTORCH, action="opened", pull_request={}),
        line("IssuesEvent", PYTORCH, action="closed", issue={}),
    ]

    assert counts(tmp_path, lines) == {("pytorch", "issues_closed"): 1}


def test_a_push_that_is_trimmed_counts_and_says_so(tmp_path):
    lines = [line("PushEvent", PYTORCH, push_id=1, size=1), line("PushEvent", PYTORCH, push_id=2, ref="main")]
    [row, *_] = (row for row in day_of(tmp_path, lines) if row["subject"] == "pytorch")

    assert (row["pushes"], row["pushes_trimmed"]) == (2, 1)


def test_an_issue_event_that_does_not_say_what_happened_makes_the_issues_of_the_day_unknown(tmp_path):
    lines = [line("IssuesEvent", PYTORCH, issue={}), line("WatchEvent", PYTORCH)]
    found = said(day_of(tmp_path, lines), "pytorch")

    assert found["issues_opened_1d"].reason is Reason.SCHEMA_CHANGED
    assert found["issues_closed_1d"].reason is Reason.SCHEMA_CHANGED
    assert found["stars_gained_1d"].value == 1


def test_an_event_that_stands_twice_in_a_day_counts_once(tmp_path):
    star = line("WatchEvent", PYTORCH)
    hours = [hour(0, [star, star]), hour(1, [star]), *(hour(one, []) for one in range(2, 24))]

    [row, *_] = (row for row in tally(MAY_DAY, hours, WANTED) if row["subject"] == "pytorch")
    assert row["stars"] == 1


# --- a day ---


def test_a_day_whose_24_hours_were_read_has_values_and_zero_is_one_of_them():
    found = said(tally(MAY_DAY, [hour(one, []) for one in range(24)], WANTED), "jax")

    assert {one.value for one in found.values()} == {0.0}
    assert {one.n for one in found.values()} == {24}


@pytest.mark.parametrize("state", ["absent", "truncated", "corrupt", "empty"])
def test_a_day_that_lacks_an_hour_is_missing_and_keeps_what_was_counted(state):
    hours = [hour(one, [line("WatchEvent", PYTORCH)]) for one in range(23)] + [HourRead(23, state)]
    rows = tally(MAY_DAY, hours, WANTED)

    [row] = (row for row in rows if row["subject"] == "pytorch")
    assert (row["hours_read"], row["hours_missing"], row["coverage"]) == (23, 1, "incomplete")
    assert row["stars"] == 23
    assert {(one.reason, one.value, one.n) for one in said(rows, "pytorch").values()} == {(Reason.INCOMPLETE, None, 23)}


def test_a_day_from_which_events_are_known_to_be_lost_is_missing_although_every_hour_was_read():
    rows = tally(LOSSY_DAY, [hour(one, [line("WatchEvent", PYTORCH)]) for one in range(24)], WANTED)

    assert {row["coverage"] for row in rows} == {"lossy"}
    assert {one.reason for one in said(rows, "pytorch").values()} == {Reason.INCOMPLETE}


def test_lines_that_cannot_be_read_widen_the_bounds_of_the_day(tmp_path):
    found = said(
        day_of(tmp_path, [line("WatchEvent", PYTORCH), b'{"id":"1","type":"WatchEvent","repo":nul']), "pytorch"
    )

    assert (found["stars_gained_1d"].value, found["stars_gained_1d"].lo, found["stars_gained_1d"].hi) == (1, 1, 2)


def test_the_holes_of_the_archive_stand_in_a_table_with_their_sources():
    assert [is_lossy(date(2020, 8, day)) for day in (20, 21, 23, 24)] == [False, True, True, False]
    assert [is_lossy(date(2021, 10, day)) for day in (6, 7, 22)] == [False, True, True]
    assert [is_lossy(date(2025, 5, 22)), is_lossy(date(2025, 5, 23)), is_lossy(date(2026, 11, 1))] == [
        False,
        True,
        True,
    ]
    assert "trimmed" in {one.kind for one in holes_of(date(2025, 12, 1))}
    assert [one.source for one in holes() if not one.source.startswith("https://")] == []


def test_a_plan_knows_about_how_large_a_day_is():
    assert bytes_of(date(2015, 1, 1)) == 72_000_000
    assert bytes_of(date(2020, 8, 21)) == 24 * 55_000_000
    assert 1.3e9 < bytes_of(date(2022, 6, 1)) < 2.4e9
    assert bytes_of(date(2025, 1, 1)) == 24 * 96_000_000


# --- a file that is not whole ---


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (lambda body: body[: len(body) // 2], "truncated"),
        (lambda body: body[:-4], "truncated"),
        (lambda _: b"", "truncated"),
        (lambda body: body[:200] + bytes(100) + body[300:], "corrupt"),
        (lambda body: body[:-8] + bytes(4) + body[-4:], "corrupt"),
        (lambda _: b"<html>Service Unavailable</html>", "corrupt"),
        (lambda body: body + b"something else altogether", "corrupt"),
        (lambda _: gzip.compress(b""), "empty"),
    ],
    ids=["half", "without its end", "nothing", "overwritten", "wrong checksum", "HTML", "garbage behind", "no event"],
)  # fmt: skip
@pytest.mark.parametrize("inflates", ["with ISA-L", "with zlib"])
def test_a_file_that_is_not_whole_is_named_and_counts_for_nothing(tmp_path, monkeypatch, spoil, state, inflates):
    if inflates == "with zlib":
        monkeypatch.setattr(gharchive_hour, "gz", gzip)
    path = tmp_path / "hour.gz"
    path.write_bytes(spoil(gzip.compress(b"".join(line("WatchEvent", PYTORCH) for _ in range(300)), mtime=0)))

    assert read_hour(path, WANTED) == Hour(state)


def test_where_isal_is_not_installed_zlib_reads_the_same(tmp_path):
    path = tmp_path / "hour.gz"
    path.write_bytes(gzip.compress(line("WatchEvent", PYTORCH) + line("WatchEvent", JAX)))
    script = f"""
import sys
sys.modules["isal"] = None
from collectors.gharchive import hour as gharchive_hour
print(gharchive_hour.gz.__name__, gharchive_hour.answer({question(path)!r}))
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert told.strip() == f"gzip {gharchive_hour.answer(question(path))}"


def test_the_program_answers_a_question_a_line_until_its_questions_end(tmp_path):
    path = tmp_path / "hour.gz"
    path.write_bytes(gzip.compress(line("WatchEvent", PYTORCH)))
    asked = b"".join(orjson.dumps(question(path)) + b"\n" for _ in range(2))
    told = subprocess.run(COMMAND, input=asked, cwd=ROOT, capture_output=True, check=True).stdout.splitlines()

    assert [[event[1:3] for event in orjson.loads(one)["events"]] for one in told] == [[["pytorch", "stars"]]] * 2


def test_a_worker_that_dies_in_the_middle_of_its_answer_has_not_answered(tmp_path, monkeypatch):
    half = 'import sys; input(); sys.stdout.write(\'{"state":"read"\')'
    monkeypatch.setattr(gharchive_workers, "COMMAND", (sys.executable, "-c", half))

    with Workers(1) as workers, pytest.raises(IncompleteError, match="workers died over hour"):
        workers.read(tmp_path / "hour.gz", WANTED)


def test_a_file_in_several_parts_is_read_to_its_end(tmp_path):
    path = tmp_path / "hour.gz"
    path.write_bytes(gzip.compress(line("WatchEvent", PYTORCH)) + gzip.compress(line("WatchEvent", JAX)))

    assert len(read_hour(path, WANTED).events) == 2


@pytest.mark.parametrize("piece", [1, 7, 1_000, 2**18])
def test_where_a_piece_ends_does_not_matter(tmp_path, monkeypatch, piece):
    made = Hours([PYTORCH, JAX], seed=3, followed_share=0.2)
    stream = made.lines(NOON)
    path = tmp_path / "hour.gz"
    path.write_bytes(gzip.compress(b"".join(next(stream) for _ in range(60)).rstrip(b"\n")))
    monkeypatch.setattr(gharchive_hour, "PIECE_BYTES", piece)

    found = Counter((event.repository_id, event.kind) for event in read_hour(path, WANTED).events)
    assert found == +made.truth


def test_a_line_without_end_is_damage_and_not_all_of_the_memory(tmp_path):
    path = tmp_path / "hour.gz"
    path.write_bytes(gzip.compress(bytes(2**25)))

    assert read_hour(path, WANTED).state == "corrupt"


# --- over the wire ---


def test_a_day_over_the_wire_is_24_files_and_leaves_none(server, tmp_path):
    server.answering = archive({one: [line("WatchEvent", PYTORCH)] for one in range(24)})

    with upstream(server.url, tmp_path) as asked:
        hours = read_day(MAY_DAY, WANTED, asked, Alone())

    assert sorted(one.path for one in server.asked) == sorted(f"/2020-05-01-{one}.json.gz" for one in range(24))
    assert {one.state for one in hours} == {"read"}
    assert {one.etag for one in hours} == {f'"{one}"' for one in range(24)}
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"] == []
    assert sum(len(one.events) for one in hours) == 24


def test_faults_of_single_hours_are_told_apart(server, tmp_path):
    whole = gzip.compress(line("WatchEvent", PYTORCH))
    wrong = {
        3: Reply(404),
        4: Reply(body=whole[:-9]),
        5: Reply(body=b"<html>Service Unavailable"),
        6: Reply(body=b""),
        7: Reply(410),
    }
    server.answering = lambda _, asked: wrong.get(number(asked), Reply(body=whole))

    with upstream(server.url, tmp_path) as asked:
        hours = read_day(MAY_DAY, WANTED, asked, Alone())

    states = {one.hour: one.state for one in hours if one.state != "read"}
    assert states == {3: "absent", 4: "truncated", 5: "corrupt", 6: "truncated", 7: "absent"}


def test_an_hour_that_came_damaged_is_brought_once_more_before_it_is_called_so(server, tmp_path):
    whole, seen = gzip.compress(line("WatchEvent", PYTORCH)), set[int]()

    def answer(_: Wire, asked: Asked) -> Reply:
        first = number(asked) not in seen
        seen.add(number(asked))
        return Reply(body=whole[:-9] if first and number(asked) == 8 else whole)

    server.answering = answer
    with upstream(server.url, tmp_path) as asked:
        assert {one.state for one in read_day(MAY_DAY, WANTED, asked, Alone())} == {"read"}
    assert len(server.asked) == 25


def test_a_body_that_breaks_off_goes_on_where_it_stopped(server, tmp_path):
    whole = gzip.compress(b"".join(line("PushEvent", PYTORCH) for _ in range(3_000)), 1)
    left = [0] * 3

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        start = int(asked.headers["range"][6:-1]) if "range" in asked.headers else 0
        told = {"ETag": '"1"'} | ({"Content-Range": f"bytes {start}-{len(whole) - 1}/{len(whole)}"} if start else {})
        if number(asked) == 9 and len(left) == 3:
            left.pop()
            wire.send(Reply(200, whole[: len(whole) // 2], told, len(whole)))
            return None
        return Reply(206 if start else 200, whole[start:], told)

    server.answering = answer
    with upstream(server.url, tmp_path) as asked:
        hours = read_day(MAY_DAY, WANTED, asked, Alone())

    assert {one.state for one in hours} == {"read"}
    assert {one.sha256 for one in hours} == {hashlib.sha256(whole).hexdigest()}
    assert [one.path for one in server.asked if "range" in one.headers] == ["/2020-05-01-9.json.gz"]


@pytest.mark.parametrize(("status", "kind"), [(503, NoAnswerError), (403, RestrictedError)])
def test_an_hour_that_may_yet_be_had_is_not_called_missing(server, tmp_path, status, kind):
    server.answering = lambda _, asked: Reply(status) if number(asked) == 5 else Reply(body=gzip.compress(b"{}\n"))

    with upstream(server.url, tmp_path) as asked, pytest.raises(kind):
        read_day(MAY_DAY, WANTED, asked, Alone())


def test_a_host_that_is_silent_is_not_asked_24_times(tmp_path):
    with upstream("http://127.0.0.1:9", tmp_path) as asked:
        with pytest.raises(ConnectError):
            read_day(MAY_DAY, WANTED, asked, Alone())
        assert asked.http.requests <= 3 * asked.max_concurrency


def test_a_mirror_on_disk_is_read_in_place(tmp_path):
    mirror = tmp_path / "a mirror"
    mirror.mkdir()
    (mirror / "2020-05-01-0.json.gz").write_bytes(gzip.compress(line("WatchEvent", PYTORCH)))

    with upstream(mirror.as_uri(), tmp_path) as asked:
        hours = read_day(MAY_DAY, WANTED, asked, Alone())

    assert [one.state for one in hours] == ["read", *["absent"] * 23]
    assert (mirror / "2020-05-01-0.json.gz").exists()
    assert hours[0].sha256 is None


def test_nobody_asks_the_archive_about_tonight():
    assert source.is_optional
    assert list(source.collect(SUBJECTS, None, NOON)) == []
    assert list(source.costs(SUBJECTS, {}, False)) == []


# --- builders ---


class Alone:
    """Reads in this process."""

    def read(self, path: Path, wanted: Wanted) -> Hour:
        return read_hour(path, wanted)


MAKER = Hours([], seed=1)


def line(kind: str, repository: Repository, **payload: Any) -> bytes:
    """Return an event as the archive writes it."""
    return MAKER.event(kind, repository, NOON, **payload)


def question(path: Path) -> dict[str, Any]:
    """Return what a worker is asked."""
    return {"path": str(path), "ids": {str(one): to for one, to in WANTED.ids.items()}, "names": WANTED.names}


def edited(text: bytes, **changes: Any) -> bytes:
    return orjson.dumps({**orjson.loads(text), **changes}) + b"\n"


def counts(folder: Path, lines: list[bytes]) -> dict[tuple[str, str], int]:
    """Write an hour and read it: how many events of which subject count for what."""
    path = folder / "hour.gz"
    path.write_bytes(gzip.compress(b"".join(one.rstrip(b"\n") + b"\n" for one in lines)))
    found = read_hour(path, WANTED)
    assert (found.state, found.unreadable) == ("read", 0)
    return dict(Counter((event.subject, event.kind) for event in found.events))


def day_of(folder: Path, lines: list[bytes]) -> list[dict[str, Any]]:
    """Return the rows of a day whose first hour holds some lines."""
    path = folder / "hour.gz"
    path.write_bytes(gzip.compress(b"".join(lines)))
    found = read_hour(path, WANTED)
    first = HourRead(0, found.state, 1, "", None, found.unreadable, found.events)
    return tally(MAY_DAY, [first, *(hour(one, []) for one in range(1, 24))], WANTED)


def hour(at: int, lines: list[bytes]) -> HourRead:
    """Return an hour that was read."""
    found = [orjson.loads(one) for one in lines]
    events = [Event(one["id"], "pytorch", "stars", one["repo"]["id"]) for one in found]
    return HourRead(at, "read", 1, "", None, 0, events)


def said(rows: list[dict[str, Any]], subject: str) -> dict[str, Any]:
    """Return the observations of a subject by their names after the dot."""
    found = [one for row in rows if row["subject"] == subject for one in observations(row, "sha", None)]
    assert len(found) == 5
    return {one.metric.partition(".")[2]: one for one in found}


def number(asked: Asked) -> int:
    return int(asked.path.rpartition("-")[2].partition(".")[0])


def archive(hours: dict[int, list[bytes]]) -> Callable[[Wire, Asked], Reply]:
    """Answer with the lines of each hour."""
    bodies = {one: gzip.compress(b"".join(lines)) for one, lines in hours.items()}
    return lambda _, asked: Reply(body=bodies[number(asked)], headers={"ETag": f'"{number(asked)}"'})


@contextmanager
def upstream(base_url: str, folder: Path) -> Iterator[Upstream]:
    http: Http
    with seam(timeout_s=5) as http:
        yield Upstream(http, base_url, folder=folder / "reading", max_concurrency=4)
