"""Small repositories made by hand, served in the place of https://github.com/ by the user's own git configuration."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ANN = ("Ann", "ann@example.net")
BOB = ("Bob", "bob@example.net")


def git(*arguments: str, stdin: str | bytes = b"", **environment: str) -> str:
    """Run git as the test's user; give what it printed."""
    body = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        ["git", *arguments], input=body, capture_output=True, check=True, env=os.environ | environment
    )
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class Repository:
    """A bare repository on the server's side."""

    path: Path

    def git(self, *arguments: str, stdin: str | bytes = b"") -> str:
        return git(f"--git-dir={self.path}", *arguments, stdin=stdin)

    def tree(self, **files: str) -> str:
        """Keep a tree; `mailmap` is the file .mailmap."""
        blobs = {name: self.git("hash-object", "-w", "--stdin", stdin=text) for name, text in files.items()}
        return self.git("mktree", stdin="".join(f"100644 blob {sha}\t.{name}\n" for name, sha in blobs.items()))

    def commit(
        self,
        at: datetime | str,
        who: tuple[str, str] = ANN,
        *,
        parents: list[str] | None = None,
        tree: str | None = None,
        branch: str | None = None,
        encoding: str = "utf-8",
        title: str = "words",
    ) -> str:
        """Put a commit on the branch, byte by byte: git itself would not write every date that is out there."""
        second = at if isinstance(at, str) else str(int(at.replace(tzinfo=UTC).timestamp()))
        on = f"refs/heads/{branch}" if branch else "HEAD"
        above = self.heads(on) if parents is None else parents
        lines = [
            f"tree {tree or self.tree()}",
            *(f"parent {sha}" for sha in above),
            f"author {who[0]} <{who[1]}> 1000000000 +0000",
            f"committer GitHub <noreply@github.com> {second} +0000",
            "",
            title,
        ]
        body = "\n".join(lines).encode(encoding)
        sha = self.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=body)
        self.git("update-ref", on, sha)
        return sha

    def heads(self, ref: str = "HEAD") -> list[str]:
        return self.git(
            "for-each-ref", "--format=%(objectname)", self.git("symbolic-ref", ref) if ref == "HEAD" else ref
        ).split()


@dataclass(frozen=True)
class GitServer:
    """Repositories by full name under a folder, and the configuration that leads there."""

    folder: Path
    config: Path

    def repository(self, full_name: str = "o/r", **config: str) -> Repository:
        path = self.folder / f"{full_name}.git"
        git("init", "--quiet", "--bare", "--initial-branch=main", str(path))
        found = Repository(path)
        for key, text in {
            "uploadpack.allowFilter": "true",
            **{k.replace("__", "."): v for k, v in config.items()},
        }.items():
            found.git("config", key, text)
        return found

    def leads_to(self, base: str) -> None:
        """Let https://github.com/ be another place."""
        self.config.write_text(f'[url "{base}"]\n\tinsteadOf = https://github.com/\n[http]\n\tproxy = ""\n')


def serve_from(folder: Path, setenv: Callable[[str, str], None]) -> GitServer:
    """Return a server under a folder and let every git of the test use it."""
    server = GitServer(folder / "server", folder / "gitconfig")
    server.leads_to(f"{server.folder}/")
    for name, text in {
        "GIT_CONFIG_GLOBAL": str(server.config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(folder),
    }.items():
        setenv(name, text)
    return server
