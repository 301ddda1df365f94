"""How a command ends: in one sentence and an exit code whatever went wrong; no traceback reaches a terminal."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from catalog.errors import InputError
from flows.clock import utc_now
from flows.notes import note
from flows.settings import load_settings


@contextmanager
def ending() -> Iterator[None]:
    """Run the block; bad input is one sentence and exit 2, any other failure exit 1."""
    from warehouse.errors import WarehouseError

    try:
        yield
    except InputError as error:
        _fail(str(error), 2)
    except WarehouseError as error:
        _fail(str(error), 1)
    except OSError as error:
        _fail(f"{error.filename or 'the disk'}: {error.strerror or error}", 1)
    except Exception as error:  # noqa: BLE001 - the last net: no traceback reaches a terminal
        _fail(f"this should not have happened ({type(error).__name__}); {_kept_traceback(error)}", 1)


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
