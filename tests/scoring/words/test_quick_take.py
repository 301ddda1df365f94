"""The Quick Take says what its rules allow, names the figures behind it, and compares nobody whose interval overlaps."""

import re
from dataclasses import replace
from datetime import datetime
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.context_metrics import context_metrics
from catalog.load import load_catalog
from scoring.lint import DIMENSIONS
from scoring.rubric_files import available, load
from scoring.score import marks, score
from scoring.words.clauses import beside, clause, others_of
from scoring.words.field import DIMENSION, FIGURE, GROUP, Item
from scoring.words.peer_comparison import PeerComparison, compare_peers
from scoring.words.phrases import phrases
from scoring.words.quick_take import QuickTake, clauses, quick_take
from scoring.words.verdict import sentence, verdict
from tests.scoring.builders import MAY_DAY, RUBRIC, Answer, answer, card, days, evidence, of_facts, subjects

JANUARY = datetime(2024, 1, 31)
NAMES = {
    "alpha": "Alpha",
    "beta": "Beta",
    "gamma": "Gamma",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "jax": "JAX",
}
LEVEL = {7.0: 3.0, 9.0: 4.0, 8.0: 3.0, 4.0: 2.0, 1.0: 1.0}.get
WEB, MOBILE, EDGE = "curated.web", "curated.mobile", "curated.edge"


def test_the_seed_has_the_verdict_gaps_and_warnings_of_the_method():
    seen = seed()
    best, gaps = clauses(seen, "pytorch", "production")
    word = verdict(seen.items["pytorch", "production"].score)
    told = sentence("production", word, best and phrases().name(best.key), [phrases().name(one.key) for one in gaps])

    assert told.startswith("Production-ready with minor gaps (web deployment)")
    assert "Training speed at the largest scale decides" in texts(quick_take(seen, "pytorch", NAMES).avoid_if)


def test_the_seed_alone_is_compared_with_nobody_and_says_what_it_cannot_tell():
    take = quick_take(seed(), "pytorch", NAMES)

    assert take.peers == 0
    assert {phrase.rule for phrase in take.strengths} == {
        "said of a dimension whose whole range lies above 8, where fewer than 3 of a kind have a score"
    }
    assert texts(take.weaknesses) == ["Web deployment is rated limited", "Inference on TPUs is rated fair"]
    assert "Mobile or edge devices are the main target" in take.unjudged


def test_with_peers_that_are_better_on_phones_the_seed_is_to_be_avoided_there():
    strong = [row for name in ("tensorflow", "jax") for row in card(10, on=datetime(2024, 1, 20), subject=name)]

    take = quick_take(seed(strong), "pytorch", NAMES)

    assert "Mobile or edge devices are the main target" in texts(take.avoid_if)
    assert "Web deployment is rated limited; JAX's is excellent" in texts(take.weaknesses)


def test_the_seed_is_for_research_teams_and_the_cloud():
    assert texts(quick_take(seed(), "pytorch", NAMES).best_for)[:2] == ["Research teams", "Cloud-first deployment"]


def test_a_strength_lies_above_the_median_of_the_peers():
    take = quick_take(of(alpha=card(9), beta=card(3), gamma=card(3)), "alpha", NAMES)

    assert len(take.strengths) == 4
    assert {phrase.facts[0].key for phrase in take.strengths} <= set(DIMENSIONS)
    assert all(", the best of 3 frameworks; next is " in text for text in texts(take.strengths))


def test_two_of_a_kind_are_no_field():
    take = quick_take(of(alpha=card(9), beta=card(3)), "alpha", NAMES)

    assert all("too few others of its kind" in text for text in texts(take.strengths))
    assert (
        quick_take(of(alpha=card(9), beta=card(3)), "beta", NAMES).weaknesses[0].rule
        == "said of what scores 5 or less of 10"
    )


def test_a_weakness_names_the_peer():
    take = quick_take(of(alpha=card(9), beta=card(6), gamma=card(3)), "gamma", NAMES)

    assert all("; Alpha" in text for text in texts(take.weaknesses))
    assert all({fact.subject for fact in phrase.facts} == {"gamma", "alpha"} for phrase in take.weaknesses)


def test_of_equals_nothing_is_said_but_what_is_low():
    take = quick_take(of(alpha=card(7), beta=card(7), gamma=card(7)), "alpha", NAMES)

    assert (take.strengths, take.weaknesses) == ((), ())


