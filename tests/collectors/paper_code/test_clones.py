"""Without a token a repository is read from a shallow clone; nothing of it is kept."""

import subprocess
from pathlib import Path

import pytest

from catalog.code_state import CodeState
from collectors.errors import NoAnswerError
from collectors.paper_code.clones import clone_repositories
from collectors.research.manifests import asked_packages

LONG = "import jax\n" + "x = 1  # a long file\n" * 60_000
PICTURES = '{"cells": [{"cell_type": "code", "source": ["import torch"], "outputs": ["' + "A" * 2**21 + '"]}]}'
FILES = {"src/net.py": "import torch\n", "train.py": "import torch\nimport numpy\n", "README.md": "# Net\n"}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Return a folder that stands for a GitHub with repositories: with code, with long files, without any commit."""
    every: dict[str, dict[str, str | bytes]] = {
        "a/net": FILES,
        "a/long": {"all.py": LONG},
        "a/pictures": {"all.ipynb": PICTURES},
        "a/empty": {},
    }
    every["a/wide"] = {"net.py": "import jax\n".encode("utf-16"), "requirements.txt": "jax\nflax\n".encode("utf-16")}
    for name, files in every.items():
        place = tmp_path / "web" / f"{name}.git"
        place.mkdir(parents=True)
        git(place, "init", "--quiet", "--bare", "--initial-branch=main")
        git(place, "config", "uploadpack.allowFilter", "true")
        git(place, "config", "uploadpack.allowAnySHA1InWant", "true")
        if files:
            git(place, "fast-import", "--quiet", said=stream(files))
    return tmp_path / "web"


def git(place: Path, *arguments: str, said: bytes = b"") -> None:
    subprocess.run(["git", "-C", str(place), *arguments], input=said, check=True, capture_output=True)


def stream(files: dict[str, str | bytes]) -> bytes:
    lines = [b"commit refs/heads/main", b"committer A <a@x.org> 1700000000 +0000", b"data 4", b"Demo"]
    for path, text in files.items():
        body = text.encode() if isinstance(text, str) else text
        lines += [f"M 100644 inline {path}".encode(), f"data {len(body)}".encode(), body]
    return b"\n".join(lines) + b"\n"


def test_the_newest_commit_is_read_and_nothing_is_kept(web, tmp_path):
    net, empty, gone = clone_repositories(["a/net", "a/empty", "a/gone"], tmp_path / "git", web.as_uri())

    assert (net.verdict.state, net.verdict.main, net.verdict.files_read) == (CodeState.NAMED, "pytorch", 2)
    assert len(net.commit_sha) == 40
    assert empty.verdict.state is CodeState.NO_CODE
    assert gone.verdict.state is CodeState.GONE
    assert list((tmp_path / "git").iterdir()) == []


def test_of_a_long_file_its_beginning_is_read(web, tmp_path):
    long, pictures = clone_repositories(["a/long", "a/pictures"], tmp_path / "git", web.as_uri())

    assert (long.verdict.main, pictures.verdict.main) == ("jax", "pytorch")


def test_files_that_powershell_wrote_are_read(web, tmp_path):
    [wide] = clone_repositories(["a/wide"], tmp_path / "git", web.as_uri())

    assert (wide.verdict.main, wide.verdict.files_read) == ("jax", 1)
    assert asked_packages(wide.manifests) == {"requirements.txt": {"jax", "flax"}}


def test_nobody_is_asked_again_and_again_where_nobody_answers(tmp_path):
    with pytest.raises(NoAnswerError):
        list(clone_repositories(["a/1", "a/2", "a/3"], tmp_path / "git", "http://127.0.0.1:9"))
