"""The facts that ship: each has its evidence, its day of review, and a repository that can be asked whether it lives."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from statistics import geometric_mean

import pytest

from catalog.benchmark import SUITES
from catalog.fact import Fact
from catalog.load import load_catalog, read_catalog
from catalog.metric import METRICS
from catalog.volatility import periods_d, review_day
from scoring import rubric_files as shelf

DAY = date(2026, 11, 24)
SEED = "pytorch_2024-01.toml"
BOOKS = sorted(file.name for file in files("catalog").joinpath("facts").iterdir() if file.name.endswith(".toml"))


def confirmed(fact: Fact) -> date:
    """Return the day on which the words were last found."""
    return fact.confirmed_on or fact.valid_from


CATALOG = load_catalog()
SUBJECTS = [subject.id for subject in CATALOG.subjects]
CURRENT = [fact for fact in CATALOG.facts if confirmed(fact) >= date(2026, 1, 1)]
BEHIND = {(one.subject, one.role) for one in CATALOG.repositories}
ROLES = sorted({one.backing.removeprefix("liveness.") for one in shelf.load("2026.1").criteria if one.backing})
PLAIN = Fact(subject="jax", metric="curated.web", value="fair", valid_from=date(2026, 5, 1), review_by=date(2026, 6, 1), source="me")  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_a_file_of_facts_speaks_of_the_subject_it_is_named_after(name):
    subject = name.removesuffix(".toml").partition("_")[0]
    book = read_catalog(files("catalog").joinpath(f"facts/{name}").read_text(encoding="utf-8"), name)

    assert {fact.subject for fact in book.facts} == {subject}
    assert subject in SUBJECTS


def test_every_fact_of_today_has_an_address_and_words_of_its_source():
    assert without_evidence(CURRENT) == []


def test_a_fact_without_address_or_words_is_noticed():
    half = PLAIN.model_copy(update={"quote": "words of the source"})
    whole = half.model_copy(update={"url": "https://example.org/page"})

    assert without_evidence([PLAIN, half, whole]) == ["jax curated.web (me)", "jax curated.web (me)"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_fact_of_today_is_looked_at_again_as_soon_as_its_kind_of_thing_changes(subject):
    own = [fact for fact in CURRENT if fact.subject == subject]

    assert own
    assert [fact.review_by for fact in own] == [review_day(subject, fact.metric, confirmed(fact)) for fact in own]


def test_on_no_day_does_more_than_a_tenth_of_the_facts_expire():
    days = Counter(fact.review_by for fact in CURRENT)

    assert len(CURRENT) > 200
    assert max(days.values()) <= len(CURRENT) / 10


@pytest.mark.parametrize(("metric", "period"), sorted(periods_d().items()))
def test_a_review_lies_at_most_a_quarter_of_the_period_early(metric, period):
    ahead = [(review_day(subject, metric, DAY) - DAY).days for subject in SUBJECTS]

    assert all(3 / 4 * period < days <= period for days in ahead)


@pytest.mark.parametrize("subject", ["pytorch", "tensorflow", "jax"])
def test_the_three_largest_have_facts_on_most_of_what_nobody_can_count(subject):
    assert len([fact for fact in CURRENT if fact.subject == subject]) >= 24


def test_two_sources_read_on_one_day_lie_at_most_a_level_apart_or_are_contested():
    told = defaultdict(list)
    for fact in CURRENT:
        told[fact.subject, fact.metric, fact.valid_from].append(fact)
    apart = [key for key, facts in told.items() if spread(facts) > 1 and not any(fact.contested for fact in facts)]

    assert apart == []


@pytest.mark.parametrize("role", ROLES)
def test_what_a_fact_says_exists_has_a_repository_that_can_be_asked(role):
    exists = {fact.subject for fact in CURRENT if fact.metric == f"curated.{role}" and fact.number > 0}

    assert [subject for subject in exists if (subject, role) not in BEHIND] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_repository_stands_behind_a_capability_that_a_fact_names(role):
    told = {fact.subject for fact in CURRENT if fact.metric == f"curated.{role}"}

    assert [subject for subject, its in BEHIND if its == role and subject not in told] == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_documentation_and_tutorials_that_can_be_asked(subject):
    assert {"docs", "tutorials"} <= {role for own, role in BEHIND if own == subject}


def test_no_repository_is_named_twice_behind_one_capability():
    rows = [(one.subject, one.role, one.github.lower()) for one in CATALOG.repositories]

    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("metric", "repository"),
    [("curated.official_server", "pytorch/serve"), ("curated.web", "microsoft/onnxjs")],
    ids=["TorchServe", "ONNX.js"],
)
def test_what_died_behind_pytorch_is_watched_and_not_graded_down(metric, repository):
    fact = next(fact for fact in CATALOG.facts if repository in fact.backing_repositories)

    assert (fact.subject, fact.metric) == ("pytorch", metric)
    assert fact.number == 1


@pytest.mark.parametrize(
    "fact", [f for f in CURRENT if "curated.rel_" in f.metric], ids=lambda f: f"{f.subject} {f.metric}"
)
def test_a_relative_speed_is_the_one_of_the_table_it_comes_from(fact):
    tables = [suite for suite in SUITES if suite.url == fact.url]

    assert [round(speed(suite, fact), 3) for suite in tables] == [pytest.approx(fact.value, abs=0.001)] * len(tables)
    assert tables or "private person" in str(fact.note)


def test_every_metric_that_a_curator_may_answer_is_answered_by_somebody_or_left_to_the_seed():
    answered = {fact.metric for fact in CURRENT}

    assert {name for name in METRICS if name.startswith("curated.")} - answered == {"curated.rel_gpt3", "curated.weeks_switch"}  # fmt: skip


def without_evidence(facts: Iterable[Fact]) -> list[str]:
    """Name the facts that lack a web address or words of the source."""
    bare = (fact for fact in facts if not (fact.url or "").startswith("https://") or not (fact.quote or "").strip())
    return [f"{fact.subject} {fact.metric} ({fact.source})" for fact in bare]


def spread(facts: list[Fact]) -> float:
    """Return how far the facts on one question lie apart."""
    return max(fact.number for fact in facts) - min(fact.number for fact in facts)


def speed(suite, fact: Fact) -> float:
    """Return the subject's training speed in the table, on the tasks of the metric alone."""
    model = {"curated.rel_bert": "bert", "curated.rel_resnet50": "resnet-50"}[fact.metric]
    subject = "pytorch" if fact.subject == "transformers" else fact.subject
    theirs, own = suite.best(suite.reference, "training"), suite.best(subject, "training")
    common = [task for task in theirs.keys() & own.keys() if task.startswith(model)]
    faster = geometric_mean(theirs[task] / own[task] for task in common)
    return faster if suite.better == "less" else 1 / faster
