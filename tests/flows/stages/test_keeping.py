"""Copies that are kept and brought back, what a doctor mends, what may be forgotten, and what a monitor is told."""

import errno
import gzip
import hashlib
import os
import shutil
import tarfile
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import duckdb
import pytest

from catalog.errors import InputError
from catalog.metric import METRICS
from catalog.moments import seconds_since_1970
from collectors.transport.archive import Answer, Archive
from collectors.transport.etags import Etags
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages import backup as stages_backup
from flows.stages import health as stages_health
from flows.stages.backup import back_up, checked
from flows.stages.check import Verdict, worst
from flows.stages.doctor import examine
from flows.stages.health import health
from flows.stages.health_text import prometheus_text
from flows.stages.land import RunStart, land_observations, start_run
from flows.stages.prune import prune
from flows.stages.report import write_site
from flows.stages.restore import restore
from flows.stages.resume import unlanded
from flows.stages.score import default_days, score_days
from warehouse import kept_copy
from warehouse.connection import writer_path
from warehouse.errors import DamagedError, WarehouseError
from warehouse.reader import open_reader

STARS = METRICS["github.stars"]
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> Path:
    """A home in which one night has landed, to be copied."""
    found = load_settings(home_dir=tmp_path_factory.mktemp("landed") / "home")
    land(found, 3)
    return found.home_dir


@pytest.fixture
def settings(tmp_path, landed) -> Settings:
    """A home in which one night has landed."""
    shutil.copytree(landed, tmp_path / "home")
    return load_settings(home_dir=tmp_path / "home")


# --- backup and restore ---


def test_a_backup_comes_back_as_it_was_and_nothing_is_deleted(settings):
    where, manifest = back_up(settings, None, None, with_raw=False)
    land(settings, 4)

    done = restore(settings, where)

    assert stars(settings) == [3.0]
    assert done.manifest == manifest
    assert manifest.rows["observation"] > 1
    assert sorted(path.name.partition(".replaced-")[0] for path in done.renamed) == [
        "speedscore.duckdb",
        "speedscore.writer.duckdb",
    ]
    land(settings, 5)
    assert stars(settings) == [3.0, 5.0]


@pytest.mark.parametrize("step", ["keep_beside", "take_place"])
def test_a_restore_that_is_killed_leaves_a_warehouse_under_its_name(settings, monkeypatch, step):
    where, _ = back_up(settings, None, None, with_raw=False)
    land(settings, 4)

    def killed(*_files):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(kept_copy, step, killed)
        restore(settings, where)

    assert stars(settings) == [3.0, 4.0]
    land(settings, 5)
    assert stars(settings) == [3.0, 4.0, 5.0]


def test_a_backup_that_is_taken_while_others_land_is_of_one_moment(settings):
    landing = Thread(target=lambda: [land(settings, value) for value in (10, 11)])
    landing.start()
    kept = [back_up(settings, None, None, with_raw=False)[0]]
    while landing.is_alive():
        kept.append(back_up(settings, f"{settings.home_dir}/at-{len(kept)}.tar.gz", None, with_raw=False)[0])
    landing.join()

    found = []
    for where in kept:
        restore(settings, where)
        found.append(stars(settings))

    whole = [3.0, 10.0, 11.0]
    assert all(one == whole[: len(one)] for one in found)


def test_answers_are_kept_as_far_as_they_have_come_while_a_night_asks(settings, monkeypatch):
    night, write = start_run("nightly"), stages_backup._write
    keep_answer(settings, night.run_id, b"first")
    listed = settings.home_dir / "raw" / "runs" / f"{night.run_id}.jsonl"
    before = listed.read_bytes()

    def goes_on(*what):
        keep_answer(settings, night.run_id, b"second")
        (settings.home_dir / "raw" / "unlanded" / f"{night.run_id}.json").unlink()
        write(*what)

    monkeypatch.setattr(stages_backup, "_write", goes_on)
    with suppress(KeyboardInterrupt), unlanded(settings, night, ["github"], []):
        where, _ = back_up(settings, None, None, with_raw=True)
        raise KeyboardInterrupt

    shutil.rmtree(settings.home_dir / "raw")
    restore(settings, where)
    assert listed.read_bytes() == before


