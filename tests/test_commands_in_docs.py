"""Every command that README, docs and help show can be typed as it stands; the page of commands is that of the code."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from flows.cli.app import app
from flows.cli.guide import EXAMPLES, GROUPS, as_page

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINE = re.compile(r"^(?:    |\$ |)(?:\w+=\S+ )*(?:\.venv/bin/)?speedscore (.*)$")
SHOWN = re.compile(r"`speedscore ([a-z]+)")
COMMAND = typer.main.get_command(app)


def shown(page: Path) -> Iterator[str]:
    """Yield the command lines of a page's code blocks, without remarks, pipes and redirections."""
    is_code = False
    for line in page.read_text("utf-8").splitlines():
        is_code ^= line.startswith("```")
        if (is_code or line.startswith("    ")) and (match := LINE.match(line)):
            yield re.split(r"\s+#|\s+[|<>]\s|\s*;", match[1])[0]


LINES = sorted({(page.name, line) for page in PAGES for line in shown(page)})
LINES += [("help", line.removeprefix("speedscore ")) for lines in EXAMPLES.values() for line in lines]


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{page}: {line}" for page, line in LINES])
def test_a_command_that_is_shown_can_be_typed(page, line, monkeypatch):
    monkeypatch.setattr("flows.gh.lend_token", lambda: None)
    words = [word for word in shlex.split(re.split(r"\s+[<>|]\s", line)[0]) if word not in {"...", "\\"}]
    if words[0].startswith("-"):
        COMMAND.make_context("speedscore", words, resilient_parsing=True)
        return
    command = COMMAND.commands[words[0]]
    parent = COMMAND.make_context("speedscore", [words[0]], resilient_parsing=True)
    if hasattr(command, "commands"):
        command, words = command.commands[words[1]], words[1:]
    command.make_context(words[0], words[1:], parent=parent)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_that_is_named_exists(page):
    assert set(SHOWN.findall(page.read_text("utf-8"))) <= set(COMMAND.commands)


def test_every_command_has_a_group_and_an_example():
    grouped = [name for names in GROUPS.values() for name in names]

    assert sorted(grouped) == sorted(COMMAND.commands)
    assert set(EXAMPLES) == set(COMMAND.commands)


def test_the_page_of_commands_is_that_of_the_code():
    assert (ROOT / "docs/commands.md").read_text("utf-8") == as_page(COMMAND), (
        "run: python -m flows.cli.guide > docs/commands.md"
    )


def test_the_readme_s_card_is_the_card(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    app(["card", "pytorch", "--as-of", "2024-01-31"], standalone_mode=False)
    said = re.sub(r" +", " ", capsys.readouterr().out)
    told = (ROOT / "README.md").read_text("utf-8").partition("$ speedscore card")[2].partition("```")[0]

    for figure in re.findall(r"\d\.\d+(?: to \d\.\d)?", told):
        assert figure in said
    assert "Speed Score: (9.5 + 8.5 + 9.8 + 9.0 + 8.0) / 5 = 8.96 -> 9.0" in said
