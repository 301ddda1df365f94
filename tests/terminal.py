"""A real terminal of any width: a pseudo-terminal in front, pyte behind, and what a person reads on it."""

import os
import pty
import re
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pyte

HEIGHT = 50
LONGEST = 6000
"""Lines that are kept: as if the terminal were so high that nothing scrolls away."""
PLAIN = {"TERM": "xterm-256color"}
ESCAPE = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-_]")
NOT_OURS = ("COLUMNS", "LINES", "NO_COLOR", "TERMINAL_WIDTH", "FORCE_COLOR", "TTY_COMPATIBLE")


class Terminal:
    """What a pseudo-terminal shows; `said` is its text from top to bottom."""

    def __init__(self, columns: int) -> None:
        """Open one of so many columns."""
        self._screen = pyte.Screen(columns, LONGEST)
        self._stream = pyte.ByteStream(self._screen)
        self._told = bytearray()
        self._reader, self.end = pty.openpty()
        termios.tcsetwinsize(self.end, (HEIGHT, columns))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                told = os.read(self._reader, 65536)
            except OSError:
                return
            if not told:
                return
            self._told += told
            self._stream.feed(told)

    def close(self) -> None:
        """Close our end of it, and wait until everything is read."""
        os.close(self.end)
        self._thread.join(timeout=20)
        os.close(self._reader)

    @property
    def said(self) -> str:
        """The text, without what blanks stand at the ends of lines."""
        screen = self._screen
        rows = (screen.buffer[place] for place in range(screen.cursor.y + 1))
        lines = ("".join(row[place].data for place in range(screen.columns)).rstrip() for row in rows)
        return "\n".join(lines).rstrip()

    @property
    def over(self) -> list[str]:
        """The lines that were wider than the terminal, so that it broke them wherever they met its edge."""
        lines = re.split(r"[\r\n]+", ESCAPE.sub("", self._told.decode("utf-8", "replace")))
        return [line for line in lines if len(line.rstrip()) > self._screen.columns]


def said_by(columns: int, run: Callable[[], object]) -> Terminal:
    """Call a function of this process with a terminal for its input and output; return the terminal then."""
    terminal = Terminal(columns)
    with _instead(terminal.end):
        run()
    terminal.close()
    return terminal


@contextmanager
def _instead(end: int) -> Iterator[None]:
    """Put the terminal in the place of the standard streams, and take it away again."""
    kept = [os.dup(number) for number in range(3)]
    streams, environment = (sys.stdin, sys.stdout, sys.stderr), os.environ.copy()
    for number in range(3):
        os.dup2(end, number)
    for name in NOT_OURS:
        os.environ.pop(name, None)
    os.environ.update(PLAIN)
    out, err = (os.fdopen(os.dup(number), "w", encoding="utf-8", buffering=1) for number in (1, 2))
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(os.dup(0), encoding="utf-8"), out, err
    try:
        yield
    finally:
        for stream in (sys.stdin, out, err):
            stream.close()
        sys.stdin, sys.stdout, sys.stderr = streams
        for number, one in enumerate(kept):
            os.dup2(one, number)
            os.close(one)
        os.environ.clear()
        os.environ.update(environment)


def said_by_process(
    columns: int, command: Sequence[str], environment: dict[str, str], *, until: str = "", patience_s: float = 900
) -> Terminal:
    """Run a program on a terminal to its end, or until it has said something; return the terminal then."""
    terminal = Terminal(columns)
    own = {key: value for key, value in environment.items() if key not in NOT_OURS} | PLAIN
    with subprocess.Popen(
        command, stdin=terminal.end, stdout=terminal.end, stderr=terminal.end, env=own, start_new_session=True
    ) as process:
        deadline = time.monotonic() + patience_s
        while process.poll() is None and time.monotonic() < deadline and not (until and until in terminal.said):
            time.sleep(0.2)
        if process.poll() is None:
            process.send_signal(2)
    terminal.close()
    return terminal
