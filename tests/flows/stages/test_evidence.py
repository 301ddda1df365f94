"""Facts that re-read themselves: confirmed nights move the day of review, changed words are doubted, scores are proved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stamina

from flows.replica import Fault, Server, build_world
from flows.replica.demo import QUOTE, demo_catalog, demo_facts, demo_subjects
from flows.settings import Settings, load_settings
from flows.stages.collect import collect_source
from flows.stages.nightly import land_night
from flows.stages.score import default_days, score_days
from flows.stages.verify import verify_scores
from tests.today import TODAY, begin
from tests.whole import long
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "jax")
ALWAYS = float("inf")


def test_a_night_confirms_what_still_stands_and_no_later_landing_forgets_it(tmp_path: Path) -> None:
    with nights(tmp_path) as settings:
        night(settings, "evidence")
        first = ends(tmp_path)
        night(settings, "discord")

        assert {subject for subject, _ in first} == set(SUBJECTS)
        assert max(until.date() for until in first.values()) > TODAY.date() + timedelta(days=400)
        assert min(until.date() for until in first.values()) >= TODAY.date() + timedelta(days=170)
        assert ends(tmp_path) == first
        assert reviews(tmp_path) == set()


@long
def test_scores_from_before_a_confirmation_are_still_proved(tmp_path: Path) -> None:
    with nights(tmp_path) as settings:
        for source in ("discord", "evidence"):
            night(settings, source)
            score_days(settings, default_days())

        done = verify_scores(settings)
        count, different = done.scores, done.differences
        assert count > 0
        assert different.is_empty()


def test_words_that_changed_and_pages_that_are_gone_open_rows_of_the_review_queue_at_once(tmp_path: Path) -> None:
    gone = Fault(prefix="/pages/https://demo.invalid/jax", kind="status:404", times=ALWAYS)
    with nights(tmp_path, gone) as settings:
        path = tmp_path / "catalog.toml"
        path.write_text(path.read_text("utf-8").replace(QUOTE, "words that stood here once"), "utf-8")
        night(settings, "evidence")

        assert reviews(tmp_path) == {("pytorch", "words_changed"), ("jax", "page_gone")}
        assert not [end for end in ends(tmp_path).values() if end.date() > TODAY.date() + timedelta(days=170)]


def test_what_a_page_said_of_other_words_or_another_page_is_no_word_on_a_fact_that_was_put_right(
    tmp_path: Path,
) -> None:
    gone = Fault(prefix="/pages/https://demo.invalid/jax", kind="status:404", times=ALWAYS)
    with nights(tmp_path, gone) as settings:
        path = tmp_path / "catalog.toml"
        right = path.read_text("utf-8")
        path.write_text(right.replace(QUOTE, "words that stood here once"), "utf-8")
        night(settings, "evidence")
        assert reviews(tmp_path)

        path.write_text(right.replace("https://demo.invalid/jax", "https://demo.invalid/moved/jax"), "utf-8")
        night(load_settings(home_dir=tmp_path / "home", catalog=path), "discord")

        assert reviews(tmp_path) == set()


def test_a_night_without_an_answer_changes_no_fact(tmp_path: Path) -> None:
    with nights(tmp_path, Fault(prefix="/pages/", kind="status:503", times=ALWAYS)) as settings:
        night(settings, "discord")
        before = ends(tmp_path)
        night(settings, "evidence")

        assert ends(tmp_path) == before
        assert reviews(tmp_path) == set()


@contextmanager
def nights(folder: Path, *faults: Fault) -> Iterator[Settings]:
    """Serve a world of two subjects and give the settings that point at it."""
    subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
    with Server(build_world(subjects, TODAY.date()), faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        facts = demo_facts(subjects, TODAY.date(), 1)
        (folder / "catalog.toml").write_text(demo_catalog(subjects, facts, server.url), "utf-8")
        for name, value in server.environment().items():
            patch.setenv(name, value)
        patch.chdir(folder)
        yield load_settings(home_dir=folder / "home", catalog=folder / "catalog.toml")


def night(settings: Settings, source: str) -> None:
    run_start = begin()
    land_night(settings, [collect_source(source, settings, run_start, [])], run_start)


def ends(folder: Path) -> dict[tuple[str, str], datetime]:
    """Return the day up to which each fact counts, by the last word on it."""
    with open_reader(folder / "home" / "speedscore.duckdb") as connection:
        found = connection.execute(
            "select subject, metric, valid_until from observation_current where status = 'curated'"
        ).fetchall()
    return {(subject, metric): until for subject, metric, until in found}


def reviews(folder: Path) -> set[tuple[str, str]]:
    with open_reader(folder / "home" / "speedscore.duckdb") as connection:
        return set(connection.execute("select subject, finding from review_queue where closed_at is null").fetchall())


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)
