"""The manual for a new source, followed to the letter in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.collectors.loopback import always, as_json, serving

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("catalog", "collectors", "warehouse", "scoring", "reports", "flows")
MANUAL = (ROOT / "docs/adding-a-source.md").read_text("utf-8")
CATALOG = """\
schema = 1
mode = "replace"

[[subject]]
id = "jax"
name = "JAX"
kind = "framework"
github = "jax-ml/jax"
identifiers = { conda_package = "jax" }
"""
COLLECT = """\
from flows.settings import load_settings
from flows.stages.collect import collect_source, plan_night
from flows.stages.land import start_run

settings = load_settings()
print(plan_night(settings, [], ["conda"])[0]["calls"])
for one in collect_source("conda", settings, start_run("nightly"), []).observations:
    print(one.subject, one.metric, one.value, one.url)
"""


def test_a_source_that_is_added_by_the_manual_collects(tmp_path: Path) -> None:
    project = a_project_with_the_source(tmp_path)

    with serving(always(as_json({"files": [{"ndownloads": 3}, {"ndownloads": 4}]}))) as server:
        found = run(project, {"SPEEDSCORE_CONDA_API_URL": server.url})

    assert server.asked[0].path == "/package/conda-forge/jax"
    assert found == ["1", f"jax conda.downloads_total 7.0 {server.url}/package/conda-forge/jax"]


def test_without_a_setting_it_asks_where_the_source_says(tmp_path: Path) -> None:
    project = a_project_with_the_source(tmp_path)
    ask = "from collectors.source import sources; print(sources()['conda'].address.default)"

    assert run(project, {}, ask) == ["https://api.anaconda.org"]


# --- builders ---


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)
    return str(found)


def a_project_with_the_source(folder: Path) -> Path:
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "catalog/metrics.toml").open("a", encoding="utf-8") as metrics:
        metrics.write("\n" + block("toml"))
    (folder / "collectors/conda.py").write_text(block("python"), encoding="utf-8")
    (folder / "own.toml").write_text(CATALOG, encoding="utf-8")
    return folder


def run(project: Path, more: dict[str, str], code: str = COLLECT) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(project), "SPEEDSCORE_CATALOG": str(project / "own.toml"), **more}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()
