"""Run one function in a process of its own, so that its memory and its caches are nobody else's."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def apart(function: str, *arguments: Any, environment: Mapping[str, str] | None = None) -> Any:
    """Return what `module:function` of these benchmarks gives for the arguments; both pass as JSON.

    What it prints goes to the standard error.
    """
    command = [sys.executable, "-m", "benchmarks.apart", function, json.dumps(arguments)]
    more = {**os.environ, **(environment or {})}
    told = subprocess.run(command, env=more, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


def main() -> None:
    """Call what is named and print what it gives."""
    module, _, name = sys.argv[1].partition(":")
    answer = os.dup(1)
    os.dup2(2, 1)  # databases and git print past Python
    found = getattr(importlib.import_module(f"benchmarks.{module}"), name)(*json.loads(sys.argv[2]))
    with open(answer, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
        json.dump(found, file)


if __name__ == "__main__":
    main()