def test_a_dimension_that_is_not_published_is_not_spoken_of():
    missing = [one.metric for one in RUBRIC.criteria if one.dimension == "production"]
    take = quick_take(of(alpha=card(9, but=missing), beta=card(3), gamma=card(3)), "alpha", NAMES)

    assert "production" not in {phrase.facts[0].dimension for phrase in (*take.strengths, *take.weaknesses)}
    assert "Cloud-first deployment" in take.unjudged


def test_another_kind_is_no_peer():
    answers = [row for name, mark in (("alpha", 9), ("beta", 3), ("gamma", 3)) for row in card(mark, subject=name)]
    kinds = pl.concat([subjects("alpha"), subjects("beta", "gamma", kind="library")])

    assert quick_take(seen_of(answers, kinds), "alpha", NAMES).peers == 0


def test_no_comparison_is_made_where_the_intervals_overlap():
    near = made([("alpha", 7.0, 6.0, 8.0), ("beta", 9.0, 7.9, 9.5), ("gamma", 9.0, 7.9, 9.5)])
    apart = made([("alpha", 7.0, 6.0, 7.8), ("beta", 9.0, 7.9, 9.5), ("gamma", 9.0, 7.9, 9.5)])

    assert quick_take(near, "alpha", NAMES).weaknesses == ()
    assert texts(quick_take(apart, "alpha", NAMES).weaknesses) == ["Web deployment is rated good; Beta's is excellent"]


@pytest.mark.parametrize(("low", "said"), [(8.4, 0), (8.5, 1)], ids=["short of the lead", "at the lead"])
def test_the_lead_of_a_strength_is_counted_from_its_lower_end(low, said):
    seen = made([("alpha", 9.0, low, 9.5), ("beta", 8.0, 7.9, 8.1), ("gamma", 8.0, 7.9, 8.1)])

    assert len(quick_take(seen, "alpha", NAMES).strengths) == said


def test_a_strong_figure_beside_a_peer_of_equal_reach_is_no_strength():
    seen = made([("alpha", 9.0, 8.6, 9.5), ("beta", 8.0, 7.0, 8.9), ("gamma", 8.0, 7.0, 8.9)])

    assert quick_take(seen, "alpha", NAMES).strengths == ()


def test_first_in_nearly_all_draws_is_a_strength_whatever_the_score():
    seen = made([("alpha", 4.0, 3.9, 4.1), ("beta", 1.0, 0.9, 1.1), ("gamma", 1.0, 0.9, 1.1)], p_first=0.97)
    take = quick_take(seen, "alpha", NAMES)

    assert texts(take.strengths) == [
        "Web deployment is rated fair, the best of 3 frameworks; next is Beta with limited"
    ]
    assert take.weaknesses == ()


@pytest.mark.parametrize(("state", "said"), [(0, "retired"), (1, "declining"), (2, None), (4, None)])
def test_a_capability_is_warned_of_when_what_backs_it_is_dying(state, said):
    seen = made([("alpha", 7.0, 6.0, 8.0)])
    dying = PeerComparison({key: replace(item, backing=float(state)) for key, item in seen.items.items()})

    expected = [f"Web deployment is needed: what stands behind it is {said}"] if said else []
    assert texts(quick_take(dying, "alpha", NAMES).avoid_if) == expected


def test_the_likelihood_of_being_first_counts_ties_for_nobody():
    equal = of(alpha=card(10), beta=card(10), gamma=card(2))
    cloud = [equal.items[name, "curated.cloud"].p_first for name in ("alpha", "beta", "gamma")]

    assert sum(cloud) < 1
    assert cloud[2] == 0


def test_being_first_is_among_those_of_a_kind():
    answers = [row for name, mark in (("alpha", 4), ("beta", 9), ("gamma", 3)) for row in card(mark, subject=name)]
    kinds = pl.concat([subjects("alpha", "gamma"), subjects("beta", kind="library")])

    assert seen_of(answers, kinds).items["alpha", "ecosystem"].p_first == 1.0


def test_an_interval_always_holds_its_score():
    assert all(item.low <= item.score <= item.high for item in of(alpha=card(10), beta=card(0)).items.values())


def test_of_nothing_published_nothing_is_said():
    assert quick_take(seen_of([], subjects("alpha")), "alpha", NAMES) == QuickTake(
        unjudged=tuple(case.text for case in (*phrases().best_for, *phrases().avoid_if))
    )


