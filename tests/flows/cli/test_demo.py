"""The demo's replica stands in the package, and answers."""

import httpx

from flows.cli.demo import replica


def test_the_demo_starts_its_replica(tmp_path):
    with replica(tmp_path / "catalog.toml") as environment:
        answer = httpx.get(f"{environment['SPEEDSCORE_GITHUB_API_URL']}/repos/pytorch/pytorch", trust_env=False)

        assert answer.status_code == 200
        assert (tmp_path / "catalog.toml").read_text("utf-8").count("[[subject]]") == 14