def test_a_backup_that_fails_or_is_not_whole_yet_is_none_among_the_others(settings, monkeypatch):
    folder = settings.home_dir / "backups"

    def fails(_where):
        assert list(folder.glob("speedscore-*")) == []
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stages_backup, "checked", fails)
    with pytest.raises(OSError, match="No space"):
        back_up(settings, None, 1, with_raw=False)

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("harm", ["cut", "changed", "none", "no backup"])
def test_what_is_no_whole_backup_is_refused_and_the_warehouse_stays(settings, tmp_path, harm):
    where, _ = back_up(settings, str(tmp_path / "kept.tar.gz"), None, with_raw=False)
    path = Path(where)
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-20_000])
    if harm == "changed":
        with tarfile.open(path) as archive:
            archive.extractall(tmp_path / "out", filter="data")
        (tmp_path / "out/speedscore.duckdb").write_bytes(b"another")
        with tarfile.open(path, "w:gz") as archive:
            archive.add(tmp_path / "out/speedscore.duckdb", "speedscore.duckdb")
            archive.add(tmp_path / "out/manifest.json", "manifest.json")
    if harm == "none":
        path.unlink()
    if harm == "no backup":
        path.write_text("a shopping list")

    with pytest.raises((DamagedError, InputError)):
        restore(settings, where)

    assert stars(settings) == [3.0]


def test_a_warehouse_of_a_newer_version_is_not_put_back(settings, tmp_path):
    with duckdb.connect(writer_path(settings.published)) as connection:
        connection.execute("insert into migration values ('9999_future.sql', '', now()::timestamp)")
    land_file = writer_path(settings.published).read_bytes()
    settings.published.write_bytes(land_file)

    with pytest.raises(WarehouseError, match="newer speedscore"):
        back_up(settings, str(tmp_path), None, with_raw=False)


def test_old_backups_go_only_beyond_the_number_that_is_kept(settings, monkeypatch):
    folder = settings.home_dir / "backups"
    moments = [utc_now() + timedelta(seconds=number) for number in range(5)]
    for moment in moments:
        monkeypatch.setattr("flows.stages.backup.utc_now", lambda moment=moment: moment)
        where, _ = back_up(settings, None, 3, with_raw=False)

    kept = sorted(folder.iterdir())
    assert len(kept) == 3
    assert kept[-1] == Path(where)
    assert checked(where).rows


def test_a_backup_that_a_person_has_named_is_no_older_one_and_the_newest_stays(settings, tmp_path):
    folder = tmp_path / "backups"
    named = [str(folder / f"speedscore-{name}.tar.gz") for name in ("before-upgrade", "20200101T000000-ours")]
    for one in named:
        back_up(settings, one, None, with_raw=False)

    where, _ = back_up(settings, str(folder), 1, with_raw=False)
    last, _ = back_up(settings, str(folder / "speedscore-20190101T000000.tar.gz"), 1, with_raw=False)

    assert sorted(map(str, folder.iterdir())) == sorted([*named, last])
    assert where not in {last, *named}


def test_two_restores_of_one_second_keep_what_was_there_twice(settings, monkeypatch):
    where, _ = back_up(settings, None, None, with_raw=False)
    first, now = settings.published.read_bytes(), utc_now()
    monkeypatch.setattr("flows.stages.restore.utc_now", lambda: now)

    restore(settings, where)
    land(settings, 4)
    second = settings.published.read_bytes()
    restore(settings, where)

    kept = [path.read_bytes() for path in settings.home_dir.glob("speedscore.duckdb.replaced-*")]
    assert sorted(kept) == sorted([first, second])


