"""Files that people write: UTF-8, with or without the mark that some editors put at its beginning."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from catalog.errors import InputError


def text_of(path: Path) -> str:
    """Return the text of a file; raise InputError that names it where it is no UTF-8, OSError where it is not there."""
    body = path.read_bytes()
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in body:
        raise InputError(f"{path}: the file is UTF-16 or no text; save it as UTF-8")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}: line {line} is not UTF-8; save the file as UTF-8") from error
