"""Stack Overflow: tag totals, the year's questions and shares; a throttle is a limit and never a zero."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from catalog.observation import Observation, Reason, Status
from catalog.subject import Subject
from collectors.errors import ChangedError
from collectors.past import Step
from collectors.stackoverflow import source as stackoverflow
from collectors.stackoverflow.client import read_tags
from collectors.upstream import Upstream
from tests.collectors.loopback import (
    MAY_DAY,
    Asked,
    Loopback,
    Nap,
    Reply,
    Wire,
    always,
    as_json,
    replaying,
    seam,
)

THROTTLED = {"error_id": 502, "error_name": "throttle_violation", "error_message": "available in 46472 seconds"}
RECORDED_TOTALS = {
    "tensorflow": 74_395,
    "keras": 37_609,
    "scikit-learn": 24_732,
    "pytorch": 14_841,
    "mxnet": 689,
    "onnx": 435,
    "jax": 125,
    "caffe": 2_839,
    "chainer": 198,
    "cntk": 500,
    "dl4j": 190,
    "tensorflow2.0": 4_887,
    "theano": 2_449,
}


@pytest.mark.parametrize(("tag", "questions"), RECORDED_TOTALS.items())
def test_the_recorded_totals_are_read_as_they_were(recorded, tag, questions):
    payload = json.loads((recorded / f"stackexchange/tags_related/{tag}.json").read_text())

    assert read_tags({"items": payload["items"][:1]}) == {tag: questions}


def test_the_recorded_totals_of_many_tags_are_read_as_they_were(recorded):
    found = read_tags(json.loads((recorded / "stackexchange/sibyl/tags.json").read_text()))

    assert (found["openshift"], len(found)) == (1_985, 5)


def test_all_totals_come_in_one_call_and_the_year_in_one_per_subject_and_one_for_the_site(server):
    server.answering = api({"pytorch": 14_841, "jax": 125}, asked_in_a_year={"pytorch": 200, "jax": 10, "": 20_000})

    found = collected(server, [subject("pytorch"), subject("jax")])

    assert values(found) == {
        ("pytorch", "stackoverflow.questions"): 14_841,
        ("jax", "stackoverflow.questions"): 125,
        ("pytorch", "stackoverflow.questions_365d"): 200,
        ("jax", "stackoverflow.questions_365d"): 10,
        ("pytorch", "stackoverflow.share_ppm_365d"): 10_000,
        ("jax", "stackoverflow.share_ppm_365d"): 500,
    }
    assert (
        len(
            [asked for asked in server.asked if "/questions?page=" not in asked.path.replace("site=stackoverflow&", "")]
        )
        == 5
    )


def test_the_year_ends_before_the_midnight_of_the_day(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})

    found = collected(server, [subject("jax")])

    window = parse_qs(urlsplit(server.asked[2].path).query)
    assert (window["fromdate"], window["todate"]) == (["1746057600"], ["1777593599"])
    year = next(one for one in found if one.metric == "stackoverflow.questions_365d")
    assert (year.valid_at, year.method) == (datetime(2026, 5, 1), "exact")


def test_a_share_is_derived_and_knows_its_base(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})

    share = next(one for one in collected(server, [subject("jax")]) if one.metric == "stackoverflow.share_ppm_365d")

    assert (share.status, share.n) == (Status.DERIVED, 20_000)


def test_a_question_under_two_tags_counts_once(server):
    overlaps = {"tensorflow": 100, "keras": 50, "tensorflow;keras": 20, "": 20_000}
    server.answering = api(
        {"tensorflow": 1_000, "keras": 500}, asked_in_a_year=overlaps, ever={"tensorflow;keras": 300}
    )

    found = values(collected(server, [subject("tensorflow", "tensorflow", "keras")]))

    assert found["tensorflow", "stackoverflow.questions"] == 1_200
    assert found["tensorflow", "stackoverflow.questions_365d"] == 130


def test_a_tag_that_is_gone_costs_only_itself_and_is_no_zero(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000}, ever={"lost": 0})

    found = collected(server, [subject("lost"), subject("jax")])

    assert {reason for (one, _), reason in reasons(found).items() if one == "lost"} == {Reason.NOT_FOUND}
    assert not [cell for cell in values(found) if cell[0] == "lost"]
    assert values(found)["jax", "stackoverflow.questions"] == 125
    assert len([asked for asked in server.asked if "lost" in asked.path.partition("/questions")[2]]) == 1


def test_a_tag_that_became_a_synonym_has_the_questions_of_its_master(server):
    server.answering = api({"pytorch": 1_000}, asked_in_a_year={"torch": 100, "": 20_000}, ever={"torch": 1_000})

    found = values(collected(server, [subject("pytorch", "torch")]))

    assert found["pytorch", "stackoverflow.questions"] == 1_000
    assert found["pytorch", "stackoverflow.questions_365d"] == 100


def test_a_tag_and_its_synonym_side_by_side_count_once(server):
    year = {"pytorch": 100, "torch": 100, "pytorch;torch": 100, "": 20_000}
    ever = {"torch": 1_000, "pytorch;torch": 1_000}
    server.answering = api({"pytorch": 1_000}, asked_in_a_year=year, ever=ever)

    found = values(collected(server, [subject("pytorch", "pytorch", "torch")]))

    assert found["pytorch", "stackoverflow.questions"] == 1_000
    assert found["pytorch", "stackoverflow.questions_365d"] == 100


def test_a_year_without_questions_is_zero_and_no_gap(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 0, "": 20_000})

    assert values(collected(server, [subject("jax")]))["jax", "stackoverflow.share_ppm_365d"] == 0


def test_a_site_without_questions_is_not_believed(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 0, "": 0})

    found = collected(server, [subject("jax")])

    assert reasons(found)["jax", "stackoverflow.share_ppm_365d"] is Reason.SCHEMA_CHANGED
    assert reasons(found)["jax", "stackoverflow.questions_365d"] is Reason.SCHEMA_CHANGED
    assert ("jax", "stackoverflow.questions_365d") not in values(found)


@pytest.mark.parametrize("number", [0, 1])
def test_the_recorded_throttle_is_a_limit(recorded, server, number):
    record = json.loads((recorded / "stackexchange/throttle_violation.json").read_text())[number]
    server.answering = always(as_json(record["body"], record["http_status"]))

    found = collected(server, [subject("jax")])

    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}
    assert len(reasons(found)) == len(stackoverflow.source.metrics + stackoverflow.source.sometimes)
    assert len(server.asked) == 1


def test_a_throttle_that_ends_soon_is_waited_for(server):
    nap, good = Nap(), api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    throttle = as_json(THROTTLED | {"error_message": "more requests available in 7 seconds"}, 400)
    server.answering = lambda wire, asked: throttle if len(server.asked) == 3 else good(wire, asked)

    found = collected(server, [subject("jax")], nap=nap)

    assert values(found)["jax", "stackoverflow.questions_365d"] == 10
    assert sum(nap.naps) == 7


def test_a_throttle_in_the_middle_ends_the_asking_and_keeps_what_came_before(server):
    good = api({"jax": 125, "flax": 3}, asked_in_a_year={"jax": 10, "flax": 1, "": 20_000})
    server.answering = lambda wire, asked: as_json(THROTTLED, 400) if len(server.asked) >= 4 else good(wire, asked)

    found = collected(server, [subject("jax"), subject("flax")])

    assert set(values(found)) == {("jax", "stackoverflow.questions"), ("flax", "stackoverflow.questions")}
    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}
    assert len(server.asked) == 4


def test_a_throttle_that_comes_with_status_200_is_a_limit(server):
    server.answering = always(as_json({"error_id": 502, "error_name": "throttle_violation", "error_message": "wait"}))

    assert set(reasons(collected(server, [subject("jax")])).values()) == {Reason.RATE_LIMITED}


def test_an_error_that_comes_with_status_200_is_no_answer(server):
    server.answering = always(as_json({"error_id": 400, "error_name": "bad_parameter", "error_message": "site"}))

    assert set(reasons(collected(server, [subject("jax")])).values()) == {Reason.SCHEMA_CHANGED}


@pytest.mark.parametrize("body", [b"<html>please wait</html>", b"", b'{"items": [{"na', b"null", b"[]"])
def test_a_page_that_is_no_json_of_the_api_has_changed(server, body):
    server.answering = always(Reply(body=body))

    assert set(reasons(collected(server, [subject("jax")])).values()) == {Reason.SCHEMA_CHANGED}


@pytest.mark.parametrize("status", [200, 400, 403, 429, 502, 503])
def test_a_throttle_page_that_is_no_json_is_a_limit_and_nobody_asks_again(server, status):
    server.answering = always(Reply(status, b"<html><h1>Too many requests</h1></html>"))

    found = collected(server, [subject("jax"), subject("flax")])

    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}
    assert len(server.asked) <= (3 if status > 500 else 2)


@pytest.mark.parametrize("status", [400, 429, 502, 503])
def test_a_throttle_tells_when_it_ends_whatever_its_status(server, status):
    nap, good = Nap(), api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    throttle = as_json(THROTTLED | {"error_message": "more requests available in 7 seconds"}, status)
    tries = 3 if status > 500 else 2 if status == 429 else 1
    server.answering = lambda wire, asked: throttle if 3 <= len(server.asked) < 3 + tries else good(wire, asked)

    found = collected(server, [subject("jax")], nap=nap)

    assert values(found)["jax", "stackoverflow.questions_365d"] == 10


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (400, Reason.SCHEMA_CHANGED),
        (402, Reason.RESTRICTED),
        (403, Reason.RESTRICTED),
        (500, Reason.UNREACHABLE),
        (502, Reason.RATE_LIMITED),
        (503, Reason.UNREACHABLE),
        ("502", Reason.SCHEMA_CHANGED),
        ([], Reason.SCHEMA_CHANGED),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_body_says_who_must_act_whatever_its_status(server, number, reason, status):
    server.answering = always(as_json({"error_id": number, "error_name": "name", "error_message": "words"}, status))

    assert set(reasons(collected(server, [subject("jax")])).values()) == {reason}


def test_an_answer_that_is_compressed_is_read_whoever_asked_for_it(server):
    good = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})

    def answer(wire: Wire, asked: Asked) -> Reply:
        plain = good(wire, asked)
        return replace(plain, body=gzip.compress(plain.body), headers={"Content-Encoding": "gzip"})

    server.answering = answer

    assert values(collected(server, [subject("jax")]))["jax", "stackoverflow.questions"] == 125


def test_a_rest_that_is_asked_for_beside_good_data_is_kept_and_the_data_too(server):
    nap = Nap()
    item = {"name": "jax", "count": 125, "to_tag": "jax", "from_tag": "google-jax"}
    server.answering = always(as_json({"items": [item], "total": 10, "backoff": 7}))

    found = collected(server, [subject("jax")], nap=nap)

    assert values(found)["jax", "stackoverflow.questions"] == 125
    assert set(nap.naps) == {7}


def test_a_rest_of_hours_is_heeded_by_asking_no_more_and_the_data_is_kept(server):
    nap, good = Nap(), api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    said = {"items": [{"name": "jax", "count": 125}], "backoff": 7_200}
    server.answering = lambda wire, asked: as_json(said) if "/info" in asked.path else good(wire, asked)

    found = collected(server, [subject("jax")], nap=nap)

    assert values(found) == {("jax", "stackoverflow.questions"): 125}
    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}
    assert (nap.naps, len(server.asked)) == ([], 2)


@pytest.mark.parametrize("rest", ["soon", None, -3, [7]], ids=repr)
def test_a_rest_that_is_no_number_costs_nothing(server, rest):
    good = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    server.answering = lambda wire, asked: as_json(json.loads(good(wire, asked).body) | {"backoff": rest})

    assert values(collected(server, [subject("jax")]))["jax", "stackoverflow.questions_365d"] == 10


def test_a_day_whose_quota_is_nearly_spent_keeps_the_totals_and_asks_no_more(server):
    answer = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    said = {"items": [{"name": "jax", "count": 125}], "quota_remaining": 6, "quota_max": 300}
    server.answering = lambda wire, asked: as_json(said) if "/info" in asked.path else answer(wire, asked)

    found = collected(server, [subject("jax")])

    assert values(found) == {("jax", "stackoverflow.questions"): 125}
    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}
    assert len(server.asked) == 2


def test_the_key_is_sent_and_kept_nowhere(server, tmp_path):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})

    collected(server, [subject("jax")], token="sesame((", folder=tmp_path)

    assert all("key=sesame" in asked.path for asked in server.asked)
    assert not any(b"sesame" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_run_kept_with_a_key_replays_without_it(server, tmp_path):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    first = collected(server, [subject("jax")], token="sesame((", folder=tmp_path)

    with replaying(tmp_path) as http:
        again = list(stackoverflow.collect([subject("jax")], Upstream(http, f"{server.url}/2.3"), MAY_DAY))

    assert again == first


def test_a_tag_with_a_sign_is_asked_for_as_it_is_written(server):
    server.answering = api({"c#": 3}, asked_in_a_year={"c#": 1, "": 20_000})

    assert values(collected(server, [subject("sharp", "c#")]))["sharp", "stackoverflow.questions"] == 3


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"items": None},
        {"items": 3},
        {"items": [None]},
        {"items": [{"name": "jax"}]},
        {"items": [{"name": "jax", "count": -1}]},
    ],
    ids=repr,
)
def test_tags_of_another_shape_have_changed(payload):
    with pytest.raises(ChangedError):
        read_tags(payload)


def test_a_past_year_is_asked_for_the_day_it_ends_and_all_questions_up_to_it(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000}, ever={"jax": 90})

    asked = Step("stackoverflow", "days", (subject("jax"),), (datetime(2024, 1, 15),), "stackexchange", 5)
    with seam() as http:
        [found] = stackoverflow.source.past.ask(asked, Upstream(http, f"{server.url}/2.3"))

    assert {one.valid_at for one in found} == {datetime(2024, 1, 15)}
    assert len(server.asked) == 5
    [ever] = [one for one in found if one.metric == "stackoverflow.questions"]
    assert (ever.value, ever.method) == (90, "exact_retained")
    assert f"todate={int(datetime(2024, 1, 15, tzinfo=UTC).timestamp()) - 1}" in server.asked[-1].path
    assert "fromdate" not in server.asked[-1].path


def test_a_past_day_of_two_tags_takes_a_call_for_each_set_of_them():
    both, day = subject("tensorflow", "tensorflow", "keras"), datetime(2024, 1, 15)
    lacking = {("tensorflow", "stackoverflow.questions_365d"): [day]}

    [step] = stackoverflow.source.past.steps([both], lacking, {}, MAY_DAY)

    assert (step.calls_once, step.calls_a_day) == (2, 7)


def test_a_synonym_with_questions_of_its_own_is_one_of_the_tags_and_no_question_counts_twice(server):
    server.answering = api(
        {"pytorch": 1_000, "torch": 200},
        asked_in_a_year={"pytorch": 100, "torch": 50, "pytorch;torch": 20, "": 20_000},
        ever={"pytorch;torch": 80},
        synonyms=[{"from_tag": "torch", "to_tag": "pytorch"}],
    )

    found = values(collected(server, [subject("pytorch")]))

    assert found["pytorch", "stackoverflow.questions"] == 1_120
    assert found["pytorch", "stackoverflow.questions_365d"] == 130


def test_a_synonym_that_the_site_counts_under_its_master_is_not_asked_for(server):
    server.answering = api(
        {"pytorch": 1_000},
        asked_in_a_year={"pytorch": 100, "": 20_000},
        synonyms=[{"from_tag": "torch", "to_tag": "pytorch"}],
    )

    assert values(collected(server, [subject("pytorch")]))["pytorch", "stackoverflow.questions_365d"] == 100


def test_synonyms_beyond_the_first_page_are_asked_for(server):
    good = api(
        {"pytorch": 1_000, "torch": 200},
        {"pytorch": 9, "torch": 5, "pytorch;torch": 0, "": 20_000},
        {"pytorch;torch": 0},
    )
    first = {"items": [{"from_tag": "py-torch", "to_tag": "pytorch"}], "has_more": True}
    second = {"items": [{"from_tag": "torch", "to_tag": "pytorch"}], "has_more": False}

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        if "/synonyms" in asked.path:
            return as_json(second if "page=2" in asked.path else first)
        return good(wire, asked)

    server.answering = answer

    assert values(collected(server, [subject("pytorch")]))["pytorch", "stackoverflow.questions"] == 1_200


def test_without_the_synonyms_nothing_is_counted_for_it_might_be_too_little(server):
    answer = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    server.answering = lambda wire, asked: as_json({"items": None}) if "synonyms" in asked.path else answer(wire, asked)

    lost = reasons(collected(server, [subject("jax")]))

    assert set(lost.values()) >= {Reason.SCHEMA_CHANGED}
    assert ("jax", "stackoverflow.questions") in lost


def test_a_site_that_keeps_no_synonyms_has_none(server):
    answer = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    refusal = as_json({"error_id": 404, "error_name": "no_method", "error_message": "no such method"}, 400)
    server.answering = lambda wire, asked: refusal if "synonyms" in asked.path else answer(wire, asked)

    assert values(collected(server, [subject("jax")]))["jax", "stackoverflow.questions"] == 125


@pytest.mark.parametrize("both", [20_000, 61])
def test_more_questions_with_two_tags_than_with_one_of_them_are_no_count(server, both):
    year = {"tensorflow": 100, "keras": 50, "tensorflow;keras": both, "": 20_000}
    server.answering = api({"tensorflow": 1_000, "keras": 500}, year, ever={"tensorflow;keras": 24_000_000})

    found = collected(server, [subject("tensorflow", "tensorflow", "keras")])

    assert not values(found)
    assert set(reasons(found).values()) == {Reason.INCOMPLETE}


def test_counts_of_two_moments_may_lie_a_little_apart(server):
    year = {"tensorflow": 100, "keras": 50, "tensorflow;keras": 51, "": 20_000}
    server.answering = api({"tensorflow": 1_000, "keras": 500}, year, ever={"tensorflow;keras": 503})

    found = values(collected(server, [subject("tensorflow", "tensorflow", "keras")]))

    assert found["tensorflow", "stackoverflow.questions"] == 1_000
    assert found["tensorflow", "stackoverflow.questions_365d"] == 100


def test_more_questions_of_a_tag_than_of_the_site_are_no_share(server):
    server.answering = api({"jax": 125}, asked_in_a_year={"jax": 20_001, "": 20_000})

    lost = reasons(collected(server, [subject("jax")]))

    assert lost["jax", "stackoverflow.share_ppm_365d"] is Reason.INCOMPLETE
    assert lost["jax", "stackoverflow.questions_365d"] is Reason.INCOMPLETE


def test_a_tag_that_the_site_lists_without_questions_has_those_of_its_master_or_is_lost(server):
    year = {"torch": 100, "": 20_000}
    server.answering = api({"torch": 0, "lost": 0}, asked_in_a_year=year, ever={"torch": 1_000, "lost": 0})

    found = collected(server, [subject("pytorch", "torch"), subject("lost")])

    assert values(found)["pytorch", "stackoverflow.questions"] == 1_000
    assert {reason for (one, _), reason in reasons(found).items() if one == "lost"} == {Reason.NOT_FOUND}


@pytest.mark.parametrize("rest", ["1e400", "1e15", "NaN"])
def test_a_rest_without_end_ends_the_asking_and_keeps_the_data(server, rest):
    good = api({"jax": 125}, asked_in_a_year={"jax": 10, "": 20_000})
    said = f'{{"items": [{{"name": "jax", "count": 125}}], "backoff": {rest}}}'.encode()
    server.answering = lambda wire, asked: Reply(body=said) if "/info" in asked.path else good(wire, asked)

    found = collected(server, [subject("jax")])

    assert values(found) == {("jax", "stackoverflow.questions"): 125}
    assert set(reasons(found).values()) == {Reason.RATE_LIMITED}


def subject(slug: str, *tags: str) -> Subject:
    return Subject(id=slug, name=slug, kind="framework", github=f"o/{slug}", stackoverflow_tags=list(tags or [slug]))


def api(
    totals: dict[str, int],
    asked_in_a_year: dict[str, int],
    ever: dict[str, int] | None = None,
    synonyms: list[dict[str, str]] | None = None,
) -> Callable[[Wire, Asked], Reply]:
    """Answer as the API does: /tags/{a;b}/info, and /questions with filter=total; tags joined as they are asked."""

    def answer(_: Wire, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        query: dict[str, Any] = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert query["site"] == "stackoverflow"
        if parts.path.endswith("/synonyms"):
            tags = unquote(parts.path.split("/")[3]).split(";")
            return as_json({"items": [one for one in synonyms or [] if one["to_tag"] in tags]})
        if parts.path.startswith("/2.3/tags/"):
            asked_for = unquote(parts.path.split("/")[3]).split(";")
            return as_json({"items": [{"name": tag, "count": totals[tag]} for tag in asked_for if tag in totals]})
        if "filter" not in query:
            return as_json({"items": []})
        assert (parts.path, query["filter"]) == ("/2.3/questions", "total")
        known = asked_in_a_year if "fromdate" in query else ever or {}
        return as_json({"total": known[query.get("tagged", "")]})

    return answer


def collected(
    server: Loopback, subjects: list[Subject], token: str | None = None, folder=None, nap: Nap | None = None
) -> list[Observation]:
    with seam(folder, secrets=(token,) if token else (), nap=nap) as http:
        return list(stackoverflow.collect(subjects, Upstream(http, f"{server.url}/2.3", token), MAY_DAY))


def values(found: list[Observation]) -> dict[tuple[str, str], float]:
    return {(one.subject, one.metric): one.value for one in found if one.has_value}


def reasons(found: list[Observation]) -> dict[tuple[str, str], Reason]:
    return {(one.subject, one.metric): one.reason for one in found if one.reason}
