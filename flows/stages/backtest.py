"""Gather what backtests look at: recordings of many projects, and the warehouse of one's own."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars as pl

from catalog.audit import audits
from catalog.errors import InputError
from catalog.load import Catalog
from catalog.moments import midnight
from catalog.subject import Subject
from collectors.trackers import best_of
from collectors.trackers.files import read_file, text_of
from collectors.trackers.tracker import day
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import land_shipped_once, score_day
from scoring.backtests.abandonment import forecast, foretold, thirds
from scoring.backtests.scenarios import rank_robustness, without_each
from scoring.backtests.survival import Auc, Start, outcomes, signals_on, starts, survival, with_ecosystems
from scoring.backtests.tricks import gains
from scoring.backtests.weights import effective_weights, redundant
from scoring.rubric import Rubric
from scoring.rubric_files import available, default_on, load
from scoring.score import Scored, score
from warehouse.frame import frame
from warehouse.query import rows
from warehouse.scores import evidence, subjects_known

SNAPSHOTS = "*_projects.csv*"
SEEN: dict[str, type[pl.DataType] | pl.DataType] = {
    "subject": pl.String,
    "day": pl.Date,
    "active_at": pl.Datetime("us"),
}
BASELINE = "last_push"


def survival_of(folder: Path) -> Iterator[tuple[Start, list[Auc]]]:
    """Yield each forecast that the whole snapshots of a folder allow, and how well each signal did."""
    files = _snapshots(folder)
    found = _readings(files, _everybody(files))
    rubrics = {name: load(name) for name in available()}
    for start in starts(found["day"].unique()):
        yield start, survival(outcomes(found, start), start.day, rubrics)


def abandonment_of(folder: Path) -> Iterator[tuple[Start, pl.DataFrame, pl.DataFrame]]:
    """Yield each forecast, how well each signal foretold who is given up, and the fate of thirds by the newest mark."""
    files = _snapshots(folder)
    catalog = _everybody(files)
    found = _readings(files, catalog)
    seen = pl.DataFrame(_seen(files, catalog), schema=SEEN, orient="row")
    rubrics = {name: load(name) for name in available()}
    for start in starts(found["day"].unique()):
        known = with_ecosystems(signals_on(found, start), start.day, rubrics)
        signals, came = forecast(known, seen, start.day, start.outcome_to)
        yield start, foretold(signals, came, BASELINE), thirds(signals[f"ecosystem {available()[-1]}"], came)


def _seen(files: list[Path], catalog: Catalog) -> Iterator[tuple[str, date, datetime]]:
    """Yield when each project of each snapshot was last active."""
    ids = {subject.github.lower(): subject.id for subject in catalog.subjects}
    for file in files:
        snapshot = _day_of(file)
        with text_of(file) as lines:
            yield from ((ids[name], snapshot, moment) for name, moment in best_of.activity(csv.DictReader(lines)))


def _snapshots(folder: Path) -> list[Path]:
    """Return the whole snapshots of a folder, each with its day in its name; raise InputError where it has none."""
    files = [file for file in sorted(folder.rglob(SNAPSHOTS)) if best_of.dated(file.name)]
    if not files:
        raise InputError(
            f"{folder}: no whole snapshots of best-of-ml-python ({SNAPSHOTS}); name a folder that has some"
        )
    return files


def _day_of(file: Path) -> date:
    """Return the day of a whole snapshot; raise InputError where its name tells none that has been."""
    try:
        return day(best_of.dated(file.name), utc_now()).date()
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error


def _readings(files: list[Path], catalog: Catalog) -> pl.DataFrame:
    """Return subject, metric, day and value of everything that the snapshots count."""
    read = [one for file in files for one in read_file(file, catalog, utc_now())[1]]
    return frame(read).select("subject", "metric", "value", day=pl.col("valid_at").dt.date())


def seed_again(settings: Settings) -> list[dict[str, object]]:
    """Score each audited card again from the warehouse; give a row for each published figure."""
    found = []
    for card in audits():
        day = midnight(card.as_of)
        seen = score_day(settings, day, card.rubric)
        row = seen.scored.scores.filter(pl.col("subject") == card.subject).row(0, named=True)
        found += [
            {"subject": card.subject, "as_of": day, "figure": name, "published": said, "scored": row[name]}
            for name, said in card.published.items()
        ]
    return found


def ranks_of(settings: Settings, as_of: datetime, rubric: str | None) -> pl.DataFrame:
    """Return how the ranking of a day bears other worlds."""
    seen = score_day(settings, as_of, rubric)
    return rank_robustness(seen.marked, seen.scored, seen.rubric)


def peers_left_out(settings: Settings, as_of: datetime, rubric_id: str | None) -> pl.DataFrame:
    """Leave out each subject in turn; give how far any number of the others moved."""
    known, subjects, day, rubric = _known(settings, as_of, rubric_id)

    def score_of(some: pl.DataFrame) -> Scored:
        return score(known, some, day, rubric)

    return without_each(subjects, score_of)


def trick_gains(settings: Settings, as_of: datetime, rubric_id: str | None) -> pl.DataFrame:
    """Return what each cheap trick would add to each subject's score."""
    return gains(*_known(settings, as_of, rubric_id))


def weights_of(settings: Settings, as_of: datetime, rubric_id: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the nominal and effective weights of a day, and the figures that say the same."""
    scored = score(*_known(settings, as_of, rubric_id))
    return effective_weights(scored), redundant(scored)


def _known(
    settings: Settings, as_of: datetime, rubric_id: str | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, Rubric]:
    """Return all evidence of a day, its subjects, the day, and its rubric."""
    rubric: Rubric = load(rubric_id or default_on(as_of))
    land_shipped_once(settings)
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        known = evidence(connection, rubric.metrics(), known_at, as_of)
        subjects = subjects_known(connection, known_at)
    return known, subjects, pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")}), rubric


def _everybody(files: list[Path]) -> Catalog:
    """Follow every project that any of the files names."""
    names: dict[str, None] = {}
    for file in files:
        with text_of(file) as lines:
            names |= dict.fromkeys(best_of.projects(csv.DictReader(lines)))
    subjects = (Subject(id=f"p{number}", name=name, kind="project", github=name) for number, name in enumerate(names))
    return Catalog(subjects=tuple(subjects))