@pytest.mark.parametrize("rubric_id", available())
def test_everything_that_a_rubric_judges_has_a_name_and_every_name_is_of_something(rubric_id):
    metrics = {one.metric for one in load(rubric_id).criteria} | set(context_metrics())
    known = set(context_metrics()) | {metric for one in available() for metric in load(one).metrics()}

    assert metrics - set(phrases().names) == set()
    assert set(phrases().names) - known == set()
    assert set(phrases().dimensions) == set(DIMENSIONS)


def test_every_use_case_speaks_of_what_a_rubric_judges():
    groups = {f"{one.dimension}.{one.group}" for rubric in available() for one in load(rubric).criteria}
    known = {*DIMENSIONS, *groups, *phrases().names}
    asked = [one["of"] for case in phrases().best_for for one in case.rule["require"]]
    asked += [key for case in phrases().avoid_if for key in (*case.rule.get("mean", ()), case.rule.get("value", WEB))]

    assert set(asked) - known == set()


def test_what_backs_a_capability_is_called_after_it():
    assert phrases().name("liveness.web") == "what stands behind web deployment"
    assert phrases().name("github.watchers") == "github.watchers"


def seed(more: list[Answer] | None = None) -> PeerComparison:
    """What may be said on the day of the seed card, with other subjects beside it."""
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    curated = of_facts(facts)
    names = sorted({"pytorch", *(row["subject"] for row in more or [])})
    told = pl.concat([curated, evidence(more or [])], how="diagonal_relaxed")
    return _field(told, subjects(*names), JANUARY)


def of(**cards: list[Answer]) -> PeerComparison:
    rows = [row | {"subject": name} for name, answers in cards.items() for row in answers]
    return seen_of(rows, subjects(*cards))


def seen_of(answers: list[Answer], who: pl.DataFrame) -> PeerComparison:
    return _field(evidence(answers), who, MAY_DAY)


def _field(told: pl.DataFrame, who: pl.DataFrame, on: datetime) -> PeerComparison:
    return compare_peers(marks(told, who, days(on), RUBRIC), score(told, who, days(on), RUBRIC), RUBRIC)


def made(rows, p_first: float = 0.0) -> PeerComparison:
    """Return the web deployment of some subjects: score, lower and upper end."""
    return PeerComparison({
        (name, WEB): Item(name, "framework", FIGURE, WEB, "production", 0.05, mark, lo, hi, p_first, LEVEL(mark))
        for name, mark, lo, hi in rows
    })  # fmt: skip


def texts(said) -> list[str]:
    return [phrase.text for phrase in said]


def test_a_project_that_is_archived_or_retired_is_warned_of():
    rubric = load("2026.2")
    rows = [
        *card(5, but=["github.is_archived", "liveness.main"], rubric=rubric),
        answer("github.is_archived", 1),
        answer("liveness.main", 0),
    ]
    told, who = evidence(rows), subjects("alpha")
    take = quick_take(
        compare_peers(marks(told, who, days(MAY_DAY), rubric), score(told, who, days(MAY_DAY), rubric), rubric),
        "alpha",
        NAMES,
    )

    texts = [phrase.text for phrase in take.avoid_if]
    assert "Fixes are needed: its owner has archived the repository" in texts
    assert "Somebody must still work on it: its main repository is retired" in texts


@pytest.mark.parametrize(("flag", "main"), [(1, 4), (0, 0), (None, 4), (0, None)])
def test_a_project_that_has_ended_or_may_have_has_no_strengths_but_what_is_left(flag, main):
    """So no answer that is missing makes a strength of what is left of a dead project."""
    take = alive_or_not(flag, main)

    assert (take.strengths, take.best_for) == ((), ())
    assert take.left


def test_a_project_that_is_known_to_live_has_strengths_and_nothing_left():
    take = alive_or_not(0, 4)

    assert take.strengths
    assert take.best_for
    assert take.left == ()


def alive_or_not(flag: float | None, main: float | None) -> QuickTake:
    """Return the take of the best of three whose repository has this flag and this state."""
    rubric, signs = load("2026.2"), {"github.is_archived": flag, "liveness.main": main}
    own = [answer(name, value) for name, value in signs.items() if value is not None]
    rows = [*card(9.5, but=list(signs), rubric=rubric), *own]
    rows += [row for name in ("beta", "gamma") for row in card(2, subject=name, rubric=rubric)]
    told, who = evidence(rows), subjects("alpha", "beta", "gamma")
    seen = compare_peers(marks(told, who, days(MAY_DAY), rubric), score(told, who, days(MAY_DAY), rubric), rubric)
    return quick_take(seen, "alpha", NAMES)


