"""pypistats: downloads a day with and without mirrors, and the recent sums."""

from datetime import date, timedelta
from typing import Any

from flows.replica.answer import Answer, Request, of_html, of_json
from flows.replica.world import World

MIRRORED = 1.03
RECENT = {"last_day": 1, "last_week": 7, "last_month": 30}


def answer(world: World, request: Request) -> Answer:
    """Answer a GET below /pypistats/api/packages/<package>."""
    match request.path.strip("/").split("/"):
        case ["api", "packages", package, "overall"] if package in world.downloads:
            return of_json({"data": _overall(world, package, request), "package": package, "type": "overall_downloads"})
        case ["api", "packages", package, "recent"] if package in world.downloads:
            sums = {name: _recent(world, package, days) for name, days in RECENT.items()}
            return of_json({"data": sums, "package": package, "type": "recent_downloads"})
    return of_html("404 Not Found", 404)


def _overall(world: World, package: str, request: Request) -> list[dict[str, Any]]:
    """Both categories unless `mirrors` asks for one, each from `start_date` to `end_date`."""
    first = date.fromisoformat(request.query.get("start_date", "0001-01-01"))
    last = date.fromisoformat(request.query.get("end_date", "9999-12-31"))
    factors = {"with_mirrors": MIRRORED, "without_mirrors": 1.0}
    named = {"true": ["with_mirrors"], "false": ["without_mirrors"]}
    asked = named.get(request.query.get("mirrors", ""), list(factors))
    return [
        {"category": category, "date": day.isoformat(), "downloads": int(count * factors[category])}
        for category in asked
        for day, count in world.downloads[package].items()
        if first <= day <= last
    ]


def _recent(world: World, package: str, days: int) -> int:
    return world.downloads_between(package, world.today - timedelta(days=days), world.today)
