"""The peak of a process's memory."""

from pathlib import Path

FORGET = "5"
"""What the kernel takes for the wish to begin the peak anew (proc_pid_clear_refs(5))."""
MB_A_MIB = 2**20 / 1e6


def peak_mib() -> float:
    """Return the most memory that this process has had resident, in MiB, since its start or since `forget_peak`.

    From the kernel's own table: what getrusage tells includes the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def forget_peak() -> None:
    """Let the peak begin with what is resident now."""
    Path("/proc/self/clear_refs").write_text(FORGET, encoding="utf-8")
