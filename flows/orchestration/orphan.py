"""End a run whose starter has ended: the flow runs of `serve` and of a worker are processes of their own."""

import os
import signal
import threading
import time

FLOW_RUN = "PREFECT__FLOW_RUN_ID"
"""Stands in the environment of a process that Prefect has started for one run."""
GLANCE_S = 0.5
PATIENCE_S = 3.0


def end_with_starter() -> None:
    """Let this process end soon after the one that started it, where Prefect has started it for one run.

    A killed `serve` would else leave a night behind that goes on writing while the next one begins.
    """
    if os.environ.get(FLOW_RUN):
        threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(starter: int) -> None:
    """Wait until another process has taken the starter's place; then ask this process to end, and end it."""
    while os.getppid() == starter:
        time.sleep(GLANCE_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os._exit(1)
