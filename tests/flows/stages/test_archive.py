"""Days of GH Archive end to end: planned, read by workers that may die, landed once, and equal to the truth."""

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import stamina

from benchmarks.archive_hours import Hours, Repository
from catalog.errors import InputError
from collectors.errors import IncompleteError
from collectors.gharchive.workers import Workers
from collectors.past import Step
from flows.settings import Settings, load_settings
from flows.stages.archive_days import Done, do_here, on_all_cores, works
from flows.stages.archive_load import load_parts
from flows.stages.backfill import BackfillResult, run_backfill_plan
from flows.stages.backfill_plan import Plan, plan
from flows.stages.chosen import chosen_sources, tonight
from flows.stages.holes import holes
from flows.stages.land import publish, start_run
from flows.stages.spans import Span
from tests.collectors.loopback import Asked, Loopback, Reply, serving
from tests.whole import long
from warehouse.archive_parts import read_part
from warehouse.reader import open_reader

FOLLOWED = {
    "pytorch": Repository(65600975, "pytorch/pytorch"),
    "jax": Repository(154739597, "jax-ml/jax"),
    "caffe": Repository(77, "BVLC/caffe"),
}
FIRST, LAST = datetime(2020, 5, 1), datetime(2020, 5, 3)
SPAN = Span(FIRST, LAST)
METRICS = {
    "stars": "stars_gained_1d",
    "forks": "forks_gained_1d",
    "issues_opened": "issues_opened_1d",
    "issues_closed": "issues_closed_1d",
    "pushes": "pushes_1d",
}
ROOT = Path(__file__).parents[3]
CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "pytorch"
name = "PyTorch"
kind = "framework"
github = "pytorch/pytorch"
github_id = 65600975
[[subject]]
id = "jax"
name = "JAX"
kind = "framework"
github = "jax-ml/jax"
github_id = 154739597
github_former = ["google/jax"]
[[subject]]
id = "caffe"
name = "Caffe"
kind = "framework"
github = "BVLC/caffe"
"""


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


def test_every_day_equals_the_truth(settings, archive):
    filled = run(settings)

    assert filled.is_whole
    assert filled.outcomes[0].requests == 72
    assert values(settings) == archive.truth
    assert set(column(settings, "select coverage from archive_day")) == {"whole"}
    assert column(settings, "select count(*) from archive_hour where state = 'read' and size_bytes > 0") == [72]


def test_a_second_run_asks_nobody_and_lands_nothing(settings, archive):
    run(settings)
    asked = len(archive.server.asked)
    again = run(settings)

    assert len(archive.server.asked) == asked
    assert [step for step in again_steps(settings) if step.calls] == []
    assert again.landed.observations == 0


def test_a_part_that_lies_on_disk_is_landed_and_not_fetched_again(settings, archive):
    for work in works(settings, steps(settings)[0]):
        do_here(work)
    asked = len(archive.server.asked)
    publish(settings)

    assert sum(step.calls or 0 for step in steps(settings)) == 0
    assert load_parts(settings, start_run("backfill")) == 3
    assert load_parts(settings, start_run("backfill")) == 0
    assert steps(settings) == []
    assert len(archive.server.asked) == asked
    assert values(settings) == archive.truth


def test_the_plan_says_calls_bytes_and_time_and_asks_nobody(settings, archive):
    [row] = plan(settings, SPAN, [], ["gharchive"]).table()

    assert archive.server.asked == []
    assert (row["subjects"], row["days"], row["calls"], row["how"]) == (3, 3, 72, "archived")
    assert 3_000 < row["megabytes"] < 4_500
    assert row["about_seconds"] > 0


def test_nobody_asks_the_archive_unless_it_is_named(settings):
    assert "gharchive" not in chosen_sources([])
    assert "gharchive" not in plan(settings, SPAN, [], []).steps
    assert [row for row in holes(settings, SPAN, []) if row["source"] == "gharchive"] == []
    with pytest.raises(InputError, match="backfill --source gharchive"):
        tonight(["gharchive"])


def test_days_with_holes_are_missing_with_the_reason_and_are_not_asked_for_again(settings, archive):
    whole = archive.server.answering
    wrong = {
        ("01", 3): Reply(404),
        ("02", 7): Reply(body=b"<html>Service Unavailable"),
        ("02", 8): Reply(body=gzip.compress(b"")),
    }
    archive.server.answering = lambda wire, asked: wrong.get(moment(asked)) or whole(wire, asked)
    run(settings)

    assert {day for _, _, day in values(settings)} == {LAST.date()}
    assert column(settings, "select distinct reason from observation where source = 'gharchive' and value is null") == [
        "incomplete"
    ]
    assert column(settings, "select list(state order by day, hour) from archive_hour where state <> 'read'") == [
        ["absent", "corrupt", "empty"]
    ]
    assert column(settings, "select hours_missing from archive_day where subject = 'jax' order by day") == [1, 2, 0]
    assert sum(column(settings, "select stars from archive_day where hours_missing > 0")) > 0
    assert again_steps(settings) == []


@long
def test_a_day_that_cannot_be_had_now_costs_itself_and_is_asked_for_again(settings, archive):
    whole = archive.server.answering
    archive.server.answering = lambda wire, asked: Reply(503) if moment(asked) == ("01", 5) else whole(wire, asked)
    filled = run(settings)

    assert filled.lost == ["gharchive"]
    assert {day.day for _, _, day in values(settings)} == {2, 3}
    archive.server.answering = whole
    assert run(settings).is_whole
    assert values(settings) == archive.truth


def test_a_silent_host_ends_the_source_at_once(settings):
    silent = settings.model_copy(update={"gharchive_url": "http://127.0.0.1:9"})
    filled = run(silent)

    assert filled.lost == ["gharchive"]
    assert "cannot be reached" in filled.table()[0]["why"]


def test_a_mirror_is_asked_for_the_days_that_it_has(settings, days, tmp_path):
    mirror = tmp_path / "a mirror"
    mirror.mkdir()
    for (day, hour), content in days[0].items():
        if day == "02":
            (mirror / f"2020-05-{day}-{hour}.json.gz").write_bytes(content)
    here = settings.model_copy(update={"gharchive_url": mirror.as_uri()})
    [step] = steps(here)

    assert (step.calls, [day.day for day in step.days]) == (24, [2])
    assert run(here).is_whole
    assert values(here) == {key: value for key, value in days[1].items() if key[2].day == 2}
    assert steps(here) == []
    assert len(list(mirror.iterdir())) == 24


@long
def test_a_new_subject_is_read_without_touching_what_is_there(settings, archive, tmp_path):
    run_backfill_plan(settings, plan(settings, SPAN, ["pytorch", "jax"], ["gharchive"]), started(settings))
    [step] = plan(settings, SPAN, [], ["gharchive"]).steps["gharchive"]

    assert [one.id for one in step.subjects] == ["caffe"]
    run(settings)
    assert values(settings) == archive.truth


# --- workers that die ---


def test_a_worker_that_dies_twice_over_changes_nothing(settings, archive):
    [step] = steps(settings)
    calm = {work.day: do_here(work) and read_part(work.manifest) for work in works(settings, step)}
    killed = []
    away = settings.model_copy(update={"home_dir": settings.home_dir / "again"})

    with killing_workers(killed, times=2):
        assert all(done.error is None for done in on_all_cores(works(away, step)))

    assert len(killed) == 2
    for work in works(away, step):
        part = read_part(work.manifest)
        assert part is not None
        assert part.rows == calm[work.day].rows
        assert part.sha256 == calm[work.day].sha256


def test_a_file_over_which_every_worker_dies_is_an_error_and_no_zero(tmp_path, monkeypatch):
    monkeypatch.setattr("collectors.gharchive.workers.COMMAND", (sys.executable, "-c", "input()"))

    with Workers(2) as workers, pytest.raises(IncompleteError, match="died"):
        workers.read(tmp_path / "hour.gz", works_of_nothing())


@long
def test_a_run_that_is_killed_twice_leaves_no_worker_and_the_next_run_ends_it(settings, archive):
    whole = archive.server.answering
    archive.server.answering = lambda wire, asked: time.sleep(0.02) or whole(wire, asked)
    for kill_after in (20, 50):
        with running(settings) as process:
            wait_for(archive.server, kill_after, process)
            children = children_of(process.pid)
            process.send_signal(signal.SIGKILL)
        assert children
        assert gone(children)
    run(settings)

    assert values(settings) == archive.truth
    assert len(archive.server.asked) <= 72 + 2 * 2 * 24
    assert list((settings.home_dir / "gharchive" / "parts").glob("*.new")) == []


def test_two_machines_that_are_sent_the_same_days_write_the_same_parts_once(settings, archive):
    [step] = steps(settings)
    done: list[Done] = []
    threads = [threading.Thread(target=lambda: done.extend(on_all_cores(works(settings, step)))) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len(done) == 6
    assert sum(one.requests for one in done) == len(archive.server.asked) == 72


def test_a_part_without_its_manifest_or_with_another_content_does_not_count(settings, archive):
    [step] = steps(settings)
    first, second, _ = works(settings, step)
    for work in (first, second):
        do_here(work)
    first.manifest.unlink()
    second.manifest.with_suffix(".parquet").write_bytes(b"half of it")

    assert read_part(first.manifest) is None
    assert read_part(second.manifest) is None
    assert run(settings).is_whole
    assert values(settings) == archive.truth


# --- on a cluster ---

ON_DASK = """
import os, signal, subprocess, sys, threading, time
from pathlib import Path
from distributed import LocalCluster

