"""Try an installation without development packages: `python -m tests.installed SPEEDSCORE`, from any folder.

SPEEDSCORE is the command of an environment into which the wheel was installed with what it depends on, and nothing else.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

HELP = """
import io, sys
from contextlib import redirect_stdout
import typer
from flows.cli.app import app
assert "site-packages" in sys.modules["flows"].__file__, sys.modules["flows"].__file__
root = typer.main.get_command(app)
for name, command in root.commands.items():
    with redirect_stdout(io.StringIO()) as said:
        try:
            root.main([name, "--help"], prog_name="speedscore", standalone_mode=False)
        except SystemExit:
            pass
    assert "Usage: speedscore" in said.getvalue(), name
print(len(root.commands), "commands answer --help")
"""
ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("speedscore 0", ("--version",)),
    ("**Speed Score 9.0 of 10", ("card", "PyTorch", "--as-of", "2024-01-31")),
    ("scikit-learn/scikit-learn", ("subjects",)),
    ("github.stars", ("metrics", "github")),
    ("TensorFlow", ("compare", "torch", "tf")),
    ("can_be_had", ("gaps",)),
)
OF_THE_DEMO: tuple[tuple[str, tuple[str, ...]], ...] = (
    ('"label": "DEMO"', ("status", "--json")),
    ("DEMO", ("card", "keras")),
    ("keras", ("sql", "--format", "csv", "select subject from latest_score where speed_score is not null")),
    ("index.html", ("report",)),
)
"""What each command must say, in an empty folder and of the demo."""


def main() -> None:
    """Ask every command; the first one that does not answer ends this with its words."""
    speedscore = Path(sys.argv[1]).resolve()
    with TemporaryDirectory() as folder:
        home = {"HOME": os.environ["HOME"], "SPEEDSCORE_HOME_DIR": f"{folder}/data"}
        quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        environment = {"PATH": os.environ["PATH"], **home, **quiet}
        python = speedscore.with_name("python")
        _expect("commands answer", [str(python), "-c", HELP], folder, environment)
        for word, asked in ASKED:
            _expect(word, [str(speedscore), *asked], folder, environment)
        keep = f"{folder}/demo"
        _said(
            [str(speedscore), "demo", "--keep", keep, "--subject", "keras", "--subject", "mxnet"], folder, environment
        )
        environment |= {"SPEEDSCORE_HOME_DIR": keep}
        for word, asked in OF_THE_DEMO:
            _expect(word, [str(speedscore), *asked], folder, environment)


def _expect(word: str, command: list[str], folder: str, environment: dict[str, str]) -> None:
    said = _said(command, folder, environment)
    if word not in said:
        sys.exit(f"{' '.join(command[1:])}: {word!r} was expected, not\n{said[-2000:]}")


def _said(command: list[str], folder: str, environment: dict[str, str]) -> str:
    began = time.monotonic()
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = ran.stdout + ran.stderr
    name = " ".join(command[1:]) if command[1] != "-c" else "every command --help"
    if ran.returncode or "Traceback" in said:
        sys.exit(f"{name}: exit {ran.returncode}\n{said[-2000:]}")
    sys.stderr.write(f"{time.monotonic() - began:5.1f} s  {name}\n")
    return ran.stdout


if __name__ == "__main__":
    main()
