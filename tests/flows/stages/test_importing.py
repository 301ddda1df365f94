"""Importing: every row lands, is about somebody else, or is refused and counted; a broken file lands nothing."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from catalog.errors import InputError
from catalog.liveness import STATES
from catalog.rows import Rows
from collectors.trackers.files import read_file
from flows.settings import Settings, load_settings
from flows.stages.importing import import_files
from flows.stages.land import land_observations, start_run
from flows.stages.score import score_days
from flows.stages.spans import days_between
from warehouse.query import ask
from warehouse.reader import open_reader

NOW = datetime(2026, 11, 22)
EXCERPT = "github_snapshots/best_of_ml_python/framework_rows_2020-11_to_2023-12.csv"
HEADER = "snapshot_date,github_id,star_count,contributor_count,projectrank\n"
GOOD = "2022-01-06,pytorch/pytorch,53137,3038,39\n"
NEXT = "2022-01-13,pytorch/pytorch,53311,3045,39\n"
RANKING = "rank,item,repo_name,stars,forks,username,issues\n1,CPP,pytorch,56368,15658,pytorch,8967\n"
LOG = "sha,author_ts,committer_ts,author_email_sha256_12,n_parents\na,1767225600,1767225600,ann,1\nb,1767830400,1767830400,ann,1\n"
LINK = {"paper_url": "a", "repo_url": "r", "framework": "pytorch", "is_official": True}
PAPER = {"paper_url": "a", "title": "A", "proceeding": "ICML 2023 7"}
MONTHS = '{"2021": 99, "2021Q3": 70, "2021-09": 30, "2021-10": 12, "2021-10-raw": 4, "2021-12": 8}'
FEW = """
mode = "replace"
[[subject]]
id = "tensorflow"
name = "TensorFlow"
kind = "framework"
github = "tensorflow/tensorflow"
[[subject]]
id = "pytorch"
name = "PyTorch"
kind = "framework"
github = "pytorch/pytorch"
"""
RATED = ("mxnet", "pytorch", "tensorflow")
ARABIC, FULL_WIDTH = ({ord("0") + n: zero + n for n in range(10)} for zero in (0x660, 0xFF10))
FEW_NAMES = ["tensorflow/tensorflow", "pytorch/pytorch"]
KNOWN = "known: best-of, github-ranking, commit-log, open-digger, papers-with-code"
# The tracker itself was silent from 2021-10 on for six weeks: then there is nothing to score.
SILENT = [datetime(2021, 10, 18), datetime(2021, 10, 25), *(datetime(2021, 11, day) for day in (1, 8, 15))]
FAILED = pl.col("github_id").eq("tensorflow/tensorflow") & pl.col("contributor_count").cast(pl.Float64).lt(1_000)


BORN = datetime(2016, 8, 13, 5, 26, 41)
BORN_HEADER = (
    "snapshot_date,github_id,created_at,last_commit_pushed_at,star_count,contributor_count,commit_count,projectrank\n"
)
STRANGER = "2024-02-15,pytorch/pytorch,2024-02-09 11:06:46.000,2024-02-14 10:00:00,28,1,7,39\n"
STRANGE = "pytorch: another repository under its name, created on 2024-02-09, not on 2016-08-13"
TINYGRAD = """
[[subject]]
id = "tinygrad"
name = "tinygrad"
kind = "framework"
github = "tinygrad/tinygrad"
github_former = ["geohot/tinygrad"]
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("rows.csv", HEADER + GOOD, ("best-of", 1, 2)),
        ("ranking-2022-06-01.csv", RANKING, ("github-ranking", 1, 3)),
        ("jax_commits.csv", LOG, ("commit-log", 2, 8)),
        ("pytorch/pytorch/stars.json", MONTHS, ("open-digger", 3, 3)),
    ],
    ids=["best-of", "ranking", "log", "open-digger"],
)
def test_a_file_is_known_by_its_columns(catalog, tmp_path, name, text, expected):
    report, found = read_file(write(tmp_path, text, name), catalog, NOW)

    assert (report.kind, report.kept, report.observations) == expected
    assert len(found) == report.observations


