"""Run a module that ends with whoever started it: `python -m flows.orchestration.leash MODULE ARGUMENT ...`.

The starter holds the other end of standard input, which the system closes however the starter ends.
"""

import gc
import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_S = 3.0
SELDOM = (20_000, 20, 20)
"""How often Python looks for garbage: what a server imports stays, and looking through it took a fifth of its start."""
PIECE = 4096


def main() -> None:
    """Run the module as a program, on the leash."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    gc.set_threshold(*SELDOM)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    """Wait until nobody holds the other end; then ask this process to end, and end it if it does not."""
    while os.read(0, PIECE):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os._exit(1)


if __name__ == "__main__":
    main()
