"""System git as a process: nobody is asked for a password, it ends in bounded time, and its errors have our names."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakSet

from collectors.errors import (
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    NotSupportedError,
    RestrictedError,
    SourceError,
    TooLargeError,
    UntrustedError,
)

PATIENCE_S = 5.0
RUNNING: "WeakSet[subprocess.Popen[bytes]]" = WeakSet()
NOT_STARTED = frozenset({126, 127})  # what env answers where git cannot be run, or is not there
# Settings of somebody else's repository, as a git hook has them; everything else of the environment is git's own.
FOREIGN = frozenset(
    f"GIT_{name}"
    for name in (
        "ALTERNATE_OBJECT_DIRECTORIES",
        "COMMON_DIR",
        "DIR",
        "GRAFT_FILE",
        "INDEX_FILE",
        "NAMESPACE",
        "OBJECT_DIRECTORY",
        "PREFIX",
        "REPLACE_REF_BASE",
        "SHALLOW_FILE",
        "WORK_TREE",
    )
)
ALWAYS = {
    "GCM_INTERACTIVE": "never",
    "GIT_ASKPASS": "",
    "GIT_DEFAULT_HASH": "sha1",
    "GIT_NO_LAZY_FETCH": "1",  # a source with a part of the history would be asked without end
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "SSH_ASKPASS_REQUIRE": "never",
}
LARGEST_FILE = 2 * 2**30
# A file that grows larger is refused by the system, and git says so instead of being killed; and git trusts the
# authorities that the other programs of this machine are told to trust.
TRUSTING = 'test -z "$SSL_CERT_FILE" || export GIT_SSL_CAINFO="${GIT_SSL_CAINFO:-$SSL_CERT_FILE}"'
BOUNDED = ("/bin/sh", "-c", f'{TRUSTING}; trap \'\' XFSZ; ulimit -f "$0" && exec "$@"')
BLOCK = 512
# Defaults: GIT_HTTP_LOW_SPEED_* of the user go before them.
STALLED = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")
OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
LAZY = {"GIT_NO_LAZY_FETCH": "0"}
ADVICE = re.compile(r"^(usage:|Please make sure).*", re.DOTALL | re.MULTILINE)
WHERE = re.compile(r"unable to access '[^']*': ")
SECRET = re.compile(r"(?<=://)[^/@\s]+@")


class NoGitError(NotSupportedError):
    """No git is here that can do it: the operator installs it."""

    next_step = "install git 2.30 or newer and see that it is on the PATH"


class CloneError(IncompleteError):
    """The clone cannot be kept on this disk: the operator makes room."""

    next_step = "see that the folder git/ of the home directory can be written and has room; it may be deleted"


class BrokenError(CloneError):
    """Git stumbled over the clone itself: it is made anew, once; then the operator looks at the disk."""


class NoFilterError(BrokenError):
    """The server sends everything or nothing; it is asked again for everything."""


class HugeError(TooLargeError):
    """The history is larger than a clone may be: nobody must act."""

    next_step = f"none: no file of a clone may have more than {LARGEST_FILE:,} bytes"


class TimeUpError(NoAnswerError):
    """The time was up: nobody must act."""


# What git says when it fails, in the order in which it is looked for; what is not here is the clone's fault.
FAULTS: tuple[tuple[re.Pattern[str], type[SourceError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), error)
    for pattern, error in (
        (r"unknown option", NoGitError),
        (r"filter '[^']*' not supported|filter-spec|support.* filter", NoFilterError),
        (r"file too large", HugeError),
        (r"no space left|disk quota|read-only file system", CloneError),
        (r"repository .*not found|returned error: (404|410)|not appear to be a git repository", GoneError),
        (r"could not read (username|password)|terminal prompts disabled", GoneError),
        (r"returned error: 429", LimitError),
        (
            r"returned error: (401|403|451)|authentication failed|permission denied \(|dubious ownership",
            RestrictedError,
        ),
        (r"certificate (problem|verif)|certificate subject name|server verification failed", UntrustedError),
        (r"couldn't find remote ref|shallow roots", IncompleteError),
        (r"unable to access|could not resolve|couldn't connect|connection|timed out|too slow", NoAnswerError),
        (r"rpc failed|early eof|hung up|unexpected disconnect|could not read from remote|remote error", NoAnswerError),
    )
)


def run(place: Path, *arguments: str, ends_at: float, more: dict[str, str] | None = None) -> str:
    """Run git in a clone and give what it said on stderr; it ends, with all its children, when the time is up."""
    return _end_of(place, arguments, ends_at, more)[1]


def ask(place: Path, *arguments: str, ends_at: float, more: dict[str, str] | None = None) -> str:
    """Run git in a clone as `run` does and give what it printed."""
    return ask_bytes(place, *arguments, ends_at=ends_at, more=more).decode("utf-8", "replace")


def ask_bytes(place: Path, *arguments: str, ends_at: float, more: dict[str, str] | None = None) -> bytes:
    """Run git in a clone as `run` does and give the bytes that it printed."""
    return _end_of(place, arguments, ends_at, more)[0]


def _end_of(place: Path, arguments: Sequence[str], ends_at: float, more: dict[str, str] | None) -> tuple[bytes, str]:
    with start(place, arguments, more or {}, subprocess.PIPE) as process:
        try:
            printed, told = process.communicate(timeout=max(0.0, ends_at - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise TimeUpError("the time was up before git was ready") from error
        finally:
            end(process)
    said = told.decode("utf-8", "replace")
    if process.returncode:
        raise error_of(process.returncode, said)
    return printed, said


def start(place: Path, arguments: Sequence[str], more: dict[str, str], err: int) -> "subprocess.Popen[bytes]":
    """Start git in a group of its own, without anybody to ask, its files bounded; its configuration stays in force."""
    apart = [f"--unset={name}" for name in sorted(FOREIGN)]
    own = [f"{name}={text}" for name, text in {**ALWAYS, **more}.items()]
    bounded = (*BOUNDED, str(LARGEST_FILE // BLOCK))
    try:
        process = subprocess.Popen(  # noqa: S603 - our own arguments, no text that a shell reads
            ["env", *apart, *own, *bounded, "git", *STALLED, "-C", str(place), "--git-dir=.", *arguments],  # noqa: S607 - of the PATH
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            start_new_session=True,
        )
    except OSError as error:
        raise NoGitError(f"git cannot be started: {error}") from error
    RUNNING.add(process)
    return process


def end_all() -> None:
    """Ask every git of this process that still runs to end, with its children; the process itself is about to."""
    for process in list(RUNNING):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End git and its children, if it still runs: first so that it can clean up."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue


def error_of(status: int, said: str) -> SourceError:
    """Return what is wrong by what git said, without the secrets that an address may hold."""
    told = ADVICE.sub("", SECRET.sub("", said)).strip() or f"git ended with {status}"
    if status in NOT_STARTED:
        return NoGitError(f"git cannot be started: {told}")
    kind = next((error for pattern, error in FAULTS if pattern.search(told)), BrokenError)
    why = WHERE.sub("", told).replace("\n", "; ")
    return kind(f"certificate not trusted: {why}" if kind is UntrustedError else why)
