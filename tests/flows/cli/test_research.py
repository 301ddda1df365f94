"""The commands on research: what they print of a file of labels, and what they say of none."""

import gzip
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.classifier import measured_counts
from catalog.errors import InputError
from flows.cli.app import app
from flows.stages.research import confusion_among_named, evaluation, labelled_at
from flows.stages.research_series import estimates
from tests.collectors.research.test_labelled import BARE, TORCH


def speedscore(*words):
    return CliRunner().invoke(app, words, catch_exceptions=False).stdout


@pytest.fixture
def labels(tmp_path):
    """Three repositories with labels, and one of which only the archive and a manifest say something."""
    missed = TORCH | {"repo": "a/missed", "label_primary": "jax", "label_pwc": "jax", "venue": None}
    plain = TORCH | {
        "repo": "a/plain",
        "label_primary": "none",
        "label_pwc": "none",
        "imports_by_file": [["a.py", ["os"]]],
    }
    bare = BARE | {"manifests": [{"path": "requirements.txt", "text": "tensorflow"}], "label_pwc": "tf"}
    file = tmp_path / "repositories.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, (TORCH, missed, plain, bare))).encode()))
    return file


def test_quality_is_told_in_all_by_period_and_against_the_archive(labels):
    found = evaluation(labelled_at(labels))

    rates = {row["framework"]: (row["precision"], row["recall"]) for row in found["frameworks"]}
    assert rates == {"pytorch": (0.5, 1.0), "jax": (None, 0.0), "tf": (None, None)}
    assert {row["period"] for row in found["periods"]} == {"ICML 2025", "committed 2025-2027"}
    assert [row["repository"] for row in found["disagreements"]] == ["a/missed"]
    assert found["manifests_alone"]["confusion"] == [{"truth": "tf", "told": "tf", "repositories": 1}]
    assert found["archive"]["all"]["labels"][0] == {"archive": "jax", "repositories": 1, "right": 0}
    assert found["archive"]["overlap"]["repositories"] == 0


def test_the_command_prints_tables_and_json(labels):
    plain, machine = (
        speedscore("research", "evaluate", str(labels)),
        speedscore("research", "evaluate", str(labels), "--json"),
    )

    assert "3 repositories, read by their imports" in plain
    assert json.loads(machine)["repositories"] == 3


def test_shares_follow_for_each_venue_and_over_all(labels, tmp_path):
    mentions = tmp_path / "h.csv"
    mentions.write_text("ICML,7/18,27,64,621\nICML,7/15,0,0,270\n")
    found = json.loads(speedscore("research", "estimate", str(labels), "--mentions", str(mentions), "--json"))

    told = {(one["series"], one["venue"], one["estimand"]): one for one in found if one["framework"] == "pytorch"}
    assert told["imports", "ICML", "E1"]["value"] == 0.5
    assert (told["imports", "all", "E2"]["value"], told["imports", "all", "E2"]["n"]) == (1, 1)
    assert told["mentions", "ICML", "E3"]["value"] == pytest.approx(27 / 91)
    assert len([one for one in found if one["series"] == "mentions"]) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"\x1f\x8b broken", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["labels.jsonl", "labels.jsonl.gz"])
def test_a_file_that_is_none_gets_one_sentence(tmp_path, body, name):
    file = tmp_path / name
    file.write_bytes(body)

    with pytest.raises(InputError, match=name):
        speedscore("research", "evaluate", str(file))


def test_a_path_that_is_not_there_gets_one_sentence(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        speedscore("research", "estimate", str(tmp_path))


def test_on_the_recorded_repositories_precision_and_recall_are_as_promised(recorded: Path):
    found = evaluation(labelled_at(recorded / "research"))

    rates = {row["framework"]: (row["precision"], row["recall"]) for row in found["frameworks"]}
    assert rates["pytorch"] == (pytest.approx(74 / 75), 1.0)
    assert rates["jax"] == rates["tf"] == (1.0, 1.0)
    assert [row["repository"] for row in found["disagreements"]] == [
        "hal-314/fastai-batch-size-finder",
        "leehomyc/Faster-High-Res-Neural-Inpainting",
    ]


def test_the_stated_error_of_shares_is_what_was_measured(recorded: Path):
    labelled = labelled_at(recorded / "research")

    for framework in ("pytorch", "tf", "jax", "mindspore", "paddle", "mxnet"):
        assert asdict(confusion_among_named(framework, labelled)) == measured_counts(framework)
    assert measured_counts("chainer") is None


def test_the_first_estimates_of_two_years_rest_on_what_was_read(recorded: Path):
    rows = {
        (one["year"], one["venue"], one["framework"], one["estimand"]): one
        for one in estimates(labelled_at(recorded / "research"))
    }

    assert (rows[2024, "all", "pytorch", "E2"]["value"], rows[2024, "all", "pytorch", "E2"]["n"]) == (1, 19)
    assert (rows[2025, "all", "pytorch", "E2"]["value"], rows[2025, "all", "pytorch", "E2"]["n"]) == (
        pytest.approx(16 / 18),
        18,
    )
