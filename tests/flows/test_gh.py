"""GitHub's token from its other name, and from the gh command where that is asked for."""

import os
import stat

import pytest

from catalog.errors import InputError
from flows.gh import lend_token
from flows.settings import load_settings

TOKEN = "ghx_0123456789abcdef"


def test_the_token_has_a_second_name_and_the_first_one_wins(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    assert load_settings().github_credentials == {"token": TOKEN}
    assert TOKEN not in load_settings().masked(f"Bearer {TOKEN}")

    monkeypatch.setenv("GITHUB_TOKEN", "another-token")
    assert load_settings().github_credentials == {"token": "another-token"}


@pytest.mark.parametrize(
    ("script", "word"),
    [("exit 1", "not signed in"), ("echo", "not signed in"), (None, "no gh command")],
    ids=["signed out", "says nothing", "absent"],
)
def test_a_gh_that_has_no_token_is_one_sentence(monkeypatch, tmp_path, script, word):
    with_gh(monkeypatch, tmp_path, script)

    with pytest.raises(InputError, match=word):
        lend_token()
    assert "GITHUB_TOKEN" not in os.environ


def test_the_token_of_gh_is_used_and_shown_nowhere(monkeypatch, tmp_path, capfd):
    with_gh(monkeypatch, tmp_path, f'test "$1 $2" = "auth token" && echo {TOKEN}')

    lend_token()
    assert load_settings().github_credentials == {"token": TOKEN}
    assert capfd.readouterr() == ("", "")


def with_gh(monkeypatch, folder, script):
    """Put a gh that runs the script before everything else, or nothing at all, on the path."""
    monkeypatch.setenv("GITHUB_TOKEN", "")  # so that what is lent goes with the test
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.chdir(folder)
    if script is not None:
        command = folder / "gh"
        command.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
