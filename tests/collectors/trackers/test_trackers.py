"""Trackers that others kept: the figures of real recordings, and what a row that cannot be used does."""

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from catalog.observation import Observation, Status
from collectors.trackers import best_of, commit_log, github_ranking
from collectors.trackers.commit_log import Commit, commit, mondays
from collectors.trackers.tracker import Refused, Skipped, Told, cell, day, subjects_by_name

BEST_OF = "github_snapshots/best_of_ml_python"
EXCERPT = f"{BEST_OF}/framework_rows_2020-11_to_2023-12.csv"
RANKING = "github_snapshots/evanli_github_ranking/framework_rows_2018-12_to_2023-12.csv.gz"
MONDAY = datetime(2026, 1, 5)
NEW_YEAR = datetime(2026, 1, 1)
NOW = datetime(2026, 11, 22)


def test_the_log_of_jax_has_its_commits_merges_and_authors(jax_log):
    assert sizes(jax_log) == (37_554, 9_212, 1_117)


def test_the_log_of_flax_has_its_commits_merges_and_authors(flax_log):
    assert sizes(flax_log) == (5_889, 1_965, 333)


def test_commits_belong_to_the_year_in_which_they_were_committed(jax_log):
    years = Counter(one.committed_at.year for one in jax_log)

    assert [years[year] for year in range(2018, 2026)] == [467, 2_949, 3_021, 3_661, 4_181, 4_483, 6_127, 7_675]


def test_ninety_days_of_jax_and_flax_have_their_commits_and_authors(jax_log, flax_log):
    assert ninety_days(jax_log) == (1_645, 142)
    assert ninety_days(flax_log) == (162, 24)


def test_the_iso_weeks_of_jax_stand_at_the_monday_after_them(jax_mondays):
    weeks = [jax_mondays["github.commits_7d", datetime(2025, 3, day)] for day in (10, 17, 24, 31)]

    assert weeks == [120, 138, 171, 209]
    assert jax_mondays["github.commits_28d", datetime(2025, 3, 31)] == 638


def test_every_monday_that_the_log_reaches_has_its_counts(jax_mondays):
    days = sorted({valid_at for _, valid_at in jax_mondays})

    assert (days[0], days[-1], len(days)) == (datetime(2018, 11, 19), datetime(2026, 8, 3), 403)
    assert {valid_at.weekday() for valid_at in days} == {0}
    assert jax_mondays["github.commits_total", days[-1]] == 37_407


def test_new_contributors_of_jax_are_those_whose_first_commit_is_of_the_year(jax_log, jax_mondays):
    day = datetime(2026, 8, 3)
    first = {one.author: one.committed_at for one in reversed(jax_log) if not one.is_merge}

    new = sum(day - timedelta(days=365) <= moment < day for moment in first.values())

    assert jax_mondays["github.contributors_new_365d", day] == new
    assert new > 100


def test_ninety_days_of_a_log_are_a_measure_of_our_own(jax_log):
    [found] = [one for one in mondays(jax_log, "jax") if one.metric == "github.commits_90d"][-1:]

    day = found.valid_at
    assert found.value == sum(day - timedelta(days=90) <= one.committed_at < day for one in jax_log)
    assert found.definition == "commits_90d@1"


def test_a_commit_on_monday_midnight_belongs_to_the_week_that_begins():
    found = counted([at("2026-01-04 23:59:59"), at("2026-01-05 00:00:00"), at("2026-01-12 00:00:00")])

    assert found["github.commits_7d", MONDAY] == 1
    assert found["github.commits_7d", datetime(2026, 1, 12)] == 1
    assert found["github.commits_total", datetime(2026, 1, 12)] == 2


def test_windows_count_merges_and_the_weekly_mean_does_not():
    found = counted([at("2026-01-01"), at("2026-01-02", is_merge=True), at("2026-01-06")])

    assert found["github.commits_7d", MONDAY] == 2
    assert found["github.commits_week", MONDAY] == 1 / 52


def test_an_author_is_active_for_a_year_after_the_last_commit_that_is_no_merge():
    log = [
        at("2025-01-06", "ann"),
        at("2025-01-07", "bob"),
        at("2025-06-01", "eve", is_merge=True),
        at("2026-01-12", "zoe"),
    ]
    found = counted(log)

    assert found["github.contributors_active_365d", MONDAY] == 2
    assert found["github.contributors_active_365d", datetime(2026, 1, 12)] == 0


