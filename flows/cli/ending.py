"""How a command ends: in one sentence and an exit code whatever went wrong; no traceback reaches a terminal."""

import atexit
import errno
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from catalog.errors import InputError
from flows.cli.arguments import load_settings
from flows.clock import utc_now
from flows.notes import note

INTERRUPTED = 130
GIT = "collectors.git.process"
SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"
"""Ends the line of a bar, which hides the cursor while it moves."""


class Pipe(io.TextIOWrapper):
    """An output whose reader may leave, as `head` does: the rest goes nowhere, and the command does its work."""

    def write(self, text: str, /) -> int:
        """Write where somebody reads."""
        try:
            return super().write(text)
        except BrokenPipeError:
            return self._go_nowhere(text)

    def flush(self) -> None:
        """Flush where somebody reads."""
        try:
            super().flush()
        except BrokenPipeError:
            self._go_nowhere()

    def _go_nowhere(self, text: str = "") -> int:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        return len(text)


def survive_readers() -> None:
    """Let no reader that leaves, or that never was, end the command."""
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - open to the end
    sys.stdout, sys.stderr = _piped(sys.stdout), _piped(sys.stderr)


def _piped(stream: TextIO | None) -> TextIO:
    """Return the stream as a Pipe, which tells letters that its encoding lacks by number; what is no file, as it is.

    One that is closed (`>&-`) is none: what is said goes nowhere, and no file of ours gets its number.
    """
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    errors = "backslashreplace" if stream.errors in {"strict", "surrogateescape"} else stream.errors
    how = {"encoding": stream.encoding, "errors": errors}
    return Pipe(stream.detach(), **how, line_buffering=stream.line_buffering, write_through=stream.write_through)


def leave_when_interrupted() -> None:
    """Let Ctrl-C end the process at once, as safe as a kill at any moment: what lands, lands whole or not at all.

    Polars puts a handler of its own in the place of ours when it is imported: a command that has threads calls this anew.
    """
    signal.signal(signal.SIGINT, _leave)


def _leave(_sign: int = 0, _frame: FrameType | None = None) -> None:
    """Say one sentence and end, without waiting for threads that wait for the network; our server ends with us."""
    if os.isatty(2):
        os.write(2, SHOW_CURSOR)
    os.write(2, b"speedscore: interrupted; what had landed stays, nothing is half done\n")
    if git := sys.modules.get(GIT):
        git.end_all()
    os._exit(INTERRUPTED)


@contextmanager
def leaving() -> Iterator[None]:
    """Run the block, then end the process as Python does, but for taking apart what goes with it anyway.

    That takes a tenth of a second, and DuckDB 2 tells the terminal of every object that is not taken apart in its order.
    """
    code: object = 0
    try:
        yield
    except SystemExit as error:
        code = error.code or 0
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - threads end, and what waits for the end is done
    atexit._run_exitfuncs()  # noqa: SLF001
    os._exit(_flushed(code if isinstance(code, int) else 1))


def _flushed(code: int) -> int:
    """Write out what was printed; return the exit code, which is no longer 0 where that cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError as error:
            code = code or 1
            with suppress(OSError):
                os.write(2, f"speedscore: the output cannot be written: {error.strerror or error}\n".encode())
    return code


@contextmanager
def ending() -> Iterator[None]:
    """Run the block; bad input is one sentence and exit 2, any other failure exit 1."""
    from warehouse.errors import WarehouseError

    try:
        yield
    except SystemExit as error:
        if error.code == INTERRUPTED:
            _leave()
        raise
    except InputError as error:
        _fail(str(error), 2)
    except WarehouseError as error:
        _fail(str(error), 1)
    except OSError as error:
        _fail(f"{error.filename or 'the disk'}: {error.strerror or error}; {_what_next(error)}", 1)
    except Exception as error:  # noqa: BLE001 - the last net: no traceback reaches a terminal
        _fail(f"{_unexpected(error)}; {_kept_traceback(error)}", 1)


def _what_next(error: OSError) -> str:
    """Return what a person can do about what the disk, or the system, refuses."""
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "give this user the right to it, or name another place"
        case errno.ENOENT | errno.ENOTDIR:
            return "see whether its folder is there and can be written, or name another place"
        case errno.ENOSPC | errno.EDQUOT:
            return "make room on its disk, then run it again"
        case errno.EIO:
            return "see whether the disk is well, then run it again"
        case _:
            return "run it again, and report it where it stays so"


def _unexpected(error: Exception) -> str:
    """Say what happened; the database's own errors go by name, so that no command loads it to end."""
    name = type(error).__name__
    if name == "OutOfMemoryException":
        return "this needs more memory than the database's 2 GB; ask about fewer subjects or days"
    if name in {"InternalException", "FatalException"}:
        return "the database failed within; what had landed stays, nothing is half done; run it again"
    return f"this should not have happened ({name})"


def _kept_traceback(error: Exception) -> str:
    """Append the traceback to the log, without secrets, and say where it stands."""
    try:
        settings = load_settings()
        path, told = settings.home_dir / "speedscore.log", settings.masked("".join(traceback.format_exception(error)))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{utc_now():%Y-%m-%d %H:%M:%S} ERROR {told}")
    except (OSError, InputError):
        return "no log can be written"
    return f"the traceback is in {path}; please report it"


def _fail(sentence: str, code: int) -> None:
    note(f"speedscore: {sentence}")
    sys.exit(code)
