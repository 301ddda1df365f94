"""The demo's replica stands in the package, and answers; what is real is no place for what is invented."""

import shlex
from pathlib import Path

import httpx
import pytest

from catalog.errors import InputError
from flows.cli.demo import refuse_real, replica, run_demo
from flows.cli.summary import demo_steps
from flows.replica.demo import demo_catalog, demo_subjects
from flows.settings import load_settings
from flows.stages.land import land_observations, start_run


def test_the_demo_starts_its_replica(tmp_path):
    with replica(tmp_path / "catalog.toml") as environment:
        answer = httpx.get(f"{environment['SPEEDSCORE_GITHUB_API_URL']}/repos/pytorch/pytorch", trust_env=False)

        assert answer.status_code == 200
        assert (tmp_path / "catalog.toml").read_text("utf-8").count("[[subject]]") == 14


def test_a_home_of_real_figures_is_no_place_for_invented_ones(shipped_home, tmp_path):
    before = (shipped_home / "speedscore.duckdb").read_bytes()

    with pytest.raises(InputError, match=rf"^{shipped_home} holds what is real; name another folder"):
        run_demo(shipped_home)
    assert (shipped_home / "speedscore.duckdb").read_bytes() == before


def test_a_catalog_of_ones_own_is_not_written_over(tmp_path):
    (tmp_path / "catalog.toml").write_text("schema = 1\n", "utf-8")

    with pytest.raises(InputError, match="holds what is real; name another folder"):
        run_demo(tmp_path)
    assert (tmp_path / "catalog.toml").read_text("utf-8") == "schema = 1\n"


def test_a_folder_of_other_things_and_the_home_of_a_demo_may_keep_one(tmp_path):
    (tmp_path / "notes.txt").touch()
    refuse_real(tmp_path)
    refuse_real(tmp_path / "new")
    refuse_real(a_demo_began_in(tmp_path))
    land_observations(load_settings(home_dir=tmp_path, label="DEMO"), [], start_run("shipped"))
    refuse_real(tmp_path)


def a_demo_began_in(folder: Path) -> Path:
    (folder / "catalog.toml").write_text(demo_catalog(demo_subjects(), [], "http://x.test"), "utf-8")
    return folder


def test_what_to_do_after_a_demo_can_be_typed_as_it_stands():
    """Of a folder whose name a shell would part, and of a demo of one framework."""
    [(command, _), *_] = demo_steps(Path("my demo's"), "jax")

    [home, *words] = shlex.split(command)
    assert home == "SPEEDSCORE_HOME_DIR=my demo's"
    assert words[-2:] == ["card", "jax"]
