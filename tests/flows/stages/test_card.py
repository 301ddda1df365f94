"""The card from a warehouse: the seed line by line with its audit, and every figure's way back to its request."""

import json
from datetime import datetime

import pytest
from jsonschema import Draft202012Validator

from catalog.errors import InputError
from catalog.metric import METRICS
from catalog.observation import Observation, Status
from flows.settings import Settings, load_settings
from flows.stages.card import card_facts
from flows.stages.land import land_observations, start_run
from reports.card import as_html, as_json, as_markdown, schema
from tests.whole import long

JANUARY = datetime(2024, 1, 31)
SHA = "ab" * 32
ADDRESS = "https://api.example.org/repos/pytorch/pytorch"
SEED_LINES = (
    "Speed Score: (9.5 + 8.5 + 9.8 + 9.0 + 8.0) / 5 = 8.96 -> 9.0",
    "| Ecosystem health | 9.5 | ██████████ | 9.0 to 9.8 | 100% | - | Extremely strong; best at: contributors |",
    "| Production maturity | 8.5 | ",
    "| Research adoption | 9.8 | ",
    "| Learning curve | 9.0 | ",
    "| Performance | 8.0 | ",
    "Production-ready with minor gaps (web deployment)",
    "- Training speed at the largest scale decides.",
    'seed card: "77K+ stars"; measured 74,005 accounts (2023-12-31, github-ranking)',
    "Seed card 8.96, re-measured 8.8 +- 0.3 (8.92 without a close rate, 8.78 with a close rate of 0.45): commits",
    "- Cloud-first deployment (TorchServe, Triton, SageMaker, Azure ML and Vertex AI).",
    "- Web deployment is rated limited (ONNX.js).",
    "| stars | 77K+ | 74,433 (2024-01-15), 74,954 (2024-01-31); ",
)


@pytest.mark.parametrize("line", SEED_LINES)
def test_the_seed_card_comes_out_of_a_fresh_warehouse_line_by_line(seed, line):
    assert line in seed


def test_every_figure_of_the_seed_card_is_marked_as_its_own_with_its_words(home):
    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    figures = [row for row in found.figures if row["state"] in {"fresh", "unused"}]

    assert {row["source"] for row in figures} == {"seed card"}
    assert [row["metric"] for row in figures if not row["evidence"]["quote"]] == []


@long
def test_under_another_rubric_or_on_another_day_there_is_no_audit(home):
    assert card_facts(home, "pytorch", JANUARY, "2026.1")[0].audit is None
    assert card_facts(home, "pytorch", datetime(2024, 8, 1), "2024.1")[0].audit is None
    assert card_facts(home, "jax", JANUARY, "2024.1")[0].audit is None


def test_a_measured_figure_leads_to_its_request_its_raw_answer_and_its_run(home):
    landed = land_observations(home, [measured(80_000, url=ADDRESS, raw_sha256=SHA)], run := start_run("import"))

    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    [row] = [row for row in found.figures if row["metric"] == "github.stars"]

    assert (row["value"], row["source"], row["beside"]) == (80_000, "github", None)
    told = {name: row["evidence"][name] for name in ("url", "raw_sha256", "run_id", "known_at", "observed")}
    assert told == {"url": ADDRESS, "raw_sha256": SHA, "run_id": run.run_id, "known_at": landed.known_at,
                    "observed": "github.stars"}  # fmt: skip


def test_the_evidence_is_that_of_the_last_word(home):
    land_observations(home, [measured(80_000, url="https://api.example.org/first")], start_run("import"))
    land_observations(home, [measured(81_000, url=ADDRESS)], start_run("import"))

    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    [row] = [row for row in found.figures if row["metric"] == "github.stars"]

    assert (row["value"], row["evidence"]["url"]) == (81_000, ADDRESS)


@long
def test_a_value_that_was_withdrawn_and_came_back_leads_to_its_last_request(home):
    for value, url in (
        (80_000, "https://api.example.org/first"),
        (81_000, "https://api.example.org/second"),
        (80_000, ADDRESS),
    ):
        land_observations(home, [measured(value, url=url)], start_run("import"))

    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    [row] = [row for row in found.figures if row["metric"] == "github.stars"]

    assert (row["value"], row["evidence"]["url"]) == (80_000, ADDRESS)


