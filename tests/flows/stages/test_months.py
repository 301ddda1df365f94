"""A night scores each month of history once, and anew when more is known of it; what says nothing new costs nothing."""

from datetime import datetime, timedelta

import pytest

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from flows.settings import Settings, load_settings
from flows.stages.land import land_observations, start_run
from flows.stages.months import months_to_score
from flows.stages.reading import reading
from flows.stages.score import default_days, score_days, score_night
from flows.stages.verify import verify_scores
from scoring.rubric_files import available
from scoring.scored_parts import parts_of_some, scored_parts
from tests.flows.builders import CATALOG

STARS = METRICS["github.stars"]
DAY = timedelta(days=1)
FACT = """
[[fact]]
subject = "alpha"
metric = "curated.mobile"
value = "fair"
valid_from = 2024-01-10
review_by = {review_by}
source = "Guide"
"""
MARCH, APRIL, MAY = (datetime(2024, month, 1) for month in (3, 4, 5))


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A home that knows of March 2024, and whose months are scored."""
    (tmp_path / "catalog.toml").write_text(CATALOG)
    found = load_settings(home_dir=tmp_path / "home", catalog=tmp_path / "catalog.toml")
    learn(found, stars(MARCH + DAY, 100))
    score_night(found, default_days())
    return found


def test_of_a_month_of_which_more_is_known_there_is_a_new_score_beside_the_old_one(settings):
    learn(settings, stars(APRIL - DAY, 1_000), stars(MARCH + 40 * DAY, 1_000))
    score_night(settings, default_days())

    assert scores(settings, APRIL) == 2
    assert scores(settings, MARCH) == 0
    assert verify_scores(settings, None).differences.is_empty()


def test_what_is_scored_with_all_that_is_known_is_not_looked_at_again(settings):
    assert anew(settings) == []
    learn(settings, stars(APRIL - DAY, 1_000))
    assert anew(settings)[0] == APRIL

    score_night(settings, default_days())

    assert anew(settings) == []


def test_scores_by_hand_look_at_no_other_month(settings):
    learn(settings, stars(APRIL - DAY, 1_000))

    score_days(settings, default_days())

    assert anew(settings)[0] == APRIL


def test_a_value_with_a_newer_one_in_its_month_changes_no_month(settings):
    learn(settings, stars(APRIL - DAY, 1_000))
    score_night(settings, default_days())

    learn(settings, stars(APRIL - 5 * DAY, 900))

    assert anew(settings) == []


def test_a_value_that_is_told_anew_as_missing_changes_its_month(settings):
    closed = METRICS["github.issue_close_30d_widened"]
    learn(settings, closed.of("alpha", APRIL - DAY, 0.9, method="exact"))
    score_night(settings, default_days())

    learn(settings, closed.missing("alpha", APRIL - DAY, Reason.INCOMPLETE, method="exact"))

    assert anew(settings)[0] == APRIL


def test_what_is_missing_where_nothing_was_changes_no_month(settings):
    learn(settings, STARS.missing("alpha", APRIL - DAY, Reason.INCOMPLETE))

    assert anew(settings) == []


def test_a_subject_that_is_followed_later_gets_its_months(settings):
    text = CATALOG + '[[subject]]\nid = "gamma"\nname = "Gamma"\nkind = "framework"\ngithub = "gamma/gamma"\n'
    settings.catalog.write_text(text)
    learn(settings, stars(APRIL - DAY, 50, "gamma"))

    score_night(settings, default_days())

    assert scores(settings, APRIL, "gamma") == 1
    assert anew(settings) == []


def test_a_month_is_scored_anew_of_those_alone_of_whom_more_is_known(settings, monkeypatch):
    asked = []
    monkeypatch.setattr("flows.stages.score.parts_of_some", lambda *told: asked.append(told[2]) or parts_of_some(*told))
    learn(settings, stars(APRIL - DAY, 1_000))

    score_night(settings, default_days())

    assert [some["subject"].to_list() for some in asked] == [["alpha"]] * len(available())


def test_a_fact_that_is_confirmed_changes_only_the_months_after_its_old_day_of_review(settings):
    for review_by, since in (("2024-07-01", datetime(2024, 2, 1)), ("2024-09-01", datetime(2024, 8, 1))):
        settings.catalog.write_text(CATALOG + FACT.format(review_by=review_by))
        learn(settings)
        assert anew(settings)[0] == since
        score_night(settings, default_days())


def test_the_draws_of_a_month_are_drawn_anew_where_it_was_drawn(tmp_path):
    shipped, february = load_settings(home_dir=tmp_path), datetime(2024, 2, 1)
    score_days(shipped, [february], "2024.1")
    score_night(shipped, default_days())
    learn(shipped, STARS.of("pytorch", february - timedelta(hours=1), 70_000))

    score_night(shipped, default_days())

    with reading(shipped) as connection:
        asked = f"select count(distinct known_at) from score_interval where as_of = '{february}'"
        assert connection.sql(asked).fetchall() == [(2,)]
        assert connection.sql("from score_interval where as_of = '2024-03-01'").fetchall() == []


def test_a_newcomer_has_months_and_nobody_is_drawn_anew_for_it(tmp_path, monkeypatch):
    own, february, drawn = tmp_path / "catalog.toml", datetime(2024, 2, 1), []
    own.write_text("schema = 1\n")
    shipped = load_settings(home_dir=tmp_path / "home", catalog=own)
    score_days(shipped, [february], "2024.1")
    score_night(shipped, default_days())
    own.write_text(
        'schema = 1\n[[subject]]\nid = "gamma"\nname = "Gamma"\nkind = "framework"\ngithub = "gamma/gamma"\n'
    )
    learn(shipped, stars(february - timedelta(hours=1), 50, "gamma"))
    monkeypatch.setattr("flows.stages.score.scored_parts", lambda *told: drawn.extend(told[3]) or scored_parts(*told))

    score_night(shipped, default_days())

    assert scores(shipped, february, "gamma") == 1
    assert set(drawn) == set(default_days())


def stars(at: datetime, value: float, subject: str = "alpha") -> Observation:
    return STARS.of(subject, at, value, method="archived")


def learn(settings: Settings, *observations: Observation) -> None:
    land_observations(settings, observations, start_run("import"))


def anew(settings: Settings) -> list[datetime]:
    """Return the months that the next night would score, the same under each rubric."""
    found = months_to_score(settings)
    [days] = {(*found.first[one], *found.again[one]) for one in available()}
    return sorted(days)


def scores(settings: Settings, day: datetime, subject: str = "alpha") -> int:
    """Return how many scores of a day are stored under the newest rubric."""
    asked = f"from score where as_of = '{day}' and subject = '{subject}' and rubric = '{available()[-1]}'"
    with reading(settings) as connection:
        return len(connection.sql(asked).fetchall())
