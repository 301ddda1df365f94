"""GitHub's past: an odd figure beside the one that a step needs costs it nothing."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError
from collectors.github.past import ask
from collectors.past import Step
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, Wire, as_json

JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=7)
SUNDAY = date(2026, 4, 26)
REPOSITORY = {"id": 7, "full_name": "jax-ml/jax", "stargazers_count": 30_000, "pushed_at": "2026-04-30T00:00:00Z"}


def test_an_odd_figure_beside_the_stars_does_not_end_the_walk_through_their_past(server):
    found = asked(server, REPOSITORY | {"archived": None, "forks_count": "many"})

    told = {one.metric: one.value for one in found}
    assert (told["github.stars"], told["github.stars_gained_1d"]) == (30_000, 1)


def test_without_the_stars_there_is_nothing_to_count_back_from(server):
    with pytest.raises(ChangedError, match="stargazers_count"):
        asked(server, REPOSITORY | {"stargazers_count": None})


def asked(server: Loopback, repository: dict[str, Any]) -> list[Observation]:
    """Ask for the stars of a past day."""

    def answer(_: Wire, one: Asked) -> Reply:
        seconds = (SUNDAY - date(1970, 1, 1)).days * 86_400
        week = {"week": seconds, "total": 7, "days": [1] * 7}
        return as_json([week] if "/stargazers/history" in one.path else repository)

    server.answering = answer
    step = Step("github", "stars", (JAX,), (datetime(2026, 4, 27),), "github core", 3)
    with upstream(server) as found:
        assert found.http.now() - MAY_DAY < timedelta(hours=1)
        return [one for page in ask(step, found) for one in page if isinstance(one, Observation)]
