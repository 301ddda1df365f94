"""Past states follow from dated commits: what slows down is seen long before it is called dead."""

import csv
import gzip
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scoring.derive.past_states import changes, past_states

DAY = timedelta(days=1)


def paces(*parts: tuple[date, date, int]) -> dict[date, int]:
    """Return one commit every so many days in each part, the last day left out."""
    return {
        first + number * DAY: 1
        for first, last, every in parts
        for number in range(0, (last - first).days, every)
    }  # fmt: skip


SERVER = paces((date(2020, 1, 1), date(2024, 10, 1), 1), (date(2025, 3, 17), date(2025, 3, 18), 1))
"""Commits as of a model server that slowed down, was given a notice on 2025-02-28, and had its last commit after it."""


def test_a_server_is_declining_ten_weeks_before_its_notice_and_retired_half_a_year_after_its_last_commit():
    found = changes(past_states(SERVER, sundays(date(2024, 1, 1), date(2025, 12, 31))))

    assert found == [
        (date(2024, 1, 7), "live"),
        (date(2024, 12, 15), "watch"),
        (date(2024, 12, 22), "declining"),
        (date(2025, 9, 14), "retired"),
    ]


def test_a_notice_retires_what_is_slow_in_the_week_in_which_it_comes():
    found = changes(past_states(SERVER, sundays(date(2025, 1, 1), date(2025, 12, 31)), date(2025, 2, 28)))

    assert found == [(date(2025, 1, 5), "declining"), (date(2025, 3, 2), "retired")]


def test_what_slows_down_by_and_by_is_watched_first_and_never_recovers_by_having_been_slow_for_long():
    slowing = paces(
        (date(2019, 1, 1), date(2023, 9, 12), 1),
        (date(2023, 9, 12), date(2024, 1, 28), 6),
        (date(2024, 1, 28), date(2025, 6, 11), 45),
    )

    assert changes(past_states(slowing, sundays(date(2023, 6, 1), date(2025, 12, 31)))) == [
        (date(2023, 6, 4), "live"),
        (date(2023, 12, 10), "watch"),
        (date(2024, 2, 18), "declining"),
        (date(2025, 12, 7), "retired"),
    ]


def test_nothing_of_a_later_day_counts():
    days = sundays(date(2024, 6, 1), date(2025, 1, 31))
    known = {day: count for day, count in SERVER.items() if day < days[-1]}

    assert past_states(SERVER, days) == past_states(known, days)
    assert past_states(SERVER, days, archived_on=days[-1]) == past_states(SERVER, days)
    assert past_states(SERVER, [days[-1] + DAY], archived_on=days[-1]) == {days[-1] + DAY: "retired"}


def test_before_its_first_commit_a_repository_has_no_state_and_a_young_one_is_live():
    born = date(2024, 3, 3)
    days = sundays(date(2024, 1, 1), date(2024, 12, 31))

    found = past_states(paces((born, date(2024, 4, 1), 1)), days)

    assert min(found) == born + 7 * DAY
    assert [state for _, state in changes(found)] == ["live", "retired"]


@pytest.mark.parametrize("log", ["jax_commits_cec06d116c05", "flax_commits_18f8f311c275"])
@pytest.mark.parametrize("most_parents", [1, 9], ids=["without merges", "with merges"])
def test_jax_and_flax_were_alive_in_every_week_with_and_without_merges(recorded: Path, log: str, most_parents: int):
    with gzip.open(recorded / f"git_history/{log}.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["n_parents"]) <= most_parents]
    commits = Counter(datetime.fromtimestamp(int(row["committer_ts"]), UTC).date() for row in rows)
    states = past_states(commits, sundays(min(commits), max(commits)))

    assert len(states) > 300
    assert set(states.values()) == {"live"}


def test_tensorflow_was_alive_as_long_as_its_log_goes(recorded: Path):
    with (recorded / "git_history/tensorflow_daily_commits.csv").open(encoding="utf-8") as lines:
        commits = {date.fromisoformat(row["date"]): int(row["commits"]) for row in csv.DictReader(lines)}

    assert set(past_states(commits, sundays(min(commits), max(commits))).values()) == {"live"}


def sundays(first: date, last: date) -> list[date]:
    """Return the Sundays of a span, both ends included."""
    start = first + timedelta(days=6 - first.weekday())
    return [start + timedelta(weeks=number) for number in range((last - start).days // 7 + 1)]
