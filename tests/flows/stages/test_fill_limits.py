"""What ends the asking of a source in a backfill, and how much of a plan a budget of calls lets through."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import stamina

from catalog.subject import Subject
from collectors.past import Step
from flows.settings import Settings, load_settings
from flows.stages.backfill import run_backfill_plan
from flows.stages.backfill_plan import Plan, plan
from flows.stages.land import start_run
from flows.stages.spans import Span
from tests.collectors.loopback import Loopback, Reply, always, serving

SUBJECTS = 6
SPAN = Span(datetime(2026, 9, 1), datetime(2026, 9, 3))


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (Reply(429), 1),
        (Reply(403, b"rate limit", {"Retry-After": "900"}), 1),
        (Reply(418), 3),
        (Reply(404), SUBJECTS),
    ],
    ids=["limit", "limit as 403", "three faults in a row", "gone costs its own step"],
)
def test_a_limit_ends_the_source_and_so_do_three_faults_in_a_row(server, settings, reply, asked):
    server.answering = always(reply)

    filled = run_backfill_plan(settings, plan(settings, SPAN, [], ["pypi"]), start_run("backfill"))

    assert len(server.asked) == filled.outcomes[0].requests == asked
    assert len(filled.outcomes[0].broken) == asked
    assert not filled.is_whole


def test_faults_that_are_not_in_a_row_end_nothing(server, settings):
    replies = [Reply(418), Reply(418), Reply(404)] * 2
    server.answering = lambda *_: replies.pop(0)

    filled = run_backfill_plan(settings, plan(settings, SPAN, [], ["pypi"]), start_run("backfill"))

    assert len(server.asked) == SUBJECTS
    assert filled.lost == ["pypi"]


@pytest.mark.parametrize(("calls", "days"), [(0, []), (1, []), (2, [1]), (4, [3]), (7, [4, 1]), (99, [4, 4])])
def test_a_budget_lets_so_many_calls_through_and_never_one_more(calls, days):
    subject = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax")
    four = tuple(datetime(2026, 9, day) for day in range(1, 5))
    step = Step("github", "issues", (subject,), four, "github core", 4 + 1, calls_a_day=1, calls_once=1)
    unknown = Step("github", "closes", (subject,), four, "github core", None)
    given = Plan(SPAN, {}, {"github": [unknown, step], "pypi": [step]})

    found = [one for steps in given.within(calls).steps.values() for one in steps]

    assert sum(one.calls or 0 for one in found) <= calls
    assert unknown not in found
    assert [len(one.days) for one in found] == days


# --- fixtures ---


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving(always(Reply(404))) as found:
        yield found


@pytest.fixture
def settings(tmp_path, server, monkeypatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    one = '[[subject]]\nid = "s{0}"\nname = "S{0}"\nkind = "framework"\ngithub = "s/s{0}"\npypi = "s{0}"\n'
    text = 'schema = 1\nmode = "replace"\nhistory = false\n' + "".join(map(one.format, range(SUBJECTS)))
    (tmp_path / "catalog.toml").write_text(text)
    given = {"home_dir": tmp_path / "home", "catalog": tmp_path / "catalog.toml", "pypistats_url": server.url}
    return load_settings(**given, github_max_wait_s=0)
