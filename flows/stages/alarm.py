"""Alarm: tell a monitor and people how a night ended. Who cannot be told costs the night nothing."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from collectors.errors import SetupError
from flows.clients import client
from flows.settings import Settings
from flows.stages.nightly import NightlyResult

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
MOST_NAMED = 8


def tell_night(settings: Settings, night: NightlyResult) -> None:
    """Ping the dead-man check: the night has landed. Notify people where something is missing or held back."""
    _ping(settings, "", f"{night.run_id}: {night.landed.observations} rows landed")
    if night.clock.is_wrong:
        _notify(settings, f"speedscore: {night.run_id} is dated by a wrong clock", night.clock.told(night.run_id))
    if not night.is_whole:
        _notify(settings, f"speedscore: {night.run_id} has landed with holes", _holes(night))


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
    lines = [f"{one.source}: {one.missing} cells missing ({one.reasons})" for one in night.collected if one.missing]
    if night.landed.quarantined:
        lines.append(f"{night.landed.quarantined} values are held back as implausible; see speedscore status")
    more = [f"and {len(lines) - MOST_NAMED} more"] if len(lines) > MOST_NAMED else []
    return "\n".join([*lines[:MOST_NAMED], *more, "Scores use older values, or say that they are incomplete."])


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
