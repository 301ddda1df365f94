"""The files of deployments/ are what their programs accept, and say only what this program knows."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml
from prefect.flows import load_flow_from_entrypoint

from flows.cli.app import app
from flows.settings import OWN_NAMES, Settings

HERE = Path(__file__).resolve().parents[2] / "deployments"
BIN = Path(sys.executable).parent
UNITS = sorted((HERE / "systemd").glob("speedscore-*"))
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.compose-spec", "compose/compose.yaml"),
        ("vendor.github-workflows", "github-actions/nightly.yml"),
    ],
)
def test_a_file_fits_the_published_schema_of_its_kind(schema, file):
    checked = run(BIN / "check-jsonschema", "--builtin-schema", schema, str(HERE / file))

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("file", ["home.yaml", "cronjob.yaml"])
def test_kubernetes_knows_every_field(file):
    checked = run(BIN / "kubernetes-validate", "--strict", str(HERE / "kubernetes" / file))

    assert checked.returncode == 0, checked.stdout


def test_a_job_of_the_work_pool_is_one_that_kubernetes_knows(tmp_path):
    template = json.loads((HERE / "kubernetes/job-template.json").read_text())
    filled = {
        "{{ command }}": ["prefect", "flow-run", "execute"],
        "{{ env }}": [{"name": "PREFECT_API_URL", "value": "http://server/api"}],
        "{{ labels }}": {},
        "{{ annotations }}": {},
    }
    job = template["job_configuration"]["job_manifest"]
    job["metadata"]["name"] = job["metadata"].pop("generateName")
    pod = job["spec"]["template"]["spec"]
    assert [pod.pop(name) for name in ("parallelism", "completions")] == [1, 1]  # Prefect wants them here, in vain
    text = json.dumps(job)
    for name, value in filled.items():
        text = text.replace(json.dumps(name), json.dumps(value))
    manifest = tmp_path / "job.yaml"
    manifest.write_text(re.sub(r"\{\{ \w+ \}\}", "filled", text))

    checked = run(BIN / "kubernetes-validate", "--strict", str(manifest))

    assert checked.returncode == 0, checked.stdout
    used = set(re.findall(r"\{\{ (\w+) \}\}", json.dumps(template["job_configuration"])))
    assert used == set(template["variables"]["properties"])


def test_the_recipe_of_the_image_has_no_known_fault():
    checked = run(BIN / "hadolint", str(HERE / "image/Dockerfile"))

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.name)
def test_systemd_understands_a_unit(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    for one in UNITS:
        (tmp_path / one.name).write_text(one.read_text().replace("/opt/speedscore/bin/speedscore", "/bin/true"))

    checked = run("systemd-analyze", "verify", str(tmp_path / unit.name))

    assert [line for line in checked.stdout.splitlines() if unit.name in line] == []


def test_what_is_started_is_a_command_of_ours():
    units = [re.findall(r"^ExecStart=\S+/speedscore (\S+)", one.read_text(), re.MULTILINE) for one in UNITS]
    workflow = re.findall(
        r"^\s*(?:run: )?speedscore (\S+)", (HERE / "github-actions/nightly.yml").read_text(), re.MULTILINE
    )
    cron = yaml.safe_load((HERE / "kubernetes/cronjob.yaml").read_text())
    (container,) = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    default = re.findall(r'^CMD \["(\w+)"\]', (HERE / "image/Dockerfile").read_text(), re.MULTILINE)

    started = {word for found in units for word in found} | set(workflow) | set(container["args"]) | set(default)

    assert started >= {"nightly", "serve", "verify"}
    assert started <= COMMANDS


def test_what_is_set_is_a_setting_of_ours():
    texts = [path.read_text() for path in sorted(HERE.rglob("*")) if path.is_file()]
    names = {name for text in texts for name in re.findall(r"\bSPEEDSCORE_([A-Z_]+)", text)} - {"TAG"}
    tokens = {name for text in texts for name in re.findall(r"^#? ?([A-Z_]+)=$", text, re.MULTILINE)}

    assert {name.lower() for name in names} <= set(Settings.model_fields)
    assert tokens - {"POSTGRES_PASSWORD"} <= OWN_NAMES


def test_a_worker_loads_the_flows_from_its_own_installation():
    described = yaml.safe_load((HERE / "prefect.yaml").read_text())

    loaded = {one["name"]: load_flow_from_entrypoint(one["entrypoint"]) for one in described["deployments"]}
    unknown = {
        name
        for one in described["deployments"]
        for name in set(one.get("parameters", {})) - set(loaded[one["name"]].parameters.properties)
    }

    names = {name: name for name in ("nightly", "score", "backfill", "archive", "report")}
    assert {name: found.name for name, found in loaded.items()} == names | {"nightly-shard": "nightly"}
    assert unknown == set()
    assert described["pull"] == []


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