def test_months_of_open_digger_end_with_the_month_and_an_estimate_is_missing(catalog, tmp_path):
    _, found = read_file(write(tmp_path, MONTHS, "pytorch/pytorch/stars.json"), catalog, NOW)

    assert [(one.metric, one.valid_at, one.value, one.reason) for one in found] == [
        ("github.stars_gained_month", datetime(2021, 10, 1), 30, None),
        ("github.stars_gained_month", datetime(2021, 11, 1), None, "incomplete"),
        ("github.stars_gained_month", datetime(2022, 1, 1), 8, None),
    ]


def test_months_of_another_forge_are_refused_with_the_reason(catalog, tmp_path):
    mirror, found = read_file(write(tmp_path, MONTHS, "gitee/pytorch/pytorch/stars.json"), catalog, NOW)
    stranger, _ = read_file(write(tmp_path, MONTHS, "gitee/who/knows/stars.json"), catalog, NOW)
    own, kept = read_file(write(tmp_path, MONTHS, "github/pytorch/pytorch/stars.json"), catalog, NOW)

    assert mirror.refused == {"pytorch/pytorch of gitee is not the repository of that name on GitHub": 3}
    assert (stranger.not_followed, stranger.refused.total()) == (3, 0)
    assert (found, own.refused.total(), len(kept)) == ([], 0, 3)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("best-of-ml-python/history/2022-01-06_projects.csv", "best-of-ml-python"),
        ("best_of_ml_python/framework_rows_2024.csv", "best-of-ml-python"),
        ("best-of-python-main/history/2022-01-06_projects.csv", "best-of-python"),
        ("best-of-python-dev/latest.csv", "best-of-python-dev"),
        ("best-of-ml-python/best-of-jupyter_2022-01-06_projects.csv", "best-of-jupyter"),
        ("Best-Of-Web-Python/2022-01-06_projects.csv", "best-of-web-python"),
        ("my-best-of-all/2022-01-06_projects.csv", "best-of"),
        ("2022-01-06_projects.csv", "best-of"),
    ],
)
def test_a_list_is_recorded_under_its_own_name(catalog, tmp_path, name, source):
    _, found = read_file(write(tmp_path, HEADER + GOOD, name), catalog, NOW)

    assert {one.source for one in found} == {source}


@pytest.mark.parametrize(
    "text", ["1_000", "53137".translate(ARABIC), "53137".translate(FULL_WIDTH), "53\N{SUPERSCRIPT TWO}"]
)
def test_what_is_no_plain_number_is_refused_and_counted_in_every_kind_of_file(catalog, tmp_path, text):
    ranking, log = RANKING.replace("56368", text), LOG.replace("1767225600,ann", f"{text},ann")
    files = {
        "rows.csv": HEADER + GOOD.replace("53137", text),
        "ranking-2022-06-01.csv": ranking,
        "jax_commits.csv": log,
        "pytorch/pytorch/stars.json": json.dumps({"2021-09": text}),
    }

    for name, body in files.items():
        report, _ = read_file(write(tmp_path, body, name), catalog, NOW)
        assert report.refused.total() == 1, name
        assert repr(text) in next(iter(report.refused)), name


@pytest.mark.parametrize("digits", [ARABIC, FULL_WIDTH])
def test_a_day_in_other_digits_is_refused(catalog, tmp_path, digits):
    text = f"{'2022'.translate(digits)}-01-06"
    report, found = read_file(write(tmp_path, HEADER + GOOD.replace("2022-01-06", text), "rows.csv"), catalog, NOW)

    assert (report.refused, found) == ({f"{text!r} is not a date like 2022-01-06": 1}, [])


def test_the_dump_of_papers_with_code_is_imported_whole_or_not_at_all(monkeypatch, tmp_path):
    settings = settings_in(tmp_path / "home", monkeypatch, FEW + 'papers_framework = "pytorch"\n')
    files = [write(tmp_path, json.dumps([row]), f"{name}.json") for name, row in (("l", LINK), ("p", PAPER))]

    with pytest.raises(InputError, match="the archive's papers are not among the files"):
        import_files(settings, files[:1])
    reports, landed = import_files(settings, files)

    assert [report.kind for report in reports] == ["papers-with-code"] * 2
    assert [(report.read, report.kept) for report in reports] == [(1, 1), (1, 1)]
    assert reports[0].observations
    assert landed.observations
    found = query(settings, "select value from metric_latest where metric = 'pwc.share_icml_2023_e4_official'")
    assert (1.0,) in found


