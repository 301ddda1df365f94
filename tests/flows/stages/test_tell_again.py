"""Rates of past days are told again where closes came later, and where a run that told issues is taken back."""

from datetime import datetime, timedelta
from typing import Any

import duckdb

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from flows.stages.derive import Brought, derive
from flows.stages.derive_past import past_issue_rates
from flows.stages.tell_again import RATES, outdated_rates, outdated_stars, rates_again
from flows.stages.undo import take_back
from scoring.derive.issue_rates import rates
from scoring.derive.widened_rates import widened_rates
from tests.whole import long
from warehouse.facts import append_facts
from warehouse.frame import frame
from warehouse.issues import stored_issues
from warehouse.land import Run, add, next_moment
from warehouse.query import rows
from warehouse.undone import undoing

FIRST = datetime(2026, 3, 1)
FEW = Catalog(subjects=(Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax"),), has_history=False)
DAYS = [FIRST + timedelta(days=day) for day in (20, 60, 100)]
ISSUES = 40


def test_the_rates_are_those_that_are_derived():
    derived = {*rates(stored(), DAYS)["metric"], *widened_rates(stored(), DAYS)["metric"]}
    assert set(RATES) == derived


def test_a_close_that_is_learned_later_changes_the_days_after_it_and_no_other(warehouse):
    night(warehouse, 200, [issue(number) for number in range(ISSUES)])
    tell(warehouse, 201)
    before = told(warehouse, "github.issue_close_30d")
    assert outdated_rates(warehouse) == {}

    closed = FIRST + timedelta(days=50)
    night(warehouse, 202, [issue(3, updated=201, closed_at=closed), issue(4, updated=201, closed_at=None)])

    assert outdated_rates(warehouse) == {"jax": [DAYS[1], DAYS[2], midnight(200)]}
    tell_again(warehouse, 203)
    after = told(warehouse, "github.issues_closed_90d")
    assert (after[DAYS[0]], after[DAYS[1]], after[DAYS[2]]) == (0, 1, 1)
    assert told(warehouse, "github.issue_close_30d")[DAYS[0]] == before[DAYS[0]]
    assert outdated_rates(warehouse) == {}


def test_what_is_asked_for_closes_tells_days_again_too(warehouse):
    night(warehouse, 200, [issue(number) for number in range(ISSUES)])
    tell(warehouse, 201)
    closed, again = FIRST + timedelta(days=30), FIRST + timedelta(days=70)
    closes = [{"closed_at": closed, "reopened_at": again, "reason": "COMPLETED", "is_by_bot": False}]
    asked = {"subject": "jax", "number": 5, "asked_at": moment(202), "is_gone": False, "closes": closes}
    append_facts(warehouse, "issue_asked", [asked], moment(202), "asked")

    assert outdated_rates(warehouse)["jax"][0] == DAYS[1]
    tell_again(warehouse, 203)
    assert told(warehouse, "github.open_issues")[DAYS[1]] == ISSUES - 1
    assert told(warehouse, "github.open_issues")[DAYS[2]] == ISSUES
    assert outdated_rates(warehouse) == {}


def test_an_answer_or_an_issue_that_changes_after_a_day_tells_nothing_again(warehouse):
    night(warehouse, 200, [issue(number) for number in range(ISSUES)])
    tell(warehouse, 201)
    late = moment(202)
    night(warehouse, 203, [issue(1, updated=202, first_response_at=late), issue(2, updated=202, closed_at=late)])

    assert outdated_rates(warehouse) == {}


@long
def test_issues_of_a_run_that_is_taken_back_count_no_more_and_are_walked_again(warehouse):
    night(warehouse, 200, [issue(number) for number in range(ISSUES)])
    night(warehouse, 210, [issue(900 + number, updated=209) for number in range(7)])
    tell(warehouse, 211)
    night(warehouse, 220, [issue(1, updated=219, closed_at=moment(218))])
    assert told(warehouse, "github.open_issues")[midnight(220)] == ISSUES + 6

    undo(warehouse, 230, "night-210")

    assert stored_issues(warehouse, moment(300)).height == ISSUES
    assert told(warehouse, "github.open_issues") == {midnight(200): ISSUES}
    assert rows(warehouse, "walked", before=moment(300)) == []
    assert begins(warehouse) == moment(209)
    night(warehouse, 240, [issue(2, updated=239, closed_at=moment(238))])
    assert begins(warehouse) == moment(239)
    assert told(warehouse, "github.open_issues")[midnight(240)] == ISSUES - 2
    tell(warehouse, 241)
    assert told(warehouse, "github.open_issues")[DAYS[2]] == ISSUES


@long
def test_where_others_have_said_the_same_the_rates_are_told_from_what_stands(warehouse):
    night(warehouse, 200, [issue(number) for number in range(ISSUES)])
    night(warehouse, 210, [issue(1, updated=209, closed_at=moment(205))])
    night(warehouse, 220, [issue(1, updated=219)])

    undo(warehouse, 230, "night-210")

    assert told(warehouse, "github.open_issues") == {midnight(200): ISSUES, midnight(220): ISSUES}
    assert [row["subject"] for row in rows(warehouse, "walked", before=moment(300))] == ["jax"]
    undo(warehouse, 240, "undo-230")
    assert told(warehouse, "github.open_issues")[midnight(210)] == ISSUES - 1


def test_stars_are_counted_back_again_where_their_history_was_fetched_anew(warehouse):
    back = METRICS["github.stars"].of("jax", DAYS[0], 90, method="reconstructed", status="derived")
    land(warehouse, 200, [back])
    assert outdated_stars(warehouse, "night-201").is_empty()

    fetched = {"subject": "jax", "metric": "github.stars", "disputed_at": moment(199)}
    append_facts(warehouse, "refetched", [fetched], moment(201), "night-201")

    assert outdated_stars(warehouse, "night-201").to_dicts() == [{"subject": "jax", "day": DAYS[0]}]


# --- builders: day 0 is the first of March; issues are opened two a day ---


def moment(day: float) -> datetime:
    return FIRST + timedelta(days=day, hours=2)


def midnight(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def issue(number: int, updated: float | None = None, **more: Any) -> dict[str, Any]:
    created = FIRST + timedelta(days=(number % 100) / 4, hours=1)
    plain = {"closed_at": None, "state_reason": None, "first_response_at": None, "is_comment_known": True}
    changed = created if updated is None else moment(updated)
    return {"subject": "jax", "number": number, "created_at": created, "author_kind": "human"} | plain | {
        "updated_at": changed
    } | more  # fmt: skip


def stored():
    warehouse = duckdb.connect()
    from warehouse.migrate import migrate

    migrate(warehouse, FIRST)
    append_facts(warehouse, "issue", [issue(number) for number in range(ISSUES)], moment(1), "one")
    return stored_issues(warehouse, moment(2))


def run(kind: str, day: float) -> Run:
    return Run(f"{kind}-{day:g}", kind, moment(day), moment(day), "1")


def night(warehouse: duckdb.DuckDBPyConnection, day: float, issues: list[dict[str, Any]]) -> None:
    """Land a walk through all issues that came to its end, with what follows from it."""
    walked = METRICS["github.issues_walked"].of("jax", moment(day), len(issues))
    brought = Brought(FEW, run("night", day), [walked], [Rows("issue", tuple(issues))])
    derived = derive(warehouse, brought)
    add(warehouse, frame([walked]).vstack(derived.arrived), FEW, brought.run)


def land(warehouse: duckdb.DuckDBPyConnection, day: float, found: list[Observation]) -> None:
    add(warehouse, frame(found), FEW, run("night", day))


def tell(warehouse: duckdb.DuckDBPyConnection, day: float) -> None:
    """Derive the three past days as a backfill does."""
    lacking = {("jax", metric): DAYS for metric in RATES}
    add(warehouse, past_issue_rates(warehouse, lacking, run("backfill", day)), FEW, run("backfill", day))


def tell_again(warehouse: duckdb.DuckDBPyConnection, day: float) -> None:
    healing = run("heal", day)
    again = rates_again(warehouse, outdated_rates(warehouse), next_moment(warehouse, healing.finished_at))
    add(warehouse, again, FEW, healing)


def undo(warehouse: duckdb.DuckDBPyConnection, day: float, run_id: str) -> None:
    take_back(warehouse, FEW, undoing(warehouse, run_id), run("undo", day))


def told(warehouse: duckdb.DuckDBPyConnection, metric: str) -> dict[datetime, float]:
    asked = (
        f"select valid_at, value from observation_current where metric = '{metric}' and status = 'derived' order by 1"
    )
    return dict(warehouse.sql(asked).fetchall())


def begins(warehouse: duckdb.DuckDBPyConnection) -> datetime:
    [found] = rows(warehouse, "memory_issues", before=moment(300))
    return found["updated_at"]
