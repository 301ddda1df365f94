"""What tests of the command line share."""

from pathlib import Path

import pytest

from flows.cli.app import app


@pytest.fixture(scope="session")
def shipped_home(tmp_path_factory) -> Path:
    """A home with a warehouse of what ships, scored on the day of the first published card."""
    folder = tmp_path_factory.mktemp("shipped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEEDSCORE_HOME_DIR", str(folder))
        app(["score", "--as-of", "2024-01-31"], standalone_mode=False)
    return folder