@pytest.mark.parametrize("suffix", ["json", "json.gz", "parquet"])
def test_the_archive_is_found_in_a_folder_among_files_of_other_kinds(monkeypatch, tmp_path, suffix):
    settings = settings_in(tmp_path / "home", monkeypatch, FEW + 'papers_framework = "pytorch"\n')
    folder = tmp_path / "dumps"
    write(folder, HEADER + GOOD, "rows.csv")
    (folder / "note.parquet").write_bytes(b"PAR1\xff\xfe")
    for name, row in (("l", LINK), ("p", PAPER)):
        path, text = folder / f"{name}.{suffix}", json.dumps([row] * 3).encode()
        if suffix == "parquet":
            pl.DataFrame([row] * 3).write_parquet(path)
        else:
            path.write_bytes(gzip.compress(text) if suffix == "json.gz" else text)

    reports, _ = import_files(settings, [folder])

    kinds = {report.path.name: report.kind for report in reports}
    expected = {f"l.{suffix}": "papers-with-code", f"p.{suffix}": "papers-with-code"}
    assert kinds == expected | {"rows.csv": "best-of", "note.parquet": None}
    assert {report.read for report in reports if report.kind == "papers-with-code"} == {3}


@pytest.mark.parametrize("name", ["some.parquet", "some.json", "some.json.gz"])
def test_a_named_file_of_the_archive_s_forms_that_is_none_of_it_is_refused_by_name(monkeypatch, tmp_path, name):
    settings = settings_in(tmp_path / "home", monkeypatch, FEW)

    with pytest.raises(InputError, match=rf"{name}: no kind .*{KNOWN}"):
        import_files(settings, [write(tmp_path, '{"type": "PushEvent"}\n{"type": "ForkEvent"}\n', name)])


@pytest.mark.parametrize("text", ['{"2021-13": 4}', '{"2021-09": "many"}'])
def test_a_month_that_cannot_be_used_is_refused(catalog, tmp_path, text):
    report, found = read_file(write(tmp_path, text, "pytorch/pytorch/stars.json"), catalog, NOW)

    assert (report.refused.total(), found) == (1, [])


@pytest.mark.parametrize("text", ["[]", "no"])
def test_a_file_that_holds_no_months_is_refused_whole(catalog, tmp_path, text):
    with pytest.raises(InputError, match="cannot be read"):
        read_file(write(tmp_path, text, "pytorch/pytorch/stars.json"), catalog, NOW)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param("2022-01-06,pytorch/pytorch,many,3038,39\n", "github.stars: 'many' is not a number", id="text"),
        pytest.param("2022-01-06,pytorch/pytorch,-5,3038,39\n", "github.stars: '-5' is not a count", id="negative"),
        pytest.param("soon,pytorch/pytorch,5,3038,39\n", "'soon' is not a date like 2022-01-06", id="unknown day"),
        pytest.param("2022-01-06,pytorch/pytorch,531", "the row has too few or too many fields", id="cut short"),
        pytest.param(
            "2022-01-06,pytorch/pytorch,53,137,3038,39\n", "the row has too few or too many fields", id="shifted"
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_and_counted_and_the_others_are_kept(catalog, tmp_path, row, why):
    report, found = read_file(write(tmp_path, HEADER + NEXT + row), catalog, NOW)

    assert (report.read, report.kept, report.refused) == (2, 1, Counter({why: 1}))
    assert [one.value for one in found] == [53_311, 3_045]


def test_an_empty_cell_is_kept_as_missing(catalog, tmp_path):
    report, found = read_file(write(tmp_path, HEADER + "2022-01-06,pytorch/pytorch,,3038,39\n"), catalog, NOW)

    assert (report.kept, report.refused.total()) == (1, 0)
    assert [(one.value, one.reason) for one in found] == [(None, "incomplete"), (3_038, None)]


def test_rows_about_others_are_counted_apart(catalog, tmp_path):
    report, _ = read_file(write(tmp_path, HEADER + GOOD + "2022-01-06,Theano/Theano,9000,300,30\n"), catalog, NOW)

    assert (report.read, report.kept, report.not_followed, report.refused.total()) == (2, 1, 1, 0)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param((HEADER + GOOD).encode("utf-8-sig"), id="a byte order mark"),
        pytest.param((HEADER + GOOD).replace("\n", "\r\n").encode(), id="lines of Windows"),
        pytest.param(gzip.compress((HEADER + GOOD).encode()), id="gzip under another name"),
        pytest.param((HEADER + GOOD.rstrip("\n")).encode(), id="no last line end"),
        pytest.param((HEADER + GOOD.replace("53137", '"53137"')).encode(), id="quotes"),
    ],
)
def test_harmless_differences_do_not_matter(catalog, tmp_path, data):
    file = tmp_path / "rows.csv"
    file.write_bytes(data)

    assert [one.value for one in read_file(file, catalog, NOW)[1]] == [53_137, 3_038]


