"""GitHub's token as the gh command keeps it, for those who ask for it."""

import os
import subprocess

from catalog.errors import InputError

PATIENCE_S = 10


def lend_token() -> None:
    """Let this process use the token of the gh command; raise InputError where it has none. It is shown nowhere."""
    try:
        said = subprocess.run(
            ["gh", "auth", "token"],  # noqa: S607 - the command that the user has on the path
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except FileNotFoundError:
        raise InputError("--gh: there is no gh command; see https://cli.github.com, or set GITHUB_TOKEN") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"--gh: gh auth token took longer than {PATIENCE_S} s; set GITHUB_TOKEN") from None
    token = said.stdout.strip()
    if said.returncode or not token:
        raise InputError("--gh: gh is not signed in; try: gh auth login")
    os.environ["GITHUB_TOKEN"] = token
