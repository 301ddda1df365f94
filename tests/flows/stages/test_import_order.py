"""Files of trackers come in any order and any parts: what follows from them in the end is one and the same."""

import csv
import io
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl
import pytest

from catalog.moments import midnight
from flows.settings import Settings, load_settings
from flows.stages.importing import import_files
from flows.stages.score import compute_scores
from scoring.rubric_files import available, load
from tests.whole import amount, long
from warehouse.query import rows
from warehouse.reader import open_reader

ORDERS = amount(1, 50)
FIRST, WEEKS = date(2020, 12, 3), 160
CUTS = (date(2022, 7, 18), date(2024, 1, 1))
SILENT = (date(2021, 10, 7), date(2021, 12, 2))
JUMPED_ON, REBASED_ON, STOPPED_ON = date(2022, 7, 21), date(2022, 3, 3), date(2021, 6, 3)
SCORED = (date(2021, 7, 1), date(2022, 9, 1), date(2023, 12, 1))
FEW = """
schema = 1
mode = "replace"
[[subject]]
id = "lively"
name = "Lively"
kind = "framework"
github = "some/lively"
[[subject]]
id = "still"
name = "Still"
kind = "framework"
github = "some/still"
"""
WORDS = """
  select subject, metric, method, source, valid_at, value, lo, hi, n, definition, unit, status from observation_current
  where status in ('measured', 'derived') order by all
"""
HELD = (
    "select subject, metric, source, valid_at, value from observation_current where reason = 'quarantined' order by all"
)
SHIFTS = """
  select subject, metric, source, valid_at, kind, value from quality_event
  where kind in ('quarantined', 'level_shift', 'released')
  qualify row_number() over (partition by subject, metric, source, valid_at order by known_at desc) = 1
    and kind <> 'released'
  order by all
"""


class Left(NamedTuple):
    """What imports leave: the good values, what is held back, the events that stand, and scores."""

    words: list[tuple]
    held: list[tuple]
    events: list[tuple]
    scores: list[pl.DataFrame]


@pytest.mark.parametrize("seed", range(ORDERS))
def test_files_in_any_order_leave_the_same_values_states_gains_and_scores(seed, in_order, files, tmp_path, monkeypatch):
    parts = shuffled(files, random.Random(seed))  # noqa: S311 - an order, not a secret

    left = left_by(parts, settings_in(tmp_path, monkeypatch))

    assert left.words == in_order.words
    assert left.held == in_order.held
    assert left.events == in_order.events
    assert all(mine.equals(theirs) for mine, theirs in zip(left.scores, in_order.scores, strict=True))


@long
def test_the_newest_file_first_leaves_nothing_of_the_past_unsaid(in_order, files, tmp_path, monkeypatch):
    left = left_by([[one] for one in reversed(files)], settings_in(tmp_path, monkeypatch))

    derived = [row for row in in_order.words if row[2] == "reconstructed"]
    assert [row for row in left.words if row[2] == "reconstructed"] == derived
    assert {row[1] for row in derived} == {
        "liveness.main",
        "github.commits_90d",
        "github.stars_new_365d",
        "github.contributors_new_365d",
    }
    assert all(mine.equals(theirs) for mine, theirs in zip(left.scores, in_order.scores, strict=True))


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[Path]:
    """The files in order of time."""
    return list(written(tmp_path_factory.mktemp("files")))


@pytest.fixture(scope="module")
def in_order(files, tmp_path_factory) -> Left:
    with pytest.MonkeyPatch.context() as patch:
        return left_by([files], settings_in(tmp_path_factory.mktemp("home"), patch))


def shuffled(files: Sequence[Path], draw: random.Random) -> list[list[Path]]:
    """Return the files in a random order, some of them together; one comes twice."""
    mixed = [*draw.sample(files, len(files)), draw.choice(files)]
    parts: list[list[Path]] = [[]]
    for file in mixed:
        if parts[-1] and draw.random() < 0.4:
            parts.append([])
        parts[-1].append(file)
    return parts


