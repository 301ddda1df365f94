"""What tests ask about processes that are not their children."""

import os
import subprocess
import time


def children_of(pid: int) -> list[int]:
    """Return the process ids of the children of a process."""
    listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listed.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def ends(pid: int) -> bool:
    """Wait until a process that is not our child has ended."""
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if is_dead_but_listed(pid):
            return True
        time.sleep(0.1)
    return False


def is_dead_but_listed(pid: int) -> bool:
    """Return whether nobody has yet taken note that a process ended."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return listed.strip().startswith("Z")