def test_a_backup_comes_back_where_no_warehouse_has_ever_been(settings, tmp_path):
    where, _ = back_up(settings, None, None, with_raw=False)
    elsewhere = load_settings(home_dir=tmp_path / "new" / "home", warehouse=tmp_path / "new" / "disk" / "w.duckdb")

    restore(elsewhere, where)

    assert stars(elsewhere) == stars(settings)


def test_a_home_that_may_not_be_written_can_be_kept_elsewhere(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(stages_backup.os, "access", lambda path, _: path != settings.home_dir)
    made = []
    monkeypatch.setattr(
        stages_backup, "TemporaryDirectory", lambda **where: made.append(where["dir"]) or TemporaryDirectory(**where)
    )

    back_up(settings, str(tmp_path / "backups"), None, with_raw=False)

    assert made == [None]


def test_an_address_of_a_kind_that_nobody_knows_is_named_before_anything_is_copied(settings):
    for act in (
        lambda: back_up(settings, "foo://bucket", None, with_raw=False),
        lambda: restore(settings, "foo://bucket/speedscore-20260501T021500.tar.gz"),
    ):
        with pytest.raises(
            InputError, match=r"^foo://bucket/speedscore-\S+ cannot be reached: Protocol not known: foo$"
        ):
            act()


def test_an_object_store_takes_a_backup_and_gives_it_back(settings):
    where, _ = back_up(settings, "memory://bucket/night", None, with_raw=False)
    land(settings, 4)

    restore(settings, where)

    assert where.startswith("memory://bucket/night/speedscore-")
    assert stars(settings) == [3.0]


def test_raw_answers_and_the_catalog_come_back_where_they_are_gone(settings):
    sha256 = keep_answer(settings, start_run("nightly").run_id, b"an answer")
    settings.own_catalog.write_text("schema = 1\n")
    where, _ = back_up(settings, None, None, with_raw=True)
    body = settings.home_dir / "raw/objects" / sha256[:2] / f"{sha256}.gz"
    body.unlink()
    settings.own_catalog.write_text('schema = 1\nmode = "extend"\n')

    done = restore(settings, where)

    assert gzip.decompress(body.read_bytes()) == b"an answer"
    assert done.answers == 1
    assert settings.own_catalog.read_text() == "schema = 1\n"


def test_a_backup_comes_back_where_home_and_warehouse_lie_on_two_disks(settings, tmp_path, monkeypatch):
    keep_answer(settings, start_run("nightly").run_id, b"an answer")
    settings.own_catalog.write_text("schema = 1\n")
    where, _ = back_up(settings, None, None, with_raw=True)
    elsewhere = load_settings(home_dir=tmp_path / "new", warehouse=tmp_path / "disk" / "w.duckdb")
    within = Path.replace

    def on_one_disk(path: Path, target: Path) -> Path:
        if path.is_relative_to(tmp_path / "disk") is not target.is_relative_to(tmp_path / "disk"):
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(path))
        return within(path, target)

    monkeypatch.setattr(Path, "replace", on_one_disk)
    done = restore(elsewhere, where)

    assert done.answers > 0
    assert elsewhere.own_catalog.read_text() == "schema = 1\n"


# --- doctor ---


def test_the_doctor_mends_what_can_be_mended_and_says_so(settings):
    sha256 = keep_answer(settings, start_run("nightly").run_id, b"an answer")
    body = settings.home_dir / "raw/objects" / sha256[:2] / f"{sha256}.gz"
    body.write_bytes(b"garbage")
    (settings.home_dir / "raw/etags.sqlite").write_bytes(b"garbage" * 1000)
    settings.published.write_bytes(settings.published.read_bytes()[:1_000_000])

    told = [one.what for one in examine(settings, repairs=False)]
    assert body.exists()
    done = {one.what: one.done for one in examine(settings, repairs=True)}

    assert set(told) <= set(done)
    assert done["speedscore.duckdb"] == "set aside, and made anew"
    assert done["raw/etags.sqlite"] == "begun anew"
    assert not body.exists()
    assert stars(settings) == [3.0]
    assert [one.what for one in examine(settings, repairs=True)] == ["*.damaged-*"]