def test_a_header_alone_is_a_file_without_rows(catalog, tmp_path):
    report, found = read_file(write(tmp_path, HEADER), catalog, NOW)

    assert (report.kind, report.read, found) == ("best-of", 0, [])


BROKEN = {
    "another encoding": ((HEADER + GOOD.replace("2022", "für")).encode("latin-1"), "cannot be read: 'utf-8' codec"),
    "sixteen bits": ((HEADER + GOOD).encode("utf-16"), "cannot be read: 'utf-8' codec"),
    "gzip cut short": (gzip.compress((HEADER + GOOD * 5_000).encode())[:-20], "cannot be read: Compressed file ended"),
    "gzip damaged": (gzip.compress(b"")[:10] + b"\xff" * 99, "cannot be read: Error -3"),
    "gzip of nothing else": (b"\x1f\x8bno", "cannot be read: "),
    "a field without end": ((HEADER + '"' + "x" * 200_000).encode(), "cannot be read: field larger"),
    "other columns": (b"name,size\na,1\n", f"no kind of tracker has these columns; {KNOWN}"),
    "nothing": (b"", f"no kind of tracker has these columns; {KNOWN}"),
    "a log of nobody": (LOG.encode(), "cannot be read: the file name must start with a subject id"),
}


@pytest.mark.parametrize(("data", "why"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_used_is_named_and_nothing_lands_of_the_others_either(settings, tmp_path, data, why):
    broken = tmp_path / "broken.csv"
    broken.write_bytes(data)

    with pytest.raises(InputError) as caught:
        import_files(settings, [write(tmp_path, HEADER + GOOD), broken])

    assert str(caught.value).startswith(f"{broken}: {why}")
    assert "\n" not in str(caught.value)
    assert not settings.published.exists()


def test_a_path_that_is_not_there_is_named(settings, tmp_path):
    with pytest.raises(InputError, match=r"never\.csv: no such file or folder$"):
        import_files(settings, [tmp_path / "never.csv"])


def test_a_folder_without_trackers_is_named(settings, tmp_path):
    write(tmp_path, "name,size\na,1\n", "other.csv")

    with pytest.raises(InputError, match=f"no tracker file in .*; known kinds: {KNOWN.removeprefix('known: ')}$"):
        import_files(settings, [tmp_path])


def test_a_folder_is_read_whole_and_strangers_in_it_are_passed_over(settings, tmp_path):
    folder = tmp_path / "kept" / "best-of-ml-python" / "2022"
    write(folder, HEADER + GOOD, "a.csv")
    write(folder, RANKING, "ranking-2022-06-01.csv")
    write(tmp_path / "kept", "name,size\na,1\n", "other.csv")
    write(folder, "no table", "README.md")

    reports, _ = import_files(settings, [tmp_path / "kept"])

    assert {report.path.name: report.kind for report in reports} == {
        "a.csv": "best-of",
        "ranking-2022-06-01.csv": "github-ranking",
        "other.csv": None,
    }
    assert stars_in(settings) == {"best-of-ml-python": [53_137], "github-ranking": [56_368]}


def test_importing_twice_is_importing_once(settings, tmp_path):
    file = write(tmp_path, HEADER + GOOD + NEXT)

    first, second = import_files(settings, [file])[1], import_files(settings, [file])[1]

    assert first.observations > 0
    assert (second.observations, second.revised, second.quarantined) == (0, 0, 0)
    assert stars_in(settings) == {"best-of": [53_137, 53_311]}


def test_a_repository_in_several_lists_of_a_day_counts_with_its_highest_figure(settings, tmp_path):
    again = "1,top-100-stars,pytorch,56365,15657,pytorch,8967\n"
    import_files(settings, [write(tmp_path, RANKING + again, "ranking-2022-06-01.csv")])

    assert stars_in(settings) == {"github-ranking": [56_368]}


def test_a_row_of_another_repository_of_the_name_is_refused_whole_and_the_others_are_kept(settings, tmp_path):
    weeks = [week(day, 22_000 + day, 350) for day in (1, 8, 22, 29)]
    file = write(tmp_path, BORN_HEADER + "".join([*weeks[:2], STRANGER, *weeks[2:]]))

    [report], _ = import_files(settings, [file])

    assert (report.read, report.kept, report.refused) == (5, 4, Counter({STRANGE: 1}))
    landed = query(settings, "select distinct metric, value from observation where valid_at = '2024-02-15'")
    assert landed == []
    assert query(settings, "select count(value) from observation where metric = 'github.contributors'") == [(4,)]


def test_the_majority_of_all_files_judges_the_newcomer_among_them(settings, tmp_path):
    for day in (1, 8, 22):
        write(tmp_path, BORN_HEADER + week(day, 22_000 + day, 350), f"folder/2024-02-{day:02}_projects.csv")
    write(tmp_path, BORN_HEADER + STRANGER, "folder/2024-02-15_projects.csv")

    reports, _ = import_files(settings, [tmp_path / "folder"])

    assert {report.path.name: report.refused.total() for report in reports if report.refused} == {
        "2024-02-15_projects.csv": 1
    }


def test_where_no_creation_has_a_majority_nothing_is_refused(settings, tmp_path):
    [report], _ = import_files(settings, [write(tmp_path, BORN_HEADER + week(1, 22_001, 350) + STRANGER)])

    assert (report.kept, report.refused.total()) == (2, 0)


def test_what_github_told_of_the_creation_judges_a_file_of_strangers_alone(settings, tmp_path):
    seen = {"repository": "pytorch/pytorch", "valid_at": NOW, "state": "live", "created_at": BORN}
    land_observations(settings, [], start_run("nightly"), facts=[Rows("repository_state", (seen,))])

    [report], _ = import_files(settings, [write(tmp_path, BORN_HEADER + STRANGER)])

    assert report.refused == Counter({STRANGE: 1})


@pytest.mark.parametrize("name", ["framework_rows_2024.csv", "framework_rows_2020-11_to_2023-12.csv"])
def test_of_the_recorded_weeks_the_re_used_name_of_tinygrad_alone_is_refused(recorded, tmp_path, monkeypatch, name):
    settings = settings_in(tmp_path / "home", monkeypatch, FEW + TINYGRAD)

    [report], _ = import_files(settings, [recorded / "github_snapshots/best_of_ml_python" / name])

    assert report.refused.total() == (1 if "2024" in name else 0)
    assert all("tinygrad" in why and "2024-02-09" in why for why in report.refused)


def test_of_all_the_frameworks_of_the_catalog_no_row_is_taken_for_a_stranger(recorded, catalog):
    for name in ("framework_rows_2024.csv", "framework_rows_2020-11_to_2023-12.csv"):
        assert not read_file(recorded / "github_snapshots/best_of_ml_python" / name, catalog, NOW)[0].refused


def test_what_was_imported_is_told_by_its_run(settings, tmp_path):
    import_files(settings, [write(tmp_path, HEADER + GOOD)])

    assert query(settings, "select kind, detail_json from run") == [("import", '{"files": ["rows.csv"]}')]


def test_every_dated_cell_of_a_followed_framework_lands(tracked, recorded, catalog):
    settings, report = tracked
    _, found = read_file(recorded / EXCERPT, catalog, NOW)

    columns = "subject, metric, valid_at, value"
    landed = query(
        settings, f"select {columns} from observation where source = 'best-of-ml-python' and method = 'archived'"
    )
    assert (report.read, report.kept, report.not_followed, report.refused.total()) == (2_428, 1_408, 1_020, 0)
    assert sorted(landed, key=str) == sorted(
        ((one.subject, one.metric, one.valid_at, one.value) for one in found), key=str
    )


def test_every_week_in_which_the_tracker_failed_on_tensorflow_is_held_back(tracked, failed_weeks):
    settings, _ = tracked
    contributors = "subject = 'tensorflow' and metric = 'github.contributors'"

    held = query(
        settings, f"select valid_at from observation where reason = 'quarantined' and {contributors} order by 1"
    )
    told = query(
        settings, f"select valid_at from quality_event where kind = 'quarantined' and {contributors} order by 1"
    )
    assert len(failed_weeks) == 20
    assert {day for (day,) in held} == set(failed_weeks)
    assert {day for (day,) in told} == set(failed_weeks)


def test_the_weeks_in_which_the_tracker_failed_move_no_score(recorded, tmp_path, monkeypatch):
    rows = pl.read_csv(recorded / EXCERPT, infer_schema=False).filter(pl.col("github_id").is_in(FEW_NAMES))
    left_out = pl.when(FAILED).then(None).otherwise("contributor_count").alias("contributor_count")

    with_them = tensorflow_scores(rows, settings_in(tmp_path / "with", monkeypatch, FEW))
    without_them = tensorflow_scores(rows.with_columns(left_out), settings_in(tmp_path / "without", monkeypatch, FEW))

    silent = [day for day, raw in with_them if raw is None]
    assert (len(with_them), silent) == (160, SILENT)
    assert with_them == without_them


def test_flows_see_death_and_no_week_of_a_failed_count_looks_like_it(tracked):
    settings, _ = tracked
    weeks = days_between(date(2021, 1, 7), date(2023, 12, 28), "week")
    kept = score_days(settings, weeks, "2026.1").scores.sort("as_of")
    health = {one: kept.filter(pl.col("subject") == one)["ecosystem"].drop_nulls() for one in RATED}
    known = "metric = 'liveness.main' and method = 'reconstructed'"
    states = dict(query(settings, f"select subject, min(value) from observation where {known} group by 1"))

    assert health["mxnet"][-1] < 2
    assert health["mxnet"][-1] < health["mxnet"][0]
    of_pytorch = kept.filter((pl.col("subject") == "pytorch") & (pl.col("as_of") >= datetime(2022, 12, 1)))
    assert of_pytorch["ecosystem"].min() > 9
    assert health["tensorflow"][-1] <= health["tensorflow"][0]
    assert states["mxnet"] == STATES.index("retired")
    assert states["paddle"] == STATES.index("live")  # its count of commits stood still for ten months of pushes


@pytest.fixture(scope="module")
def tracked(recorded, tmp_path_factory) -> Iterator[tuple[Settings, object]]:
    with pytest.MonkeyPatch.context() as patch:
        settings = settings_in(tmp_path_factory.mktemp("tracked"), patch)
        reports, _ = import_files(settings, [recorded / EXCERPT])
        yield settings, reports[0]


@pytest.fixture(scope="module")
def failed_weeks(recorded) -> list[datetime]:
    with (recorded / EXCERPT).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["github_id"] == "tensorflow/tensorflow"]
    return [datetime.fromisoformat(row["snapshot_date"]) for row in rows if float(row["contributor_count"]) < 1_000]


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    return settings_in(tmp_path / "home", monkeypatch, FEW)


def settings_in(home: Path, patch: pytest.MonkeyPatch, own: str = "") -> Settings:
    home.mkdir(exist_ok=True)
    patch.setenv("SPEEDSCORE_CATALOG", str(write(home, "schema = 1\n" + own, "own.toml")))
    patch.chdir(home)
    patch.setenv("SPEEDSCORE_HOME_DIR", str(home))
    return load_settings()


def write(folder: Path, text: str, name: str = "rows.csv") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def query(settings: Settings, text: str) -> list[tuple]:
    with open_reader(settings.published) as reader:
        return ask(reader, text).rows


def week(day: int, stars: int, contributors: int) -> str:
    """Return a week's row of the true repository; the tracker writes moments in several ways."""
    created = "2016-08-13 05:26:41.000" if day % 2 else "2016-08-13 05:26:41+00:00"
    return f"2024-02-{day:02},pytorch/pytorch,{created},2024-02-01 10:00:00,{stars},{contributors},70000,39\n"


def stars_in(settings: Settings) -> dict[str, list[float]]:
    """Return the stars of PyTorch that came in, without those that ship with the package."""
    asked = """
      select source, list(value order by valid_at) from observation_current
      where subject = 'pytorch' and metric = 'github.stars' and method = 'archived' and year(valid_at) = 2022
        and day(valid_at) < 15
      group by source
    """
    return dict(query(settings, asked))


def tensorflow_scores(rows: pl.DataFrame, settings: Settings) -> list[tuple]:
    rows.write_csv(settings.home_dir / "rows.csv")
    import_files(settings, [settings.home_dir / "rows.csv"])
    score_days(settings, days_between(date(2020, 12, 7), date(2023, 12, 31), "week"), "2024.1")
    asked = "from dimension_score where subject = 'tensorflow' and dimension = 'ecosystem' order by as_of"
    return query(settings, f"select as_of, raw {asked}")
