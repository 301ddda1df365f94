"""The commits of a default branch: a bare clone without files, kept and brought up to date by system git."""

import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.commit_windows import WEEKS, absence_factor, authors_of_year, count_weeks, observe_counts
from collectors.errors import (
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    NotSupportedError,
    RestrictedError,
    SourceError,
)
from collectors.identities import Identity, Kind, Signature, identify

log = logging.getLogger(__name__)

COMMITS_WEEK = METRICS["github.commits_week"]
ACTIVE = METRICS["github.contributors_active_365d"]
ABSENCE = METRICS["github.absence_factor"]

FORMAT = "--format=tformat:%H%x00%ct%x00%P%x00%aN%x00%aE"
FILTER = "--filter=tree:0"
LAST_SECOND = 253_402_300_799  # of the year 9999
PATIENCE_S = 5.0
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
STALLED = {"GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": "60"}
Row = tuple[str, int, bool, Signature]
OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
LAZY = {"GIT_NO_LAZY_FETCH": "0"}
NO_MAILMAP = re.compile(r"not (?:exist )?in 'HEAD'")
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


class TimeUpError(NoAnswerError):
    """The time was up: nobody must act."""


# What git says when it fails, in the order in which it is looked for; what is not here is the clone's fault.
FAULTS: tuple[tuple[re.Pattern[str], type[SourceError]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), error)
    for pattern, error in (
        (r"unknown option", NoGitError),
        (r"filter '[^']*' not supported|filter-spec|support.* filter", NoFilterError),
        (r"no space left|disk quota|read-only file system|file too large", CloneError),
        (r"repository .*not found|returned error: (404|410)|not appear to be a git repository", GoneError),
        (r"could not read (username|password)|terminal prompts disabled", GoneError),
        (r"returned error: 429", LimitError),
        (
            r"returned error: (401|403|451)|authentication failed|permission denied \(|dubious ownership",
            RestrictedError,
        ),
        (r"couldn't find remote ref|shallow roots", IncompleteError),
        (r"unable to access|could not resolve|couldn't connect|connection|timed out|too slow", NoAnswerError),
        (r"rpc failed|early eof|hung up|unexpected disconnect|could not read from remote|remote error", NoAnswerError),
    )
)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; its author is known by a fingerprint only."""

    sha: str
    committed_at: datetime
    author: str
    kind: Kind
    is_merge: bool


def fetch(full_name: str, folder: Path, timeout_s: float, github_id: int | None = None) -> Path:
    """Bring the commits of tonight's default branch; give the bare clone that holds them, or raise SourceError."""
    ends_at = time.monotonic() + timeout_s
    place = folder.absolute() / "git" / f"{github_id or full_name.lower().replace('/', '__')}.git"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_suffix(".lock"), timeout=max(0.0, timeout_s)):
            _bring(place, f"https://github.com/{full_name}.git", ends_at)
    except Timeout as error:
        raise NoAnswerError(f"another run is fetching {full_name}") from error
    except OSError as error:
        raise CloneError(f"the clone of {full_name} cannot be kept: {error}") from error
    return place


def _bring(place: Path, url: str, ends_at: float) -> None:
    """Bring a clone up to date; one that is half made or broken is thrown away and made anew, once."""
    if _is_whole(place, ends_at):
        try:
            _update(place, url, ends_at)
        except BrokenError as error:
            log.warning("%s cannot be used and is made anew: %s", place.name, error)
        else:
            return
    try:
        _make(place, url, ends_at, FILTER)
    except NoFilterError:
        log.info("%s: the server does not filter; everything is fetched", place.name)
        _make(place, url, ends_at)


def _is_whole(place: Path, ends_at: float) -> bool:
    """Tell whether every commit is there that the branch needs."""
    try:
        _git(place, "rev-list", "--count", "HEAD", "--", ends_at=ends_at, more=OFFLINE)
    except (NoGitError, TimeUpError):
        raise
    except SourceError:
        return False
    return True


def _make(place: Path, url: str, ends_at: float, *only: str) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    _git(place, "init", "--quiet", "--bare", "--template=", "--initial-branch=default", ends_at=ends_at)
    _update(place, url, ends_at, *only)