def test_a_home_without_fault_needs_no_doctor(settings):
    assert examine(settings, repairs=True) == []


def test_the_doctor_looks_at_a_home_whose_name_is_relative(settings, monkeypatch):
    """As that of a home that nobody has named: data."""
    Etags(settings.home_dir / "raw/etags.sqlite", "one").close()
    monkeypatch.chdir(settings.home_dir.parent)

    assert examine(load_settings(home_dir=Path(settings.home_dir.name)), repairs=False) == []


def test_a_table_of_etags_that_cannot_be_opened_is_not_told_as_damaged(settings):
    """SQLite refuses it as it does in a folder that may only be read, where it cannot make the file that it needs beside it."""
    (settings.home_dir / "raw/etags.sqlite").mkdir(parents=True)

    assert [one for one in examine(settings, repairs=False) if one.what == "raw/etags.sqlite"] == []


def test_where_no_file_is_whole_the_doctor_touches_nothing_and_names_the_backup(settings):
    for file in (settings.published, writer_path(settings.published)):
        file.write_bytes(b"garbage" * 1000)

    [found] = examine(settings, repairs=True)

    assert "restore" in found.done
    assert settings.published.exists()


# --- prune ---


def test_answers_that_nothing_rests_on_go_when_they_are_old_and_evidence_stays(settings):
    old = RunStart("nightly", f"{utc_now() - YEAR:%Y%m%dT%H%M%S}-nightly-000000", utc_now() - YEAR)
    loose, evidence = keep_answer(settings, old.run_id, b"loose"), keep_answer(settings, old.run_id, b"evidence")
    recent = keep_answer(settings, start_run("nightly").run_id, b"recent")
    land_observations(settings, [STARS.of("jax", utc_now(), 7, raw_sha256=evidence)], start_run("nightly"))
    make_old(settings)

    planned = prune(settings, 30, is_plan=True)
    assert lies(settings, loose)
    done = prune(settings, 30, is_plan=False)

    assert (planned.runs, planned.answers) == (done.runs, done.answers) == (1, 1)
    assert not lies(settings, loose)
    assert lies(settings, evidence)
    assert lies(settings, recent)


@pytest.fixture
def _in_california(monkeypatch):
    """A machine whose clock on the wall is eight hours behind UTC."""
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_california")
def test_what_a_run_is_writing_now_is_left_to_it_wherever_the_machine_stands(settings):
    half = settings.home_dir / "raw" / "files" / "archive.parquet.download"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"the first half")

    assert examine(settings, repairs=True) == []
    assert half.exists()


@pytest.mark.usefixtures("_in_california")
def test_answers_of_the_last_day_stay_wherever_the_machine_stands(settings):
    loose = keep_answer(settings, start_run("nightly").run_id, b"loose")
    for path in (settings.home_dir / "raw" / "runs").glob("*.jsonl"):
        path.unlink()
    make_old(settings, timedelta(hours=20))

    assert prune(settings, 1, is_plan=False).answers == 0
    assert lies(settings, loose)


def test_of_a_newer_version_nobody_says_here_which_answers_are_evidence(settings):
    loose = keep_answer(settings, "20200101T000000-nightly-000000", b"loose")
    make_old(settings)
    make_newer(settings.published)

    with pytest.raises(WarehouseError, match="newer speedscore"):
        prune(settings, 30, is_plan=False)
    assert lies(settings, loose)


def test_more_days_than_the_calendar_has_keep_everything(settings):
    keep_answer(settings, "20200101T000000-nightly-000000", b"loose")
    make_old(settings)

    assert prune(settings, 10**11, is_plan=False).answers == 0


def test_without_a_warehouse_nothing_is_forgotten(tmp_path):
    with pytest.raises(InputError, match="no warehouse"):
        prune(load_settings(home_dir=tmp_path), 1, is_plan=False)


