"""The table that explains a score: the worked example of docs/method.md, and corrections told apart from news."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from math import fsum

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from catalog.errors import InputError
from catalog.load import load_catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Status
from flows.settings import Settings, load_settings
from flows.stages.explain import Question, explanation
from flows.stages.land import land_observations, start_run
from flows.stages.score import score_day, score_days
from reports.explanation import explanation_json, explanation_markdown, explanation_rows
from scoring.lint import DIMENSIONS
from scoring.rubric_files import available, load
from scoring.score import score
from tests.scoring.builders import COLUMNS
from tests.whole import long

JANUARY, OCTOBER = datetime(2024, 2, 1), datetime(2025, 10, 20)
MEASURED = {
    "github.stars": (74_433, 93_800),
    "github.forks": (20_455, 27_000),
    "github.contributors": (4_609, 5_000),
    "github.commits_week": (238, 260),
}
EDITED = {"pwc.share_slope_pp": 1.0, "curated.official_server": 0.0, "curated.mobile": 4.0}
POINTS = {
    "pwc.share_slope_pp": -0.160,
    "curated.official_server": -0.133,
    "curated.mobile": 0.060,
    "github.forks": 0.010,
    "github.stars": 0.008,
    "github.contributors": 0.003,
    "github.commits_week": 0.0,
}
MATERIAL = ("pwc.share_slope_pp", "curated.official_server", "curated.mobile")


def test_the_worked_example_of_the_method_comes_out_point_by_point(home):
    found = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))

    assert {line.metric: round(line.points, 3) for line in found.lines} == POINTS
    assert tuple(line.metric for line in found.ranked[:3]) == MATERIAL
    assert found.total == pytest.approx(found.difference, abs=1e-9)
    assert found.difference == pytest.approx(fsum(POINTS.values()), abs=1e-3)
    assert {line.step for line in found.lines} == {"news"}
    assert found.is_material is False


def test_the_example_reads_as_a_person_would_tell_it(home):
    text = explanation_markdown(explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1")))

    assert "The score moved by **-0.2120**: no material change" in text
    assert "- +26% github.stars moved the score by +0.008\n" in text
    assert (
        "- pwc.share_slope_pp (+5 percentage points a year -> +1 percentage point a year) moved the score by -0.160"
        in text
    )
    assert "| absent | curated | -0.1333 |" in text
    assert "| good | excellent | curated | +0.0600 |" in text


def test_a_state_that_changes_is_told_as_states_and_not_in_per_cent(home):
    later = OCTOBER - timedelta(days=3)
    states = [("liveness.main", 4.0, JANUARY - timedelta(days=3)), ("liveness.main", 1.0, later)]
    derived = {"status": Status.DERIVED, "method": "exact"}
    told = [METRICS[metric].of("pytorch", on, value, **derived) for metric, value, on in states]
    land_observations(home, told, start_run("import"))

    found = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2026.2"))

    [line] = [line for line in found.lines if line.metric == "liveness.main" and line.before == 4.0]
    assert found.phrase(line).startswith("liveness.main (live -> declining) would move a Speed Score by -")


def test_the_table_ends_with_the_sum_and_its_bars_lean_to_the_side_of_their_points(home):
    rows = explanation_rows(explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1")))

    assert [row[""] for row in rows[:3]] == ["-----|     ", " ----|     ", "     |++   "]
    assert rows[1]["change"] == "present -> absent (curated)"
    assert (rows[-1]["metric"], rows[-1]["points"]) == ("sum", "-0.2120")


def test_a_correction_is_told_apart_from_news(home):
    """The Stack Overflow count was that of another tag; the correction is learned after the score was first kept."""
    score_days(home, [JANUARY], "2024.1")
    land_observations(home, [measured("stackoverflow.questions", 22_600, datetime(2024, 1, 20))], start_run("import"))

    found = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))

    assert [line.metric for line in found.lines if line.step == "revision"] == ["stackoverflow.questions"]
    assert list(found.steps) == ["revision", "news"]
    assert found.total == pytest.approx(found.difference, abs=1e-9)


@long
def test_one_day_at_two_moments_of_knowledge_shows_the_correction_alone(home):
    score_days(home, [JANUARY], "2024.1")
    land_observations(home, [measured("stackoverflow.questions", 22_600, datetime(2024, 1, 20))], start_run("import"))

    found = explanation(home, Question("pytorch", JANUARY, JANUARY, "2024.1"))

    assert list(found.steps) == ["revision"]
    assert found.total == pytest.approx(found.difference, abs=1e-9)
    assert [(line.before, line.after) for line in found.lines] == [(85_000, 22_600)]


@long
def test_the_moments_of_knowledge_can_be_named(home):
    landed = land_observations(
        home, [measured("stackoverflow.questions", 22_600, datetime(2024, 1, 20))], start_run("import")
    )
    before = landed.known_at - timedelta(microseconds=1)

    blind = explanation(home, Question("pytorch", JANUARY, JANUARY, "2024.1", known_from=before, known_at=before))
    seeing = explanation(home, Question("pytorch", JANUARY, JANUARY, "2024.1", known_from=before))

    assert blind.lines == []
    assert [line.metric for line in seeing.lines] == ["stackoverflow.questions"]


def test_another_rubric_is_a_step_of_its_own(home):
    found = explanation(home, Question("pytorch", datetime(2024, 1, 20), datetime(2026, 1, 10)))

    told = json.loads(explanation_json(found))
    assert all("would move a Speed Score by" in move["text"] for move in told["moves"] if move["text"])
    assert (told["from"]["rubric"], told["to"]["rubric"]) == ("2024.1", "2026.2")
    assert {move["step"] for move in told["moves"]} <= {"rubric", "news"}
    assert told["difference"] is None


def test_what_was_newly_seen_is_told_apart_from_news_and_the_parts_sum(home):
    """Two of the answers go and one comes; the rest is known on both days."""
    facts = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))
    came, went, *rest = facts.lines
    lines = [replace(came, kind="coverage", before=None), replace(went, kind="coverage", after=None), *rest]
    told = replace(facts, lines=lines)

    assert facts.knowledge == {}
    assert told.knowledge["newly seen"] == came.points
    assert told.knowledge["no longer fresh"] == went.points
    assert fsum(told.knowledge.values()) == pytest.approx(told.total, abs=1e-12)
    assert any(line.startswith(f"newly seen: {came.points:+.4f}; no longer fresh: ") for line in told.summary)
    assert "- newly seen: " in explanation_markdown(told)


def test_a_dimension_that_is_withheld_or_not_known_is_told_so_and_not_as_a_score(home):
    facts = explanation(home, Question("jax", JANUARY, datetime(2026, 11, 30), "2026.2"))
    whole = {line.metric: line for line in facts.lines if line.metric == line.dimension}

    assert facts.after["production"] is None
    assert facts.told(whole["production"]) == "not known -> withheld (came)"
    assert facts.told(replace(whole["production"], after=None)) == "not known -> not known (as before)"


def test_an_end_tells_its_score_before_rounding_and_as_it_is_shown(home):
    facts = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))

    assert facts.summary[0] == "as of 2024-02-01, rubric 2024.1: 8.9755 before rounding, shown as 9.0"


def test_of_a_subject_that_was_not_known_at_the_end_nothing_is_explained(home):
    with pytest.raises(InputError, match=r"^nothing was stored of polars yet at "):
        explanation(home, Question("polars", JANUARY, OCTOBER))


@pytest.mark.parametrize("rubric", available())
def test_of_nobody_there_are_no_scores(rubric):
    day = pl.DataFrame({"as_of": [JANUARY]}, schema={"as_of": pl.Datetime("us")})
    nobody = pl.DataFrame(schema={"subject": pl.String, "name": pl.String, "kind": pl.String})

    scored = score(pl.DataFrame(schema=COLUMNS), nobody, day, load(rubric))

    assert scored.scores.is_empty()
    assert {*DIMENSIONS} < {*scored.scores.columns}


def test_figures_are_told_in_their_units(home):
    facts = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))
    lines = {line.metric: line for line in facts.lines}

    assert facts.told(lines["github.stars"]) == "74,433 accounts -> 93,800 accounts (+26%)"
    assert facts.told(lines["github.commits_week"]) == "238 commits a week -> 260 commits a week (+9%)"


def test_what_is_not_known_at_an_end_is_told_in_words(home):
    facts = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2024.1"))
    line = replace(facts.lines[0], metric="curated.mobile", kind="coverage", before=None, after=3.0)

    assert facts.told(line) == "nothing fresh -> good (came)"


@pytest.mark.parametrize(
    ("seen_on", "ends", "change", "part"),
    [
        ("October", (None, 4.0), "came", "newly seen"),
        ("January", (4.0, None), "went", "no longer fresh"),
    ],
)
def test_a_state_that_was_not_known_is_no_news_and_one_that_is_too_old_is_not_told_as_known(
    home, seen_on, ends, change, part
):
    """What backs a capability counts at its worst while nobody knows its state."""
    on = {"January": JANUARY, "October": OCTOBER}[seen_on] - timedelta(days=3)
    state = METRICS["liveness.mobile"].of("pytorch", on, 4.0, status=Status.DERIVED, method="exact")
    land_observations(home, [state], start_run("import"))

    found = explanation(home, Question("pytorch", JANUARY, OCTOBER, "2026.2"))

    [line] = [line for line in found.lines if line.metric == "liveness.mobile"]
    assert (line.before, line.after) == ends
    assert found.change(line) == change
    others = [one for one in found.lines if one.kind == "coverage" and found.change(one) == change]
    assert found.knowledge[part] == pytest.approx(fsum(one.points or 0.0 for one in [line, *others]), abs=1e-9)
    assert fsum(found.knowledge.values()) == pytest.approx(found.total, abs=1e-9)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Settings:
    """Return a home where PyTorch is judged in January 2024 and again, after three edits, in October 2025."""
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    settings = load_settings()
    seed = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    again = [edited(one) for one in seed if one.metric not in MEASURED]
    then, now = (
        [measured(name, values[place], on) for name, values in MEASURED.items()]
        for place, on in enumerate((JANUARY - timedelta(days=1), OCTOBER - timedelta(days=1)))
    )
    land_observations(settings, [*again, *then, *now], start_run("import"))
    return settings


def edited(seed: Observation) -> Observation:
    value = EDITED.get(seed.metric, seed.value)
    more = {"status": Status.CURATED, "method": "curated", "source": "review", "valid_until": datetime(2026, 4, 1)}
    return METRICS[seed.metric].of(seed.subject, OCTOBER - timedelta(days=9), value, **more)


def measured(metric: str, value: float, on: datetime) -> Observation:
    return METRICS[metric].of("pytorch", on, value, source="archive")


@pytest.mark.parametrize("rubric", available())
def test_some_subjects_are_scored_as_among_all(home, rubric):
    some = ["jax", "pytorch"]
    whole, alone = score_day(home, OCTOBER, rubric), score_day(home, OCTOBER, rubric, some)

    assert alone.scored.contributions.height > 50
    for frames in (whole.scored, whole.drawn):
        among = {name: frame.filter(pl.col("subject").is_in(some)) for name, frame in vars(frames).items()}
        mine = vars(alone.scored if frames is whole.scored else alone.drawn)
        for name, frame in among.items():
            if name != "ranks":
                own = mine[name].filter(pl.col("subject").is_in(some))
                alike = frame.drop("peers", "p_first", strict=False), own.drop("peers", "p_first", strict=False)
                assert_frame_equal(*alike, check_exact=True)


def test_who_asks_about_few_under_a_rubric_of_floors_reads_of_nobody_else(home):
    assert set(score_day(home, OCTOBER, "2026.2", ["jax", "pytorch"]).scored.scores["subject"]) == {"jax", "pytorch"}
