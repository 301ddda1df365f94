"""Alarm: tell a monitor and people how a night ended. Who cannot be told costs the night nothing."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from catalog.wording import many
from collectors.errors import SetupError
from flows.clients import client
from flows.settings import Settings
from flows.stages.nightly import NightlyResult
from flows.stages.reading import reading
from warehouse.query import rows

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
MOST_NAMED = 8


def tell_night(settings: Settings, night: NightlyResult) -> None:
    """Ping the dead-man check: the night has landed. Notify people where something is missing, held back or new to see.

    New to see are subjects that turned stale, and findings that a person must review.
    """
    _ping(settings, "", f"{night.run_id}: {many(night.landed.observations, 'rows')} landed")
    if night.clock.is_wrong:
        _notify(settings, f"speedscore: {night.run_id} is dated by a wrong clock", night.clock.told(night.run_id))
    told = [_holes(night)] if not night.is_whole else []
    told += _news(settings, night) if _addresses(settings) else []
    if told:
        how = "with holes" if not night.is_whole else "with something to look at"
        _notify(settings, f"speedscore: {night.run_id} has landed {how}", "\n".join(told))


@contextmanager
def failure_told(settings: Settings) -> Iterator[None]:
    """Tell of a night that fails in the block, and let it fail."""
    try:
        yield
    except Exception as error:
        _tell_failure(settings, error)
        raise


def _tell_failure(settings: Settings, error: BaseException) -> None:
    """Say that a night failed: to the check as a failure, to people with the reason."""
    told = settings.masked(f"{type(error).__name__}: {error}")
    _ping(settings, "/fail", told)
    _notify(settings, "speedscore: the night failed", f"{told}\nWhat had landed before stays. Next: speedscore health")


def _holes(night: NightlyResult) -> str:
    silent = [one for one in night.collected if one.missing]
    lines = [f"{one.source}: {many(one.missing, 'cells')} missing ({one.reasons})" for one in silent]
    if night.landed.quarantined:
        lines.append(f"held back as implausible: {many(night.landed.quarantined, 'values')}; see speedscore status")
    more = [f"and {len(lines) - MOST_NAMED} more"] if len(lines) > MOST_NAMED else []
    return "\n".join([*lines[:MOST_NAMED], *more, "Scores use older values, or say that they are incomplete."])


def _news(settings: Settings, night: NightlyResult) -> list[str]:
    """Return a line for each subject that turned stale with this night, and for each new finding to review."""
    if not settings.published.exists():
        return []
    with reading(settings) as connection:
        stale = rows(connection, "newly_stale", run_id=night.run_id, started_at=night.started_at)
        found = rows(connection, "new_reviews", run_id=night.run_id)
    lines = [f"{one['subject']}: no new value for a week, the last is of {one['newest']:%Y-%m-%d}" for one in stale]
    lines += [f"to review: {_finding(one)}" for one in found]
    more = [f"and {len(lines) - MOST_NAMED} more; see speedscore health"] if len(lines) > MOST_NAMED else []
    return [*lines[:MOST_NAMED], *more]


def _finding(row: dict[str, Any]) -> str:
    about = f" ({row['about']})" if row["about"] else ""
    return f"{row['subject']} {row['metric']}: {row['finding']}{about}"


def _ping(settings: Settings, outcome: str, told: str) -> None:
    """Send the outcome of a night to the check's address, as healthchecks.io and its like understand it."""
    address = settings.ping_url.get_secret_value().rstrip("/") if settings.ping_url else ""
    if not address:
        return
    try:
        with client(timeout=TIMEOUT_S) as http:
            http.post(f"{address}{outcome}", content=told.encode()[:10_000]).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, SetupError, ValueError) as error:
        host = urlsplit(address).netloc or "its address"
        log.warning(
            "the dead-man check at %s was not reached (%s); the night is not touched", host, type(error).__name__
        )


def _notify(settings: Settings, title: str, text: str) -> None:
    addresses = _addresses(settings)
    if not addresses:
        return
    import apprise

    notifier = apprise.Apprise()
    for address in addresses:
        if not notifier.add(address):
            log.warning(
                "an address of SPEEDSCORE_NOTIFY_URLS is none that apprise knows: %s...", address.partition(":")[0]
            )
    if len(notifier) and not notifier.notify(title=title, body=text):
        log.warning("a notification was not delivered; the night is not touched")


def _addresses(settings: Settings) -> Sequence[str]:
    return settings.notify_urls.get_secret_value().split() if settings.notify_urls else ()