# --- health ---


def test_a_recent_night_is_well(settings):
    found = verdicts(settings)

    assert found["last_night"] is Verdict.OK
    assert found["warehouse"] is Verdict.OK
    assert worst(health(settings)) is not Verdict.FAIL


@pytest.mark.parametrize(
    ("hours", "verdict"), [(35, Verdict.OK), (37, Verdict.FAIL), (-3, Verdict.WARN), (24 * 400, Verdict.FAIL)]
)
def test_a_night_that_is_too_old_fails_and_one_that_is_ahead_warns(settings, monkeypatch, hours, verdict):
    then = utc_now() + timedelta(hours=hours)
    monkeypatch.setattr(stages_health, "utc_now", lambda: then)

    assert verdicts(settings)["last_night"] is verdict


def test_damage_is_told_and_left(settings):
    settings.published.write_bytes(settings.published.read_bytes()[:1_000_000])

    assert verdicts(settings)["warehouse"] is Verdict.FAIL
    assert not list(settings.home_dir.glob("*.damaged-*"))


def test_no_warehouse_is_a_failure_with_a_next_step(tmp_path):
    [first, *_] = health(load_settings(home_dir=tmp_path / "nowhere"))

    assert first.verdict is Verdict.FAIL
    assert "speedscore nightly" in first.detail


def test_a_full_disk_is_told_before_it_is_full(settings, monkeypatch):
    monkeypatch.setattr(stages_health.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10**6}))

    assert verdicts(settings)["disk"] is Verdict.FAIL


def test_of_a_fault_within_the_database_health_tells_the_sentence_and_no_stack(settings, monkeypatch):
    def fails(_connection):
        raise duckdb.InternalException("INTERNAL Error: odd\n\nStack Trace:\n/lib/x.so(+0x12)")

    monkeypatch.setattr(stages_health, "schema_of", fails)

    [told] = [one for one in health(settings) if one.name == "warehouse"]
    assert (told.verdict, told.detail) == (Verdict.FAIL, "INTERNAL Error: odd")


def test_nights_that_fetched_and_did_not_land_are_told(settings):
    folder = settings.home_dir / "raw/unlanded"
    folder.mkdir(parents=True)
    (folder / f"{utc_now():%Y%m%dT%H%M%S}-nightly-abcdef.json").write_text("{}")

    before = sorted(settings.home_dir.rglob("*"))

    assert verdicts(settings)["unlanded_nights"] is Verdict.WARN
    assert sorted(settings.home_dir.rglob("*")) == before


def test_a_night_that_still_asks_is_no_finding_and_one_that_died_is(settings):
    night = start_run("nightly")
    with suppress(KeyboardInterrupt), unlanded(settings, night, ["github"], []):
        assert [one for one in examine(settings, repairs=True) if one.what == night.run_id] == []
        assert verdicts(settings)["unlanded_nights"] is Verdict.OK
        raise KeyboardInterrupt

    [found] = [one for one in examine(settings, repairs=True) if one.what == night.run_id]
    assert found.found == "fetched and has not landed"


def test_a_second_night_of_a_day_that_died_after_its_landing_is_told(settings):
    score_days(settings, default_days())
    assert verdicts(settings)["scores"] is Verdict.OK

    night = start_run("nightly")
    with unlanded(settings, night, ["github"], []):
        land_observations(settings, [STARS.of("pytorch", utc_now(), 3)], night)
    assert verdicts(settings)["scores"] is Verdict.WARN

    score_days(settings, default_days())
    assert verdicts(settings)["scores"] is Verdict.WARN

    write_site(settings, settings.home_dir / "site")
    assert verdicts(settings)["scores"] is Verdict.OK