def left_by(parts: Iterable[Sequence[Path]], settings: Settings) -> Left:
    for part in parts:
        import_files(settings, part)
    with open_reader(settings.published) as reader:
        told = [reader.sql(query).fetchall() for query in (WORDS, HELD, SHIFTS)]
        return Left(*told, list(scores(reader)))


def scores(reader: duckdb.DuckDBPyConnection) -> Iterator[pl.DataFrame]:
    known_at = rows(reader, "newest_knowledge")[0]["known_at"]
    for rubric in map(load, available()):
        seen = compute_scores(reader, [midnight(day) for day in SCORED], rubric, known_at)
        yield seen.scored.dimensions.sort(pl.all())


def settings_in(home: Path, patch: pytest.MonkeyPatch) -> Settings:
    (home / "own.toml").write_text(FEW, encoding="utf-8")
    patch.chdir(home)
    patch.setenv("SPEEDSCORE_CATALOG", str(home / "own.toml"))
    patch.setenv("SPEEDSCORE_HOME_DIR", str(home))
    return load_settings()


def written(folder: Path) -> Iterator[Path]:
    """Write the files of four kinds of trackers: a framework that grows, and one that stopped in June 2021."""
    best_of, ranking = list(snapshots()), list(rankings())
    start = FIRST
    for end in CUTS:
        for kind, looks in (("best-of", best_of), ("ranking", ranking)):
            some = [row for row in looks if start.isoformat() <= row["snapshot_date"] < end.isoformat()]
            yield table(folder / f"{kind}-until-{end}.csv", some)
        start = end
    yield table(folder / "still_commits.csv", list(commits()))
    for name in ("stars", "issues_new"):
        path = folder / "some/lively" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({f"{2021 + n // 12}-{n % 12 + 1:02}": 500 + n for n in range(30)}), encoding="utf-8")
        yield path


def days() -> Iterator[tuple[int, date]]:
    """Give the weeks on which the trackers looked; they were silent for a while."""
    for number in range(WEEKS):
        day = FIRST + timedelta(weeks=number)
        if not SILENT[0] <= day < SILENT[1]:
            yield number, day


def snapshots() -> Iterator[dict[str, object]]:
    for number, day in days():
        has_failed = number % 31 == 17
        plain = {"snapshot_date": day.isoformat(), "projectrank": 39, "closed_issue_count": "" if has_failed else 9_000}
        lively = {
            "github_id": "some/lively",
            "star_count": 45_000 + 180 * number,
            "fork_count": (12_000 if day < REBASED_ON else 10_200) + 20 * number,
            "contributor_count": 500 if has_failed else 2_000 + 14 * number,
            "open_issue_count": 6_000 + 10 * number,
            "commit_count": 33_000 + 190 * number + (1_700 if day >= JUMPED_ON else 0),
            "recent_commit_count": 2_400 + number % 7,
            "last_commit_pushed_at": f"{day - timedelta(days=1)} 12:00:00",
        }
        last = min(day, STOPPED_ON)
        still = {
            "github_id": "some/still",
            "star_count": 19_000 + 12 * number,
            "fork_count": 6_800,
            "contributor_count": 850 + number // 4,
            "open_issue_count": 1_800,
            "commit_count": 11_000 + 20 * ((last - FIRST).days // 7),
            "recent_commit_count": "",
            "last_commit_pushed_at": f"{last} 00:00:00",
        }
        yield plain | lively
        yield plain | still


def rankings() -> Iterator[dict[str, object]]:
    for number, day in days():
        plain = {"snapshot_date": day.isoformat(), "rank": 1, "item": "top", "repo_name": "lively"}
        yield plain | {
            "stars": 45_010 + 181 * number,
            "forks": 12_000 + 20 * number,
            "username": "some",
            "issues": 6_000,
        }


def commits() -> Iterator[dict[str, object]]:
    for number in range(400):
        moment = int(datetime(2020, 3, 2, tzinfo=UTC).timestamp()) + number * 100_000
        plain = {"sha": f"{number:x}", "author_ts": moment, "committer_ts": moment}
        yield plain | {"author_email_sha256_12": f"a{number % 9}", "n_parents": min(number, 1)}


def table(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path