def test_a_log_of_one_week_reaches_no_monday():
    assert list(mondays([at("2026-01-06")], "jax")) == []
    assert list(mondays([], "jax")) == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"committer_ts": ""}, id="no moment"),
        pytest.param({"committer_ts": None}, id="no cell"),
        pytest.param({"committer_ts": "yesterday"}, id="a word for a moment"),
        pytest.param({"committer_ts": "-1"}, id="a moment before all"),
        pytest.param({"committer_ts": "1.5e9"}, id="a moment that is no whole number"),
        pytest.param({"committer_ts": "99999999999999"}, id="a year beyond the calendar"),
        pytest.param({"committer_ts": "9" * 30}, id="a moment beyond the machine"),
        pytest.param({"n_parents": "many"}, id="parents that are no number"),
        pytest.param({"author_email_sha256_12": ""}, id="nobody"),
    ],
)
def test_a_row_that_is_no_commit_is_refused_and_the_others_count(row, catalog):
    good = {"committer_ts": "1767225600", "n_parents": "1", "author_email_sha256_12": "ann"}
    week_later = {**good, "committer_ts": "1767830400"}

    read = list(commit_log.read([good, {**good, **row}, week_later], Path("jax_commits.csv"), catalog, NOW))

    assert [type(result) for result in read] == [Told, Refused, Told, Told]
    assert [one.value for one in read[-1].observations if one.metric == "github.commits_total"] == [1]


def test_a_log_of_nobody_says_how_to_name_the_file(catalog):
    with pytest.raises(
        ValueError, match=r"must start with a subject id, as in jax_commits\.csv; no subject is called 'torch'"
    ):
        list(commit_log.read([], Path("torch_commits.csv"), catalog, NOW))


@pytest.mark.parametrize(
    ("subject", "metric", "first", "last"),
    [
        ("pytorch", "github.stars", 53_137, 61_275),
        ("pytorch", "github.contributors", 3_038, 3_765),
        ("pytorch", "github.commits_total", 42_787, 55_228),
        ("tensorflow", "github.stars", 163_642, 172_083),
        ("jax", "github.stars", 15_832, 21_305),
        ("jax", "github.commits_total", None, 14_261),
    ],
)
def test_best_of_knows_the_year_2022(excerpt, subject, metric, first, last):
    values = [excerpt[subject, metric, day(text, NOW)].value for text in ("2022-01-06", "2022-12-29")]

    assert values == [first, last]


@pytest.mark.parametrize(
    ("subject", "metric", "grown_by"),
    [
        ("pytorch", "github.stars", 12_522),
        ("tensorflow", "github.stars", 9_684),
        ("tensorflow", "github.forks", 71_984 - 87_578),
        ("jax", "github.stars", 4_759),
        ("jax", "github.commits_total", 4_457),
    ],
)
def test_best_of_knows_the_year_2023(excerpt, subject, metric, grown_by):
    first, last = (excerpt[subject, metric, day(text, NOW)].value for text in ("2023-01-05", "2023-12-28"))

    assert last - first == grown_by


def test_an_empty_cell_is_missing_and_not_zero(excerpt):
    empty = excerpt["jax", "github.commits_total", day("2022-01-06", NOW)]

    assert (empty.value, empty.status, empty.reason) == (None, "missing", "incomplete")


def test_jax_is_one_subject_under_both_of_its_names(recorded, catalog):
    old = best_of_row(github_id="google/jax", updated_github_id="jax-ml/jax")
    names = {row["github_id"] for row in rows_of(recorded / EXCERPT) if row["name"].lower() == "jax"}

    assert names == {"google/jax"}
    assert {one.subject for one in read_best_of(old, catalog).observations} == {"jax"}
    assert {one.subject for one in read_best_of(best_of_row(github_id="Jax-ML/jax"), catalog).observations} == {"jax"}
    assert {one.subject for one in read_best_of(best_of_row(github_id="google/jax"), catalog).observations} == {"jax"}


def test_a_whole_snapshot_is_dated_by_its_name_and_says_what_the_excerpt_says(recorded, excerpt, catalog):
    file = recorded / BEST_OF / "2022-01-06_projects.csv.gz"
    read = list(best_of.read(rows_of(file), file, catalog, NOW))

    kept = [one for result in read if isinstance(result, Told) for one in result.observations]
    assert len(read) == 886
    assert {one.valid_at for one in kept} == {datetime(2022, 1, 6)}
    assert [one for one in kept if one != excerpt[one.subject, one.metric, one.valid_at]] == []
    assert [one.value for one in kept if (one.subject, one.metric) == ("pytorch", "github.stars")] == [53_137]


