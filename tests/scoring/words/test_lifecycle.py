"""The state of a project's life is told from its repository, and nobody is called live of whom that is not known."""

from datetime import date, datetime

import pytest

from scoring.words.lifecycle import FLAG, MAIN, PUSH, RELEASE, lifecycle
from scoring.words.products import products

MAY_DAY = datetime(2024, 5, 1)


def row(value: float) -> dict[str, object]:
    return {"value": value, "valid_at": MAY_DAY}


@pytest.mark.parametrize(
    ("signs", "state", "headline"),
    [
        ({FLAG: 1, MAIN: 4, PUSH: 31}, "archived", "archived"),
        ({FLAG: 0, MAIN: 0, PUSH: 31}, "retired", "retired since 2024-03-31"),
        ({MAIN: 0}, "retired", "retired"),
        ({FLAG: 0, MAIN: 1}, "declining", "declining"),
        ({FLAG: 0, MAIN: 2}, "live", "live"),
        ({FLAG: 0, MAIN: 4}, "live", "live"),
        ({MAIN: 4}, "not known", "state not known"),
        ({FLAG: 0}, "not known", "state not known"),
        ({}, "not known", "state not known"),
    ],
)
def test_a_state_is_told_from_the_repository(signs, state, headline):
    found = lifecycle({name: row(value) for name, value in signs.items()}, {})

    assert (found.state, found.headline) == (state, headline)


def test_a_live_project_says_when_it_was_last_worked_on():
    found = lifecycle({FLAG: row(0), MAIN: row(4), PUSH: row(1), RELEASE: row(30)}, {})

    assert found.sentence == "Last push on 2024-04-30, last release on 2024-04-01."
    assert found.since is None


def test_what_is_past_its_age_tells_only_what_was_last_seen():
    found = lifecycle({}, {FLAG: row(0), MAIN: row(4), PUSH: row(1)})

    assert found.state == "not known"
    assert (
        found.sentence == "Whether it is still maintained is not known; the last push that was seen is of 2024-04-30."
    )


def test_an_ended_project_ended_with_its_last_push():
    assert lifecycle({FLAG: row(1), PUSH: row(1)}, {}).since == date(2024, 4, 30)


@pytest.mark.parametrize(
    ("metric", "source", "quote", "names"),
    [
        ("curated.official_server", "seed card", "TorchServe", ("TorchServe",)),
        (
            "curated.managed_clouds",
            "seed card",
            "SageMaker, Azure ML, Vertex AI",
            ("SageMaker", "Azure ML", "Vertex AI"),
        ),
        ("curated.web", "seed card", "Web: ONNX.js, experimental", ("ONNX.js",)),
        ("curated.shared_server", "Triton backend README", "TensorRT or KServe", ("Triton",)),
        ("curated.monitoring", "demo", "invented", ()),
        ("curated.web", None, None, ()),
        ("github.stars", "TorchServe README", None, ()),
    ],
)
def test_a_product_is_named_only_where_the_evidence_names_it(metric, source, quote, names):
    assert products(metric, source, quote) == names
