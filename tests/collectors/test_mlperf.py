"""MLPerf: free text is read as far as it goes, and the newest round is found by its version."""

from datetime import datetime
from typing import Any

import pytest

from catalog.load import load_catalog
from catalog.observation import Reason
from collectors import mlperf
from collectors.errors import ChangedError
from collectors.mlperf import Round, newest_round, read_framework, shares, words
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import Asked, Reply, Wire, as_json

HERE = Round((4, 0), "mlcommons/training_results_v4.0", datetime(2024, 6, 12))
SUBJECTS = load_catalog().subjects


def test_the_recorded_round_names_what_the_recording_says(recorded):
    systems = sorted((recorded / "mlperf/training_v4.0/systems").glob("*.json"))
    texts = [read_framework(path.read_text("utf-8")) for path in systems]

    found = {one.subject: one for one in shares(texts, [one for one in SUBJECTS if one.mlperf_names], HERE)}

    named = {subject: round(found[subject].value * 97) for subject in ("pytorch", "mxnet", "jax", "tensorflow")}
    assert named == {"pytorch": 53, "mxnet": 31, "jax": 4, "tensorflow": 0}
    assert {one.n for one in found.values()} == {97}


@pytest.mark.parametrize(
    ("text", "framework"),
    [
        ('{"framework": "PyTorch 2.2"}', "PyTorch 2.2"),
        ('{"framework": "PyTorch", "notes": "a "quoted" word", }', "PyTorch"),
        ('{"framework" : "MXNet\\t1.9", ', "MXNet\\t1.9"),
        ('{"frameworks": "PyTorch"}', None),
        ('{"framework": null}', None),
        ('{"framework": ["PyTorch"]}', None),
        ('{"framework": " "}', None),
        ('{"framework": "", }', None),
        ('\ufeff{"framework": "PyTorch"}', "PyTorch"),
        ("", None),
        (None, None),
        ("[1]", None),
    ],
)
def test_what_can_be_read_is_read(text, framework):
    assert read_framework(text) == framework


def test_what_cannot_be_read_widens_the_interval_and_moves_no_share():
    found = next(shares(["PyTorch", "JAX", None, "CUDA 12.3"], [named("pytorch")], HERE))

    assert (found.value, found.lo, found.hi, found.n) == (0.25, 0.25, 0.5, 4)
    assert found.valid_at == datetime(2024, 6, 12)


def test_a_name_is_a_word_of_its_own():
    assert words(["tf", "tf2"]).search("TF2.4 on TPU")
    assert not words(["tf", "tf2"]).search("tflite, mtf, stft")
    assert words(["tensorflow"]).search("TensorFlow2.15, TPU")
    assert words(["pytorch"]).search("NGC PyTorchv2.1")
    assert not words(["caffe"]).search("Caffe2, Caffe2 v1.0")


@pytest.mark.parametrize("texts", [[None], [None, None, "PyTorch"]])
def test_descriptions_of_which_most_cannot_be_read_tell_of_nobody(texts):
    with pytest.raises(ChangedError, match="name no framework"):
        list(shares(texts, [named("pytorch")], HERE))


def test_a_round_without_systems_has_changed():
    with pytest.raises(ChangedError, match="no system descriptions"):
        list(shares([], [named("pytorch")], HERE))


def test_the_newest_round_is_the_one_of_the_highest_version():
    found = newest_round([repository("training_results_v9.1"), repository("training_results_v10.0"), repository("ck")])

    assert (found.version, found.published_at) == ((10, 0), datetime(2026, 6, 3, 12))
    assert newest_round([repository("training_results_v4.0")]).published_at == datetime(2024, 6, 12)
    with pytest.raises(ChangedError, match="no repository of a training round"):
        newest_round([repository("inference_results_v4.0"), repository("training_results_v4.0_draft")])


def test_a_list_of_repositories_without_end_is_incomplete(server):
    def answer(_wire: Wire, _asked: Asked) -> Reply:
        if len(server.asked) > 50:
            return Reply(404)
        link = '<https://api.github.com/x?page=2>; rel="next"'
        return as_json([repository("training_results_v4.0")], link=link)

    server.answering = answer
    subject = named("pytorch")

    with upstream(server) as found:
        told = {one.reason for one in mlperf.collect([subject], found, HERE.published_at)}

    assert told == {Reason.INCOMPLETE}
    assert len(server.asked) <= 20


def test_the_repositories_of_this_file_are_as_github_describes_them(described):
    assert described.faults("/orgs/mlcommons/repos", [repository("training_results_v4.0")]) == []


# --- builders ---


def named(subject: str) -> Any:
    return next(one for one in SUBJECTS if one.id == subject)


def repository(name: str) -> dict[str, str]:
    return {"name": name, "full_name": f"mlcommons/{name}", "created_at": "2026-06-03T12:00:00Z"}