def test_an_archive_that_has_ended_is_no_late_source(settings):
    share = METRICS["pwc.share_neurips"].of("pytorch", datetime(2025, 1, 1), 0.5)
    land_observations(settings, [share], start_run("nightly"))

    found = {one.name: one for one in health(settings)}

    assert found["source_pwc"].verdict is Verdict.OK
    assert "its archive ends on 2025-07-31" in found["source_pwc"].detail


def test_prometheus_reads_every_check(settings):
    checks = health(settings)
    lines = prometheus_text(checks).splitlines()

    assert {line.split("{")[0].split(" ")[0] for line in lines if not line.startswith("#")} == {
        "speedscore_verdict",
        "speedscore_check",
        "speedscore_figure",
        "speedscore_info",
    }
    assert sum(line.startswith("speedscore_check{") for line in lines) == len(checks)


# --- a home and what is in it ---


def land(settings: Settings, value: float) -> None:
    land_observations(settings, [STARS.of("pytorch", utc_now(), value)], start_run("nightly"))


def stars(settings: Settings) -> list[float]:
    query = "select value from observation where metric = 'github.stars' and subject = 'pytorch' and source = 'github' and method = 'snapshot' order by known_at"
    with open_reader(settings.published) as connection:
        return [value for (value,) in connection.execute(query).fetchall()]


def verdicts(settings: Settings) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in health(settings)}


def keep_answer(settings: Settings, run_id: str, body: bytes) -> str:
    archive = Archive(settings.home_dir / "raw", run_id)
    archive.keep(f"GET https://example.org/{body.decode()}", Answer("https://example.org", 200, {}, body, utc_now()))
    return hashlib.sha256(body).hexdigest()


def lies(settings: Settings, sha256: str) -> bool:
    return (settings.home_dir / "raw/objects" / sha256[:2] / f"{sha256}.gz").exists()


def make_old(settings: Settings, age: timedelta = YEAR) -> None:
    then = seconds_since_1970(utc_now() - age)
    for path in (settings.home_dir / "raw/objects").rglob("*.gz"):
        os.utime(path, (then, then))


# --- another database in the place of the warehouse ---


@pytest.fixture
def foreign(tmp_path) -> Settings:
    """A home in which somebody has put a database of their own."""
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute("create table own as select 1 as a")
    return load_settings(home_dir=tmp_path)


def test_a_database_of_somebody_else_is_named_and_left(foreign):
    before = foreign.published.read_bytes()

    for act in (lambda: score_days(foreign, default_days()), lambda: back_up(foreign, None, None, with_raw=False)):
        with pytest.raises(
            WarehouseError, match=r"^\S*/speedscore.duckdb is a database, but no warehouse of speedscore; "
        ):
            act()
    assert foreign.published.read_bytes() == before


def test_a_database_of_somebody_else_is_no_healthy_warehouse(foreign):
    found = health(foreign)
    [told] = [one for one in found if one.name == "warehouse"]

    assert told.verdict is Verdict.FAIL
    assert len({one.name for one in found}) == len(found)
    assert "no warehouse of speedscore" in told.detail
    assert [one.what for one in examine(foreign, repairs=True)] == ["speedscore.duckdb"]


def test_a_copy_that_cannot_be_kept_names_the_file_and_not_the_copy(settings):
    settings.published.write_bytes(b"garbage" * 1000)

    with pytest.raises(DamagedError, match=rf"^{settings.published} cannot be opened"):
        back_up(settings, None, None, with_raw=False)


def test_a_folder_is_no_backup_and_a_file_no_place_for_one(settings, tmp_path):
    (tmp_path / "taken").touch()

    with pytest.raises(InputError, match=rf"^{tmp_path} is a folder; name a backup in it"):
        restore(settings, str(tmp_path))
    for act in (
        lambda: back_up(settings, str(tmp_path / "taken"), None, with_raw=False),
        lambda: write_site(settings, tmp_path / "taken"),
    ):
        with pytest.raises(InputError, match=rf"^{tmp_path}/taken is a file; name a folder"):
            act()


def make_newer(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("insert into migration values ('9999_later.sql', 'x', now()::timestamp)")
