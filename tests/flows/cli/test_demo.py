"""The demo finds its replica wherever the checkout stands, and the replica answers."""

import httpx

from flows.cli.demo import REPLICA, ROOT, replica


def test_the_demo_starts_its_replica(tmp_path):
    assert (ROOT / REPLICA.replace(".", "/")).is_dir()
    with replica(ROOT, tmp_path / "catalog.toml") as environment:
        answer = httpx.get(f"{environment['SPEEDSCORE_GITHUB_API_URL']}/repos/pytorch/pytorch", trust_env=False)

        assert answer.status_code == 200
        assert (tmp_path / "catalog.toml").read_text("utf-8").count("[[subject]]") == 14