def test_a_rate_of_issues_leads_to_the_walk_that_it_is_computed_from(home):
    rate, walk = METRICS["github.issue_close_30d"], METRICS["github.issues_walked"]
    days = [datetime(2024, 1, day) for day in (20, 25, 30)]
    walks = [walk.of("pytorch", day, 100, url=f"{ADDRESS}/issues?on={day:%d}") for day in days]
    told = rate.of("pytorch", days[1], 0.5, method="exact", status=Status.DERIVED)
    land_observations(home, [told, *walks], start_run("import"))

    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    [row] = [row for row in found.figures if row["metric"] == rate.name]

    assert (row["value"], row["evidence"]["via"]) == (0.5, "github.issues_walked")
    assert row["evidence"]["url"] == f"{ADDRESS}/issues?on=25"


def test_a_share_of_a_year_leads_to_the_year_that_was_observed(home):
    share = METRICS["pwc.share_neurips_2023"].of("pytorch", datetime(2024, 1, 20), 0.8, method="archived", url=ADDRESS)
    land_observations(home, [share], start_run("import"))

    [found] = card_facts(home, "pytorch", JANUARY, "2024.1")
    [row] = [row for row in found.figures if row["metric"] == "pwc.share_neurips"]

    assert (row["value"], row["evidence"]["observed"]) == (0.8, "pwc.share_neurips_2023")


def test_what_no_rubric_weighs_stands_beside_with_its_source_and_nothing_twice(home):
    land_observations(home, [measured(80_000, url=ADDRESS, raw_sha256=SHA)], start_run("import"))

    [old], [new] = (card_facts(home, "tensorflow", datetime(2026, 11, 25), one) for one in ("2024.1", "2026.1"))

    speeds = [row for row in old.companions if row["metric"] == "benchmark.rel_training"]
    assert {row["source"] for row in speeds} >= {"keras-3"}
    assert all(row["url"].startswith("https://") and row["dimension"] == "performance" for row in speeds)
    for found in (old, new):
        weighed = {row["metric"] for row in found.figures}
        assert not weighed & {row["metric"] for row in found.companions}
        assert "Beside it, not weighed" in as_markdown(found)
        assert "Beside it, not weighed" in as_html(found)
        assert list(Draft202012Validator(json.loads(schema())).iter_errors(json.loads(as_json(found)))) == []


@pytest.mark.parametrize("day", [JANUARY, datetime(2024, 8, 1), datetime(2018, 1, 1)])
def test_every_card_keeps_its_schema_and_can_be_written(home, day):
    validator = Draft202012Validator(json.loads(schema()))

    for found in card_facts(home, None, day, "2024.1"):
        assert [fault.message for fault in validator.iter_errors(json.loads(as_json(found)))] == []
        assert found.name in as_html(found)


@pytest.mark.parametrize("rubric", ["2024.1", "2026.2"])
def test_a_card_asked_for_alone_says_what_it_says_among_everybodys(home, rubric):
    among = {one.subject: as_json(one) for one in card_facts(home, None, datetime(2026, 11, 25), rubric)}

    for subject in ("pytorch", "flax", "onnxruntime"):
        [alone] = card_facts(home, subject, datetime(2026, 11, 25), rubric)
        assert as_json(alone) == among[subject]


def test_a_subject_of_which_nothing_is_stored_yet_has_no_card_and_is_told_so(home):
    land_observations(home, [], start_run("import"))

    with pytest.raises(
        InputError, match=r"^nothing was stored of polars yet at .*; `speedscore nightly` asks about it$"
    ):
        card_facts(home, "polars", JANUARY)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path / "home"))
    return load_settings()


@pytest.fixture(scope="module")
def seed(tmp_path_factory) -> str:
    """The card of January 2024 from what ships with the package."""
    home = tmp_path_factory.mktemp("home")
    [found] = card_facts(load_settings(home_dir=home), "pytorch", JANUARY, "2024.1")
    return as_markdown(found)


def measured(value: float, **more) -> Observation:
    return METRICS["github.stars"].of("pytorch", datetime(2024, 1, 25), value, **more)