def test_every_excerpted_week_of_every_followed_framework_is_read(excerpt):
    weeks = Counter(subject for subject, metric, _ in excerpt if metric == "github.stars")

    assert weeks == dict.fromkeys(
        (
            "fastai",
            "flax",
            "jax",
            "keras",
            "lightning",
            "mxnet",
            "paddle",
            "pytorch",
            "scikit-learn",
            "tensorflow",
            "transformers",
        ),
        128,
    )


def test_a_row_about_somebody_else_is_skipped(catalog):
    assert read_best_of(best_of_row(github_id="Theano/Theano"), catalog) is Skipped.NOT_FOLLOWED


def test_a_row_that_two_subjects_claim_is_refused(catalog):
    row = best_of_row(github_id="google/jax", updated_github_id="google/flax")

    assert read_best_of(row, catalog) == Refused("two subjects claim the row: flax, jax")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("many", "github.stars: 'many' is not a number"),
        ("12,5", "github.stars: '12,5' is not a number"),
        ("-1", "github.stars: '-1' is not a count"),
        ("1.5", "github.stars: '1.5' is not a count"),
        ("nan", "github.stars: 'nan' is not a count"),
        ("inf", "github.stars: 'inf' is not a count"),
        ("1e12", "github.stars: '1e12' is not a count"),
    ],
)
def test_a_cell_that_is_no_count_refuses_its_row(catalog, text, why):
    assert read_best_of(best_of_row(star_count=text), catalog) == Refused(why)


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("12.0", 12), (" 7 ", 7), ("", None), ("  ", None), (None, None)]
)
def test_a_cell_is_a_count_or_missing(catalog, text, value):
    metric = best_of.COLUMNS["star_count"]

    assert cell(metric, catalog["jax"], MONDAY, text, "tracker").value == value


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1970-01-01 00:00:00", "soon"])
def test_a_push_before_github_opened_is_no_moment(catalog, text):
    assert "is no moment" in read_best_of(best_of_row(last_commit_pushed_at=text), catalog).why


def test_the_projects_of_a_snapshot_are_named_in_lower_case():
    rows = [best_of_row(github_id="Jax-ML/jax"), best_of_row(github_id=""), best_of_row(github_id="no name")]

    assert list(best_of.projects(rows)) == ["jax-ml/jax"]


@pytest.mark.parametrize("text", ["2022-13-01", "06.01.2022", "2022-01-06T00:00:00", "soon"])
def test_a_row_of_an_unknown_day_is_refused(catalog, text):
    row = best_of_row(snapshot_date=text)

    assert read_best_of(row, catalog) == Refused(f"{text!r} is not a date like 2022-01-06")


@pytest.mark.parametrize("text", ["", None], ids=["an empty cell", "no cell"])
def test_a_row_of_no_day_in_a_file_of_no_day_is_refused(catalog, text):
    row = best_of_row(snapshot_date=text)

    assert read_best_of(row, catalog) == Refused("None is not a date like 2022-01-06")


def test_the_ranking_knows_pytorch_and_tensorflow_at_the_end_of_each_year(recorded, catalog):
    days = ("2018-12-18", "2019-12-31", "2020-12-31", "2021-12-31", "2022-12-31", "2023-12-31")
    rows = [row for row in rows_of(recorded / RANKING) if row["snapshot_date"] in days]

    highest = highest_stars(github_ranking.read(rows, recorded / EXCERPT, catalog, NOW))
    assert [highest["pytorch", day(text, NOW)] for text in days] == [22_867, 35_015, 45_135, 53_038, 61_311, 74_005]
    assert [highest["tensorflow", day(text, NOW)] for text in days] == [
        116_901,
        139_535,
        152_029,
        161_556,
        170_018,
        179_730,
    ]


@pytest.mark.parametrize(
    ("text", "stars", "followed"), [("2018-12-18", 22_867, 11), ("2022-06-01", 56_368, 9)], ids=["first", "last"]
)
def test_a_whole_day_of_the_ranking_is_dated_by_its_name(recorded, catalog, text, stars, followed):
    file = recorded / f"github_snapshots/evanli_github_ranking/github-ranking-{text}.csv.gz"
    read = list(github_ranking.read(rows_of(file), file, catalog, NOW))

    assert highest_stars(read)["pytorch", day(text, NOW)] == stars
    assert len([result for result in read if isinstance(result, Told)]) == followed


