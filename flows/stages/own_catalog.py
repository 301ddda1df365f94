"""Write subjects into the catalog of a user; their comments, order and own values stay."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from catalog.errors import CatalogError
from catalog.load import load_catalog, read_catalog
from catalog.text import text_of

HEAD = "# What is followed beside what ships. `speedscore follow ADDRESS` adds to it; edit it as you like.\n"


def with_subject(text: str, subject: Mapping[str, Any], name: str) -> tuple[str, list[str]]:
    """Return a catalog's text with the subject in it, and the keys that were added; what the user wrote stands.

    Raises CatalogError where the text is no catalog.
    """
    try:
        document = tomlkit.parse(text or f'{HEAD}schema = 1\nmode = "extend"\n')
    except TOMLKitError as error:
        raise CatalogError(f"{name}: not valid TOML: {error}") from error
    tables = document.get("subject")
    if tables is None:
        tables = tomlkit.aot()
        document.append("subject", tables)
    if not isinstance(tables, AoT):
        raise CatalogError(f"{name}: key 'subject' must be a list of tables; write [[subject]]")
    table = next((one for one in tables if one.get("id") == subject["id"]), None)
    if table is None:
        table = tomlkit.table()
        tables.append(table)
        table = tables[-1]
    added = _fill(table, subject)
    written = tomlkit.dumps(document)
    read_catalog(written, name)
    return written, added


def _fill(table: Table, subject: Mapping[str, Any]) -> list[str]:
    """Add the keys that the table lacks."""
    lacking = [key for key, value in subject.items() if key not in table and value not in (None, [], "")]
    for key in lacking:
        table[key] = subject[key]
    return lacking


def keep_subject(path: Path, subject: Mapping[str, Any]) -> list[str]:
    """Write the subject into the file, which is replaced as a whole, or not at all; return the keys that were added.

    Raises CatalogError where file or subject do not fit, OSError where it cannot be written.
    """
    text = text_of(path) if path.exists() else ""
    written, added = with_subject(text, subject, str(path))
    if not added:
        return added
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        fresh.write_text(written, encoding="utf-8")
        load_catalog(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return added