def _update(place: Path, url: str, ends_at: float, *only: str) -> None:
    """Let our one branch be what the server's HEAD is now, whatever it was and however it is called there."""
    _git(place, "config", "--replace-all", "remote.origin.url", url, ends_at=ends_at)
    quiet = ("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false")
    what = ("fetch", *only, "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "origin")
    said = _git(place, *quiet, *what, "+HEAD:refs/heads/default", ends_at=ends_at)
    if "shallow roots" in said:
        raise IncompleteError("the server has a part of the history only")
    try:
        _git(place, "cat-file", "-e", "HEAD:.mailmap", ends_at=ends_at, more=LAZY)
    except SourceError as error:
        log.debug("%s: no .mailmap: %s", place.name, error)


def _git(place: Path, *arguments: str, ends_at: float, more: dict[str, str] | None = None) -> str:
    """Run git in a clone and give what it said on stderr; it ends, with all its children, when the time is up."""
    with _start(place, arguments, more or {}, subprocess.PIPE) as process:
        try:
            _, told = process.communicate(timeout=max(0.0, ends_at - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise TimeUpError("the time was up before git was ready") from error
        finally:
            _end(process)
    said = told.decode("utf-8", "replace")
    if process.returncode:
        raise _error_of(process.returncode, said)
    return said


def _start(place: Path, arguments: Sequence[str], more: dict[str, str], err: int) -> "subprocess.Popen[bytes]":
    """Start git in a group of its own, without anybody to ask; the user's configuration of git stays in force."""
    own = {name: text for name, text in os.environ.items() if name not in FOREIGN}
    try:
        return subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            ["git", "-C", str(place), "--git-dir=.", *arguments],  # noqa: S607 - the git of the user's PATH
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            env={**STALLED, **own, **ALWAYS, **more},
            start_new_session=True,
        )
    except OSError as error:
        raise NoGitError(f"git cannot be started: {error}") from error


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End git and its children, if it still runs: first so that it can clean up."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue


def _error_of(status: int, said: str) -> SourceError:
    """Give what is wrong by what git said, without the secrets that an address may hold."""
    told = ADVICE.sub("", SECRET.sub("", said)).strip() or f"git ended with {status}"
    found = (error for pattern, error in FAULTS if pattern.search(told))
    return next(found, BrokenError)(WHERE.sub("", told).replace("\n", "; "))


def read_log(repository: Path) -> list[Commit]:
    """Give every commit of a clone, authors by fingerprint; asks nobody; raise SourceError when it breaks off."""
    try:
        rows = _rows(repository)
    except OSError as error:
        raise CloneError(f"the log of {repository.name} cannot be read: {error}") from error
    authors = _authors(rows)
    return [_commit(sha, second, is_merge, authors[who]) for sha, second, is_merge, who in rows]


def _rows(repository: Path) -> list[Row]:
    rows, skipped = [], 0
    for line in _lines(repository, _mailmap(repository)):
        try:
            rows.append(_row(line))
        except ValueError:
            skipped += 1
    if skipped:
        log.warning("%s: %d commits without a usable date left out", repository.name, skipped)
    return rows


def _mailmap(repository: Path) -> str:
    """Give where the .mailmap of the branch is; nowhere when there is none, or none to be had, and say that."""
    try:
        _git(repository, "cat-file", "-e", "HEAD:.mailmap", ends_at=time.monotonic() + 60, more=OFFLINE)
    except NoGitError:
        raise
    except SourceError as error:
        if not NO_MAILMAP.search(str(error)):
            log.warning("%s: .mailmap could not be had, names are read as they are: %s", repository.name, error)
        return ""
    return "HEAD:.mailmap"


def _lines(repository: Path, mailmap: str) -> Iterator[bytes]:
    """Stream the log, a commit a line; no setting of the user changes what it says."""
    plain = ("-c", "mailmap.file=", "-c", f"mailmap.blob={mailmap}", "-c", "i18n.logOutputEncoding=UTF-8")
    asked = (*plain, "log", "--no-patch", "--no-show-signature", "--no-color", FORMAT, "HEAD", "--")
    with tempfile.TemporaryFile() as told, _start(repository, asked, OFFLINE, told.fileno()) as process:
        try:
            yield from process.stdout or ()
            process.wait()
        finally:
            _end(process)
        told.seek(0)
        if process.returncode:
            raise _error_of(process.returncode, told.read().decode("utf-8", "replace"))


def _row(line: bytes) -> Row:
    """Read one line; raise ValueError for a commit without a usable date."""
    sha, second, parents, name, mail = line.decode("utf-8", "surrogateescape").rstrip("\n").split("\0")
    if not 0 <= int(second) <= LAST_SECOND:
        raise ValueError(f"{second} is no moment")
    return sha, int(second), " " in parents, Signature.of(name, mail)


def _authors(rows: Sequence[Row]) -> dict[Signature, Identity]:
    first_seen: dict[Signature, int] = {}
    for _, second, _, who in rows:
        first_seen[who] = min(second, first_seen.get(who, second))
    return identify(first_seen)


def _commit(sha: str, second: int, is_merge: bool, who: Identity) -> Commit:  # noqa: FBT001 - a field of a row
    return Commit(sha, datetime.fromtimestamp(second, UTC).replace(tzinfo=None), who.fingerprint, who.kind, is_merge)


def observe(commits: Sequence[Commit], subject: Subject, moments: Sequence[datetime]) -> Iterator[Observation]:
    """Give what the log says of each moment (a midnight, naive UTC), in order of time."""
    ordered, whens = sorted(commits, key=lambda one: one.committed_at), sorted(set(moments))
    times = [one.committed_at for one in ordered]
    authored = [one.committed_at for one in ordered if not one.is_merge and one.kind is not Kind.BOT]
    people = [one for one in ordered if _is_work_of_a_person(one)]
    more: dict[str, Any] = {"method": "exact", "url": f"https://github.com/{subject.github}"}
    for valid_at, by_author in zip(whens, authors_of_year(people, whens), strict=True):
        yield from observe_counts(subject.id, times, valid_at, **more)
        weekly = count_weeks(authored, valid_at)
        yield COMMITS_WEEK.of(subject.id, valid_at, weekly / WEEKS, n=weekly, **more)
        yield ACTIVE.of(subject.id, valid_at, len(by_author), **more)
        yield ABSENCE.of(subject.id, valid_at, absence_factor(by_author), n=by_author.total(), **more)


def all_time_identities(commits: Sequence[Commit], until: datetime) -> int:
    """Count the people with a commit that is no merge, ever before a moment."""
    return len({one.author for one in commits if one.committed_at < until and _is_work_of_a_person(one)})


def _is_work_of_a_person(commit: Commit) -> bool:
    return commit.kind is Kind.HUMAN and not commit.is_merge