def test_a_ranking_row_is_kept_skipped_or_refused(catalog):
    rows = [ranking_row(), ranking_row(username="torch"), ranking_row(stars="many"), ranking_row(snapshot_date="never")]
    read = list(github_ranking.read(rows, Path("ranking.csv"), catalog, NOW))

    assert [one.value for one in read[0].observations] == [100, 20, 3]
    assert read[1:] == [
        Skipped.NOT_FOLLOWED,
        Refused("github.stars: 'many' is not a number"),
        Refused("'never' is not a date like 2022-01-06"),
    ]


def test_names_are_known_whatever_their_letters(catalog):
    by_name = subjects_by_name(catalog)

    assert by_name["paddlepaddle/paddle"].id == "paddle"
    assert by_name["apache/incubator-mxnet"] is by_name["apache/mxnet"]


@pytest.fixture(scope="module")
def jax_log(recorded) -> list[Commit]:
    return log(recorded / "git_history/jax_commits_cec06d116c05.csv.gz")


@pytest.fixture(scope="module")
def flax_log(recorded) -> list[Commit]:
    return log(recorded / "git_history/flax_commits_18f8f311c275.csv.gz")


@pytest.fixture(scope="module")
def jax_mondays(jax_log) -> dict[tuple[str, datetime], float | None]:
    return counted(jax_log)


@pytest.fixture(scope="module")
def excerpt(recorded, catalog) -> dict[tuple[str, str, datetime], Observation]:
    read = best_of.read(rows_of(recorded / EXCERPT), recorded / EXCERPT, catalog, NOW)
    kept = [one for result in read if isinstance(result, Told) for one in result.observations]
    return {(one.subject, one.metric, one.valid_at): one for one in kept}


def rows_of(file: Path) -> list[dict[str, str]]:
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def log(file: Path) -> list[Commit]:
    return sorted(commit(row, NOW) for row in rows_of(file))


def sizes(commits: list[Commit]) -> tuple[int, int, int]:
    return len(commits), sum(one.is_merge for one in commits), len({one.author for one in commits})


def ninety_days(commits: list[Commit]) -> tuple[int, int]:
    recent = [one for one in commits if 0 < (NEW_YEAR - one.committed_at).total_seconds() <= 90 * 86_400]
    return len(recent), len({one.author for one in recent})


def counted(commits: list[Commit]) -> dict[tuple[str, datetime], float | None]:
    return {(one.metric, one.valid_at): one.value for one in mondays(commits, "jax")}


def at(text: str, author: str = "ann", *, is_merge: bool = False) -> Commit:
    return Commit(datetime.fromisoformat(text), author, is_merge)


def best_of_row(**changed: str | None) -> dict[str, str | None]:
    return {"snapshot_date": "2022-01-06", "github_id": "pytorch/pytorch", "star_count": "5", **changed}


def read_best_of(row, catalog):
    return next(iter(best_of.read([row], Path("rows.csv"), catalog, NOW)))


def ranking_row(**changed: str) -> dict[str, str]:
    plain = {"snapshot_date": "2022-01-06", "username": "pytorch", "repo_name": "pytorch"}
    return {**plain, "stars": "100", "forks": "20", "issues": "3", **changed}


def highest_stars(read) -> dict[tuple[str, datetime], float]:
    highest: dict[tuple[str, datetime], float] = {}
    for one in (one for result in read if isinstance(result, Told) for one in result.observations):
        if one.metric == "github.stars" and one.status is Status.MEASURED:
            highest[one.subject, one.valid_at] = max(one.value, highest.get((one.subject, one.valid_at), 0))
    return highest


@pytest.mark.parametrize("text", ["1970-01-01", "2007-12-31", "2202-01-01", "9999-12-31", "0001-01-01"])
def test_a_row_of_a_day_that_cannot_have_been_is_refused_with_the_reason(text):
    with pytest.raises(ValueError, match=f"nobody can have looked on {text}"):
        day(text, NOW)


@pytest.mark.parametrize("text", ["2008-02-01", "2024-02-29", "2025-12-31"])
def test_a_day_that_has_been_is_read(text):
    assert f"{day(text, NOW):%Y-%m-%d}" == text


@pytest.mark.parametrize(
    "moment", [datetime(1970, 1, 1), datetime(1989, 12, 31), datetime(2030, 1, 1), datetime(9999, 1, 1)]
)
def test_a_commit_that_cannot_have_been_made_is_refused_and_makes_no_mondays(moment):
    stamp = int((moment - datetime(1970, 1, 1)).total_seconds())

    with pytest.raises(ValueError, match="which cannot be"):
        commit({"committer_ts": str(stamp), "n_parents": "1", "author_email_sha256_12": "a"}, NOW)
