"""Is the last night recent, is it scored, does the site tell of it, and is any dated ahead of the clock."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import duckdb

from catalog.moments import midnight
from catalog.wording import many
from flows.settings import Settings
from flows.stages.check import Check, Verdict
from flows.stages.machine_clock import kept_clock
from flows.stages.unended import UNREPORTED, UNSCORED, unended
from warehouse.query import rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOCK_SLACK = HOUR
"""How far a night may be dated ahead before it is told."""


def nights_told(connection: duckdb.DuckDBPyConnection, now: datetime, max_age_h: float) -> Iterator[Check]:
    """Yield whether the last night is recent, and which nights are dated ahead of the clock."""
    found = rows(connection, "last_nights", now=now + CLOCK_SLACK)
    if not found:
        yield Check("last_night", Verdict.FAIL, "no night has landed; next: speedscore nightly")
        return
    night = found[0]
    age_h = (now - night["finished_at"]) / HOUR
    is_late, is_ahead = age_h > max_age_h, age_h * HOUR < -CLOCK_SLACK
    told = f"{night['run_id']} ended {age_h:.1f} h ago; {_missing(night)}"
    if is_late:
        told += "; a night is due every day: look at the schedule and at speedscore.log"
    if is_ahead:
        told = f"{night['run_id']} is dated {-age_h:.1f} h ahead; see the clock of this machine"
    if (clock := kept_clock(json.loads(night["detail_json"]))).is_wrong:
        is_ahead, told = True, clock.told(night["run_id"])
    yield Check("last_night", Verdict.FAIL if is_late else Verdict.WARN if is_ahead else Verdict.OK, told, age_h, "h")
    later = rows(connection, "nights_ahead", now=now + CLOCK_SLACK)
    if later and later[0]["run_id"] != night["run_id"]:
        yield _dated_ahead(later, now)


def _missing(night: Mapping[str, Any]) -> str:
    """Say how many cells the night asked for in vain, as its closing table does; of an old night, its empty rows."""
    detail = [one for one in json.loads(night["detail_json"]).values() if isinstance(one, dict) and "missing" in one]
    if not detail:
        return f"{many(night['missing'], 'rows')} without a value"
    return f"{many(sum(one['missing'] for one in detail), 'cells')} missing"


def _dated_ahead(nights: list[dict[str, Any]], now: datetime) -> Check:
    """Say which nights are dated later than now, beside one that is not."""
    run_id, ahead_h = nights[0]["run_id"], (nights[0]["finished_at"] - now) / HOUR
    told = f"{run_id} is dated {ahead_h:,.0f} h ahead; if the clock of this machine is right: speedscore undo {run_id}"
    return Check("dated_ahead", Verdict.WARN, told, len(nights), "nights")


def scores_told(connection: duckdb.DuckDBPyConnection, settings: Settings, now: datetime) -> Iterator[Check]:
    """Yield whether the last night is scored and on the site: it may have died after its landing."""
    for night in rows(connection, "last_nights", now=now + CLOCK_SLACK):
        run_id, day = night["run_id"], night["finished_at"].date()
        newest = rows(connection, "newest_scored_day", until=max(now, night["finished_at"]) + DAY)[0]
        is_scored = newest["as_of"] is not None and newest["as_of"] > midnight(day)
        if not is_scored:
            yield Check("scores", Verdict.WARN, f"the night of {day} is not scored; next: speedscore score")
        elif run_id in unended(settings, UNSCORED) and newest["known_at"] < night["known_at"]:
            yield Check("scores", Verdict.WARN, f"{run_id} has landed and is not scored yet; next: speedscore score")
        elif run_id in unended(settings, UNREPORTED):
            yield Check("scores", Verdict.WARN, f"the site does not tell of {run_id} yet; next: speedscore report")
        else:
            yield Check("scores", Verdict.OK, f"the newest are as of {newest['as_of']:%Y-%m-%d}")
