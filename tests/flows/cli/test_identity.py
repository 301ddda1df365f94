"""From the command line: a name that a stranger bears costs a line of words and no figure."""

import json
import os
import subprocess
import sys

from tests.flows.stages.test_identity import living_in, reused
from tests.whole import long

ROWS = """snapshot_date,github_id,created_at,star_count,contributor_count,projectrank
2024-02-01,jax-ml/jax,2018-10-25 21:25:02.000,27000,600,40
2024-02-08,jax-ml/jax,2018-10-25 21:25:02.000,27100,601,40
2024-02-15,jax-ml/jax,2024-02-09 11:06:46.000,28,1,40
"""


@long
def test_a_night_names_the_stranger_and_its_event_can_be_asked_for(tmp_path):
    with living_in(reused(), tmp_path):
        night = speedscore(tmp_path, "nightly", "--source", "github", "--strict")
        found = speedscore(tmp_path, "sql", "select subject, kind, detail from quality_event", "--format", "json")

    assert night.returncode == 3
    assert "jax-ml/jax is now another repository" in night.stderr
    assert [(row["subject"], row["kind"]) for row in json.loads(found.stdout)] == [("jax", "reused_name")]


def test_an_import_says_which_row_it_refused_and_why(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")

    done = speedscore(tmp_path, "import", str(tmp_path / "rows.csv"), "--json")

    [row] = json.loads(done.stdout)
    assert (row["read"], row["kept"], row["refused"], row["observations"]) == (3, 2, 1, 4)
    assert "refused 1 time: jax: another repository under its name, created on 2024-02-09" in done.stderr


def speedscore(folder, *arguments):
    own = {"SPEEDSCORE_HOME_DIR": str(folder / "home"), "PREFECT_HOME": str(folder / "prefect")}
    catalog = folder / "catalog.toml"
    own |= {"SPEEDSCORE_CATALOG": str(catalog)} if catalog.exists() else {}
    command = [sys.executable, "-m", "flows", *arguments]
    return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)
