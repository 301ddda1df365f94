"""A flow run ends with the process that started it, so that a killed `serve` leaves no night behind."""

import os
import subprocess
import sys

import pytest

from tests.processes import ends

RUN = "import time; from flows.orchestration.orphan import end_with_starter; end_with_starter(); print(flush=True); time.sleep(600)"
STARTER = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', sys.argv[1]]); print(p.pid, flush=True); p.wait()"


@pytest.mark.parametrize("is_run", [True, False], ids=["a flow run", "a command of a user"])
def test_a_run_of_prefect_ends_when_its_starter_is_killed_and_nothing_else_does(is_run):
    told = {**os.environ, **({"PREFECT__FLOW_RUN_ID": "0a1b"} if is_run else {})}
    with subprocess.Popen([sys.executable, "-c", STARTER, RUN], stdout=subprocess.PIPE, text=True, env=told) as starter:
        run, _ = int(starter.stdout.readline()), starter.stdout.readline()
        starter.kill()

    if is_run:
        assert ends(run)
    else:
        os.kill(run, 9)