def kill_twice(cluster):
    while not Path("home/gharchive/reading").exists():
        time.sleep(0.01)
    for worker in cluster.workers.values():
        time.sleep(0.7)
        os.kill(worker.pid, signal.SIGKILL)

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        if "kill" in sys.argv:
            threading.Thread(target=kill_twice, args=(cluster,), daemon=True).start()
        environment = os.environ | {"SPEEDSCORE_DASK_ADDRESS": cluster.scheduler_address}
        days = ("--from", "2020-05-01", "--to", "2020-05-03")
        command = (sys.executable, "-m", "flows", "backfill", *days, "--source", "gharchive", "--strict")
        sys.exit(subprocess.run(command, env=environment).returncode)
"""


@long
@pytest.mark.prefect
@pytest.mark.parametrize("fate", ["calm", "kill"])
def test_two_dask_workers_give_the_same_result_and_so_they_do_when_both_die(settings, archive, tmp_path, fate):
    whole = archive.server.answering
    archive.server.answering = lambda wire, asked: time.sleep(0.1 if fate == "kill" else 0) or whole(wire, asked)
    (tmp_path / "on_dask.py").write_text(ON_DASK, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PREFECT_HOME": str(tmp_path / "prefect")}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "on_dask.py", fate]
        done = subprocess.run(command, env=environment, timeout=400, stdout=log, stderr=log, check=False)

    assert done.returncode == 0, (tmp_path / "log").read_text()[-3_000:]
    assert (len(archive.server.asked) > 72) is (fate == "kill")
    assert values(settings) == archive.truth
    assert steps(settings) == []


# --- builders ---


class Archive:
    """A server of three small days, and what is true of them."""

    def __init__(self, server: Loopback, truth: dict[Any, float]) -> None:
        self.server, self.truth = server, truth


@pytest.fixture(scope="module")
def days() -> tuple[dict[tuple[str, int], bytes], dict[Any, float]]:
    """Return the files by day of the month and hour, and the truth by subject, metric and day."""
    files, truth = {}, {}
    for day in (1, 2, 3):
        made = Hours(list(FOLLOWED.values()), seed=day, followed_share=0.3)
        for hour in range(24):
            lines = made.lines(datetime(2020, 5, day, hour))
            files[f"{day:02}", hour] = gzip.compress(b"".join(next(lines) for _ in range(40)), 1)
        for subject, repository in FOLLOWED.items():
            for kind, metric in METRICS.items():
                truth[subject, f"gharchive.{metric}", date(2020, 5, day)] = float(made.truth[repository.id, kind])
    return files, truth


@pytest.fixture
def archive(days) -> Iterator[Archive]:
    files, truth = days
    with serving(lambda _, asked: Reply(body=files[moment(asked)], headers={"ETag": '"1"'})) as server:
        yield Archive(server, truth)


@pytest.fixture
def settings(tmp_path, archive, monkeypatch) -> Settings:
    (tmp_path / "catalog.toml").write_text(CATALOG, "utf-8")
    monkeypatch.setenv("SPEEDSCORE_CATALOG", str(tmp_path / "catalog.toml"))
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("SPEEDSCORE_GHARCHIVE_URL", archive.server.url)
    monkeypatch.chdir(tmp_path)
    return load_settings()


def moment(asked: Asked) -> tuple[str, int]:
    """Return the day of the month and the hour that a request asks for."""
    _, _, day, hour = asked.path.partition(".")[0].split("-")
    return day, int(hour)


def started(settings: Settings) -> Any:
    publish(settings)
    return start_run("backfill")


def run(settings: Settings) -> BackfillResult:
    run_start = started(settings)
    return run_backfill_plan(settings, plan(settings, SPAN, [], ["gharchive"]), run_start)


def steps(settings: Settings) -> list[Step]:
    return list(plan(settings, SPAN, [], ["gharchive"]).steps["gharchive"])


def again_steps(settings: Settings) -> list[Step]:
    planned: Plan = plan(settings, SPAN, [], ["gharchive"])
    return list(planned.steps["gharchive"])


def values(settings: Settings) -> dict[Any, float]:
    with open_reader(settings.published) as connection:
        found = connection.execute(
            "select subject, metric, valid_at::date, value from observation_current"
            " where source = 'gharchive' and value is not null"
        ).fetchall()
    return {(row[0], row[1], row[2]): row[3] for row in found}


def column(settings: Settings, query: str) -> list[Any]:
    with open_reader(settings.published) as connection:
        return [row[0] for row in connection.execute(query).fetchall()]


def works_of_nothing() -> Any:
    from collectors.gharchive.event import Wanted

    return Wanted({}, {})


@contextmanager
def killing_workers(killed: list[int], times: int) -> Iterator[None]:
    """Kill a worker each time a file is about to be read, so many times."""
    plain = Workers.read

    def read(self: Workers, path: Path, wanted: Any) -> Any:
        if len(killed) < times and (running := self.ids()):
            killed.append(running[0])
            os.kill(running[0], signal.SIGKILL)
        return plain(self, path, wanted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Workers, "read", read)
        yield


@contextmanager
def running(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the same backfill in a process of its own."""
    script = "from tests.flows.stages.test_archive import load_settings, run; run(load_settings())"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as process:
        yield process


def wait_for(server: Loopback, requests: int, process: "subprocess.Popen[bytes]") -> None:
    while len(server.asked) < requests and process.poll() is None:
        time.sleep(0.001)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parent = path.read_text().rpartition(")")[2].split()[1]
            found += [int(path.parent.name)] if parent == str(pid) else []
    return found


def gone(pids: list[int]) -> bool:
    """Return whether processes end within seconds."""
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False