@pytest.mark.parametrize(("own", "peer"), [(2, 4), (3, 4), (4, 4), (4, 3)])
@pytest.mark.parametrize("backing", [None, *range(5)])
def test_no_use_is_both_recommended_and_warned_of(own, peer, backing):
    """Whatever the browsers of the subject and of its peers are like, and whatever stands behind them."""
    items = {}
    for name, level in (("alpha", own), ("beta", peer), ("gamma", peer)):
        mark = 2.5 * level
        behind = float(backing) if backing is not None and name == "alpha" else None
        items[name, WEB] = Item(name, "framework", FIGURE, WEB, "production", 0.05, mark, mark, mark, 0, level, behind)
    take = quick_take(PeerComparison(items), "alpha", NAMES)
    spoken = {phrase.use for phrase in take.avoid_if if phrase.use}
    dying = {fact.key for phrase in take.avoid_if if not phrase.use for fact in phrase.facts}

    assert not spoken & {phrase.use for phrase in take.best_for}
    assert not dying & {fact.key for phrase in take.best_for for fact in phrase.facts}


KEYS = sorted(
    {one["of"] for case in phrases().best_for for one in case.rule["require"]}
    | {
        key
        for case in phrases().avoid_if
        for key in (*case.rule.get("mean", ()), *filter(None, [case.rule.get("value")]))
    }
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_whatever_is_known_of_whom_no_use_stands_in_both_lists(chance):
    take = quick_take(PeerComparison(dict(some_items(chance))), "alpha", NAMES)
    warned = {phrase.use for phrase in take.avoid_if if phrase.use}
    dying = {fact.key for phrase in take.avoid_if if not phrase.use for fact in phrase.facts}

    assert not warned & {phrase.use for phrase in take.best_for}
    assert not dying & {fact.key for phrase in take.best_for for fact in phrase.facts}


def some_items(chance: Random):
    """Yield most of what use cases ask for, of three subjects, good and bad, on live and dying repositories."""
    for name in ("alpha", "beta", "gamma"):
        for key in KEYS:
            if chance.random() < 0.9:
                is_figure = key.startswith("curated.")
                mark = chance.choice([2.5, 5.0, 7.5, 10.0, 10.0])
                value = (0.7 if key == "curated.rel_gpt3" else mark / 2.5) if is_figure else None
                behind = float(chance.randrange(5)) if is_figure and chance.random() < 0.5 else None
                sort = FIGURE if is_figure else DIMENSION if key in DIMENSIONS else GROUP
                yield (name, key), Item(name, "framework", sort, key, key, 0.1, mark, mark, mark, 0, value, behind)


def test_a_use_that_is_recommended_names_what_stands_behind_it():
    seen = PeerComparison({("alpha", WEB): Item("alpha", "framework", FIGURE, WEB, "production", 0.05, 10, value=4.0)})

    take = quick_take(seen, "alpha", NAMES, lambda _, metric: ["ONNX Runtime Web"] if metric == WEB else [])

    assert texts(take.best_for) == ["Models that run in the browser (ONNX Runtime Web)"]


def test_every_figure_that_is_judged_has_a_sentence_of_its_own():
    judged = {one.metric for rubric in available() for one in load(rubric).criteria}

    assert judged - set(phrases().clauses) == set()


@pytest.mark.parametrize(
    ("best", "said"),
    [(None, "Performance is 1.7 of 10"), (1.7, "Performance is 1.7 of 10"), (3.7, "Performance is at least 1.7 of 10")],
    ids=["an older rubric", "nothing open", "something open"],
)
def test_a_dimension_that_may_rise_is_at_least_so_much_in_a_sentence(best, said):
    item = Item("alpha", "framework", DIMENSION, "performance", "performance", 0.2, 1.7, best=best)

    assert clause(item) == said


def test_a_peer_whose_dimension_may_rise_has_at_least_so_much():
    item = Item("beta", "framework", DIMENSION, "performance", "performance", 0.2, 6.24, best=8.0)

    assert beside(item, "Beta") == "Beta at least 6.2"
    assert others_of({"beta": "Beta"}, [item]) == "; next is Beta with at least 6.2"


@pytest.mark.parametrize("metric", sorted(key for key, text in phrases().clauses.items() if isinstance(text, str)))
def test_one_of_a_thing_is_told_as_one(metric):
    said = clause(Item("alpha", "framework", FIGURE, metric, "ecosystem", 0.1, 1.0, value=1.0))

    assert not re.search(
        r"\b1 (?!\d|in a |of |times the )(open )?(people|\w+s)\b|\b1 \w+ (have|were|are|publish|make|name)\b", said
    ), said
