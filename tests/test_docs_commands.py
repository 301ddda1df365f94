"""Every command in README and docs exists with its options; the tutorial's commands are run as they stand."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer

from flows.cli import demo
from flows.cli.app import app
from tests.whole import IS_WHOLE

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"(?:^|[`$(\s=])speedscore ((?:[a-z][a-z-]*|--?[a-z])[^`\n]*)", re.MULTILINE)
TUTORIAL = re.findall(r"```sh\n(.+?)```", (ROOT / "docs" / "tutorial.md").read_text("utf-8"), re.DOTALL)
NOT_HERE = ("make .venv/.ready", 'export PATH="$PWD/.venv/bin:$PATH"')
LONG = ("speedscore nightly\n", "speedscore nightly --plan\n", "speedscore report --out site\n", "speedscore --help\n")


def told() -> Iterator[tuple[str, str]]:
    """Yield the page and the words of every command in code."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for code in [*re.findall(r"```(?:sh)?\n(.+?)```", text, re.DOTALL), *re.findall(r"`([^`\n]+)`", text)]:
            yield from ((page.name, found[1].strip()) for found in COMMAND.finditer(f"\n{code}"))


@pytest.mark.parametrize(("page", "words"), sorted(set(told())), ids=lambda one: one[:60])
def test_a_command_of_the_docs_exists_with_its_options(page, words):
    lexer = shlex.shlex(re.sub(r"[\[\]]|\.\.\.", " ", words), posix=True, punctuation_chars=";|&>")
    lexer.whitespace_split = True
    tokens = []
    for token in lexer:
        if set(token) <= set(";|&>"):
            break
        tokens.append(token)
    known = typer.main.get_command(app)
    own = {name for option in known.params for name in option.opts} | {"--help"}
    if tokens[0].startswith("-"):
        assert tokens[0] in own
        return
    assert tokens[0] in known.commands, f"{page}: speedscore {words}"
    asked_for = known.commands[tokens[0]]
    if hasattr(asked_for, "commands") and len(tokens) > 1:
        alternatives = tokens[1].split("|")
        assert set(alternatives) <= set(asked_for.commands), f"{page}: speedscore {words}"
        asked_for = asked_for.commands[alternatives[0]]
    options = {name for option in asked_for.params for name in (*option.opts, *option.secondary_opts)}
    asked = {token.partition("=")[0] for token in tokens[1:] if re.match(r"--?[a-z]", token)}
    assert asked <= options | {"--help"}, f"{page}: speedscore {words}"


def test_the_tutorials_commands_run_as_they_stand(tmp_path):
    """All but the night, which asks the sources, and the site; the whole test runs those too, against the replica."""
    script = "".join(TUTORIAL)
    for line in NOT_HERE:
        assert line in script
        script = script.replace(line, "")
    assert all(line in script for line in LONG)
    own = {key: value for key, value in os.environ.items() if not key.startswith("SPEEDSCORE_")}
    own["PATH"] = f"{Path(sys.executable).parent}:{own['PATH']}"
    with upstreams(tmp_path) if IS_WHOLE else nobody() as more:
        text = script if IS_WHOLE else "".join(line for line in script.splitlines(True) if line not in LONG)
        done = subprocess.run(
            ["/bin/bash", "-euc", text], cwd=tmp_path, env=own | more, capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr
    assert "**Speed Score 9.0 of 10" in done.stdout
    assert "# MLX" in done.stdout
    assert (tmp_path / "mine" / "mlx.csv").read_text("utf-8").startswith("subject,metric,")
    assert (tmp_path / "mine" / "site" / "index.html").is_file() == IS_WHOLE


@contextmanager
def nobody() -> Iterator[dict[str, str]]:
    """Give no settings."""
    yield {}


@contextmanager
def upstreams(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the replica; give the settings that point at it."""
    command = [sys.executable, "-m", demo.REPLICA, "--catalog", str(folder / "replica.toml")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["environment"]
        finally:
            process.terminate()


def test_what_follows_backtest_and_research_is_told_with_its_options_and_arguments():
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    groups = [command for command in typer.main.get_command(app).commands.values() if hasattr(command, "commands")]

    for inner in (one for group in groups for one in group.commands.values()):
        told = page.partition(f"\n- `{inner.name}`: ")[2].partition("\n- ")[0]
        options = [one for one in inner.params if one.help and one.name != "help"]
        assert [one.name for one in options if one.help not in told] == [], inner.name
    assert "- `SUBJECT`: Id, name, package or address of a subject." in page
