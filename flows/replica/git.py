"""The world's commits as real bare repositories, which git takes for those of GitHub."""

import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.replica.repository import Commit, Repo
from flows.replica.world import World


def write_repositories(world: World, folder: Path) -> dict[str, str]:
    """Write every repository under its full name; give the environment in which git finds them at github.com."""
    for repository in world.repositories:
        place = folder / f"{repository.full_name}.git"
        place.mkdir(parents=True)
        _git(place, "init", "--quiet", "--bare", "--initial-branch=main")
        _git(place, "config", "uploadpack.allowFilter", "true")
        _git(place, "fast-import", "--quiet", said=b"".join(_stream(repository)))
    key = f"url.{folder.as_uri()}/.insteadOf"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": "https://github.com/"}


def _stream(repository: Repo) -> Iterator[bytes]:
    """Yield the commits for `git fast-import`, oldest first; a merge has a side commit of its time as second parent."""
    previous = 0
    for mark, commit in enumerate(sorted(repository.commits, key=lambda one: one.committed_at), start=1):
        yield _commit(commit, mark, previous, max(0, previous - 1) if commit.is_merge else 0)
        previous = mark
    yield b"done\n"


def _commit(commit: Commit, mark: int, parent: int, other: int) -> bytes:
    lines = [
        "commit refs/heads/main",
        f"mark :{mark}",
        f"author {commit.author_name} <{commit.author_email}> {_stamp(commit.authored_at)}",
        f"committer {commit.author_name} <{commit.author_email}> {_stamp(commit.committed_at)}",
        f"data {len(_title(mark))}",
        _title(mark),
    ]
    if parent:
        lines.append(f"from :{parent}")
    if other:
        lines.append(f"merge :{other}")
    return ("\n".join(lines) + "\n\n").encode()


def _title(mark: int) -> str:
    """Return the first line of a commit: every fifth speaks of speed, every seventh of documentation."""
    return "Speed up the demo" if not mark % 5 else "Document the demo" if not mark % 7 else "Demo"


def _stamp(moment: datetime) -> str:
    return f"{int(moment.timestamp())} +0000"


def _git(place: Path, *arguments: str, said: bytes = b"") -> None:
    subprocess.run(["git", "-C", str(place), *arguments], input=said, check=True, capture_output=True)  # noqa: S607
