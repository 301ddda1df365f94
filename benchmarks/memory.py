"""The peak of a process's memory."""

from pathlib import Path


def peak_mib() -> float:
    """Return the most memory that this process has had resident, in MiB.

    From the kernel's own table: what getrusage tells includes the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
